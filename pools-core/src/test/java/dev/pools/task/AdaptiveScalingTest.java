package dev.pools.task;

import static dev.pools.scaling.AdaptiveScalings.TICK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pools.scaling.AdaptiveScalings;
import dev.pools.scaling.ScalingPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

class AdaptiveScalingTest extends PoolTestBase {

  private static final int PROCESSORS = 2;

  private final AtomicLong cpuNanos = new AtomicLong();
  private final ConcurrentLinkedQueue<Gate> running = new ConcurrentLinkedQueue<>();
  private final List<Gate> gates = new ArrayList<>();

  private ScalingPolicy adaptive(int processors) {
    return AdaptiveScalings.of(cpuNanos::get, processors);
  }

  private AdvancedPool pool(int min, int max) {
    return build(builder().minWorkers(min).maxWorkers(max).scalingPolicy(adaptive(PROCESSORS)));
  }

  /** Queues tasks that do not end. */
  private void queue(AdvancedPool pool, int tasks) {
    for (int i = 0; i < tasks; i++) {
      Gate gate = new Gate();
      gates.add(gate);
      pool.execute(
          () -> {
            running.add(gate);
            gate.run();
          });
    }
  }

  private void openAll() {
    gates.forEach(Gate::open);
  }

  private void tick(int times) {
    time.advance(TICK.multipliedBy(times));
  }

  private static ConditionFactory soon() {
    return await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1));
  }

  @Test
  void theDefaultInstanceServesManyPoolsAndHoldsNoneOfTheirState() {
    ScalingPolicy shared = ScalingPolicy.adaptive();
    assertThat(shared).isSameAs(ScalingPolicy.adaptive()).hasToString("adaptive");
    AdvancedPool one = build(builder().maxWorkers(4).scalingPolicy(shared));
    AdvancedPool other = build(builder().maxWorkers(4).scalingPolicy(shared));

    assertThat(get(one.submit(() -> 1))).isEqualTo(1);
    assertThat(get(other.submit(() -> 2))).isEqualTo(2);
  }

  @Test
  void poolGrowsAtOnceToTheNumberOfProcessors() {
    AdvancedPool pool = pool(1, 8);

    queue(pool, 6);

    assertThat(pool.stats().workers()).isEqualTo(PROCESSORS);
    await().until(() -> running.size() == PROCESSORS);
    openAll();
  }

  @Test
  void theLeastNumberIsThereEvenIfThereAreFewerProcessors() {
    AdvancedPool pool = pool(5, 8);

    queue(pool, 8);

    assertThat(pool.stats().workers()).isEqualTo(5);
    openAll();
  }

  @Test
  void poolWhoseTasksHang_growsToItsMaximum() {
    AdvancedPool pool = pool(1, 8);
    queue(pool, 20);
    List<Integer> seen = new ArrayList<>();

    for (int second = 0; second < 8; second++) {
      tick(10);
      seen.add(pool.stats().workers());
    }

    assertThat(seen).isSorted().endsWith(8);
    assertThat(seen.get(0)).as("after a second").isBetween(3, 4);
    openAll();
  }

  @Test
  void poolWhoseTasksCompute_doesNotGrow() {
    AdvancedPool pool = pool(1, 8);
    queue(pool, 20);

    for (int tick = 0; tick < 100; tick++) {
      cpuNanos.addAndGet(PROCESSORS * TICK.toNanos());
      tick(1);
    }

    assertThat(pool.stats().workers()).isEqualTo(PROCESSORS);
    openAll();
  }

  @Test
  void aWorkerThatWaitsForATaskOfItsPoolGetsOneInItsPlace() {
    AdvancedPool pool = build(builder().minWorkers(1).maxWorkers(8).scalingPolicy(adaptive(1)));
    PoolFuture<Integer> outer = pool.submit(() -> pool.submit(() -> 1).get() + 1);
    await().until(() -> pool.stats().blockedWorkers() == 1 && pool.qsize() == 1);

    tick(2);

    assertThat(get(outer)).isEqualTo(2);
  }

  @Test
  void aPoolWithoutWaitingWorkHasNoTimer() {
    AdvancedPool pool = pool(PROCESSORS, 8);
    assertThat(time.scheduledTimers()).isZero();
    queue(pool, PROCESSORS);
    // One that watches the runs.
    await()
        .untilAsserted(
            () -> assertThat(time.scheduledTimers()).as("every task has its worker").isOne());
    queue(pool, 1);
    assertThat(time.scheduledTimers()).isEqualTo(2);
    openAll();
    get(pool.drain());

    tick(5);

    assertThat(time.scheduledTimers()).isZero();
    queue(pool, 2 * PROCESSORS);
    await()
        .untilAsserted(
            () -> assertThat(time.scheduledTimers()).as("when work waits again").isEqualTo(2));
    openAll();
  }

  @Test
  void aPoolThatIsShutDownWhileWorkWaitsLeavesNoTimer() {
    AdvancedPool pool = pool(PROCESSORS, 8);
    queue(pool, 20);
    tick(3);

    pool.shutdownNow();

    get(pool.join());
    // A worker that leaves may just be cancelling one that it has set.
    soon().until(() -> time.scheduledTimers() == 0);
  }

  @Test
  void workersLeaveWhenFewerCompleteAsMuch() {
    AdvancedPool pool = build(builder().minWorkers(1).maxWorkers(16).scalingPolicy(adaptive(16)));
    queue(pool, 50);
    // Four workers complete twelve tasks a tick, and so do more.
    int least = Integer.MAX_VALUE;
    long ended = 0;
    for (int tick = 0; tick < 200; tick++) {
      int workers = pool.stats().workers();
      for (int i = 3 * Math.min(4, workers); i > 0; i--) {
        soon().until(() -> !running.isEmpty());
        running.remove().open();
        queue(pool, 1);
        ended++;
      }
      long expected = ended;
      soon().until(() -> pool.stats().completed() == expected);
      tick(1);
      least = Math.min(least, pool.stats().workers());
      assertThat(pool.stats().workers()).isBetween(1, 16);
    }

    assertThat(least).isBetween(2, 5);
    openAll();
  }

  @Test
  void newLimitsHoldAtOnceAndAfterTheNextTick() {
    AdvancedPool pool = pool(1, 8);
    queue(pool, 40);
    tick(80);
    assertThat(pool.stats().workers()).isEqualTo(8);

    get(pool.resize(10, 12));
    assertThat(pool.stats().workers()).isGreaterThanOrEqualTo(10);
    tick(2);
    assertThat(pool.stats().workers()).isBetween(10, 12);

    pool.resize(1, 3);
    tick(1);
    openAll();
    await().until(() -> pool.stats().workers() == 3);
    queue(pool, 20);
    tick(50);
    assertThat(pool.stats().workers()).isEqualTo(3);
    openAll();
  }

  @Test
  void rejectedTaskCountsAsWaitingWork() {
    AdvancedPool pool =
        build(
            builder()
                .maxWorkers(8)
                .queueCapacity(0)
                .overflow(OverflowPolicy.REJECT)
                .scalingPolicy(adaptive(PROCESSORS)));
    queue(pool, PROCESSORS);
    AtomicInteger refused = new AtomicInteger();

    for (int tick = 0; tick < 100; tick++) {
      try {
        queue(pool, 1);
      } catch (PoolFullException full) {
        refused.incrementAndGet();
      }
      tick(1);
    }

    assertThat(refused).hasPositiveValue();
    assertThat(pool.stats().workers()).isEqualTo(8);
    openAll();
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21)
  void withVirtualThreadsItLimitsHowManyTasksRunAtATime() {
    AdvancedPool pool =
        build(
            builder()
                .maxWorkers(100)
                .threads(WorkerThreads.virtual())
                .scalingPolicy(adaptive(PROCESSORS)));

    queue(pool, 50);

    await().until(() -> running.size() == PROCESSORS);
    assertThat(pool.stats().active()).isEqualTo(PROCESSORS);
    openAll();
    get(pool.drain());
  }
}

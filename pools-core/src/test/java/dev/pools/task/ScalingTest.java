package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ScalingTest extends PoolTestBase {

  private static final Duration KEEP_ALIVE = Duration.ofSeconds(60);

  private List<Gate> occupy(AdvancedPool pool, int workers) {
    return Stream.generate(() -> occupy(pool)).limit(workers).toList();
  }

  private void awaitIdle(AdvancedPool pool, int workers) {
    await().until(() -> pool.stats().idleWorkers() == workers);
  }

  @Test
  void theLeastNumberOfWorkersIsThereFromTheStart() {
    AdvancedPool pool = build(builder().minWorkers(3).maxWorkers(5));

    assertThat(pool.stats().workers()).isEqualTo(3);
  }

  @Test
  void waitingWorkMakesThePoolGrowUpToItsLimit() {
    AdvancedPool pool = build(builder().minWorkers(1).maxWorkers(5));

    occupy(pool, 5);

    assertThat(pool.stats().workers()).isEqualTo(5);
    pool.submit(() -> 1);
    assertThat(pool.stats().workers()).isEqualTo(5);
    assertThat(pool.qsize()).isEqualTo(1);
  }

  @Test
  void anIdleWorkerIsUsedBeforeThePoolGrows() {
    AdvancedPool pool = build(builder().minWorkers(2).maxWorkers(5));

    occupy(pool, 2);

    assertThat(pool.stats().workers()).isEqualTo(2);
  }

  @Test
  void afterIdlenessThePoolShrinksStepByStepToItsLeast() {
    AdvancedPool pool = build(builder().minWorkers(1).maxWorkers(10).keepAlive(KEEP_ALIVE));
    List<Gate> gates = occupy(pool, 10);
    gates.forEach(Gate::open);
    awaitIdle(pool, 10);
    List<Integer> sizes = new ArrayList<>();

    for (int step = 0; step < 8; step++) {
      time.advance(KEEP_ALIVE);
      await().until(() -> pool.stats().workers() == pool.stats().idleWorkers());
      sizes.add(pool.stats().workers());
    }

    assertThat(sizes).containsExactly(7, 5, 4, 3, 2, 1, 1, 1);
  }

  @Test
  void aBusyPoolDoesNotShrink() {
    AdvancedPool pool = build(builder().minWorkers(1).maxWorkers(4).keepAlive(KEEP_ALIVE));
    List<Gate> gates = occupy(pool, 4);
    gates.get(0).open();
    gates.get(1).open();
    awaitIdle(pool, 2);

    time.advance(KEEP_ALIVE.multipliedBy(3));

    assertThat(pool.stats().workers()).as("half of them are busy").isEqualTo(4);
  }

  @Test
  void workersThatHaveNotBeenIdleForLongStay() {
    AdvancedPool pool = build(builder().minWorkers(1).maxWorkers(4).keepAlive(KEEP_ALIVE));
    occupy(pool, 4).forEach(Gate::open);
    awaitIdle(pool, 4);

    time.advance(KEEP_ALIVE.minusNanos(1));

    assertThat(pool.stats().workers()).isEqualTo(4);
  }

  @Test
  void withoutScalingThereAreAlwaysAsManyAsThereMayBe() {
    AdvancedPool pool =
        build(builder().minWorkers(1).maxWorkers(4).scaling(false).keepAlive(KEEP_ALIVE));
    assertThat(pool.stats().workers()).isEqualTo(4);
    awaitIdle(pool, 4);

    time.advance(KEEP_ALIVE.multipliedBy(10));

    assertThat(pool.stats().workers()).isEqualTo(4);
  }

  @Test
  void aPoolThatHasShrunkToNothingServesTheNextTask() {
    AdvancedPool pool = build(builder().minWorkers(0).maxWorkers(2).keepAlive(KEEP_ALIVE));
    get(pool.submit(() -> 1));
    awaitIdle(pool, 1);
    time.advance(KEEP_ALIVE);
    await().until(() -> pool.stats().workers() == 0);

    assertThat(get(pool.submit(() -> 2))).isEqualTo(2);
  }

  @Test
  void resizeToMoreServesTheBacklogAtOnce() {
    AdvancedPool pool = build(builder().minWorkers(1).maxWorkers(1).queueCapacity(1));
    occupy(pool);
    PoolFuture<Integer> queued = pool.submit(() -> 1);
    PoolFuture<Integer> waiting = pool.submit(() -> 2);

    get(pool.resize(1, 3));

    assertThat(get(queued)).isEqualTo(1);
    assertThat(get(waiting)).isEqualTo(2);
  }

  @Test
  void resizeToMoreHasAsManyWorkersAsTheBacklogNeeds() {
    AdvancedPool pool = build(builder().minWorkers(1).maxWorkers(1));
    occupy(pool);
    List<Gate> queued = Stream.generate(Gate::new).limit(10).toList();
    queued.forEach(pool::execute);

    get(pool.resize(1, 11));

    queued.forEach(Gate::awaitEntered);
    assertThat(pool.stats().workers()).isEqualTo(11);
    queued.forEach(Gate::open);
  }

  @Test
  void aResizeThatALaterOneMakesNeedlessCompletesWithIt() {
    AdvancedPool pool = build(builder().minWorkers(1).maxWorkers(3));
    occupy(pool, 3);
    CompletableFuture<Void> fewer = pool.resize(0, 1);
    assertThat(fewer).isNotDone();

    CompletableFuture<Void> more = pool.resize(0, 4);

    assertThat(more).isCompleted();
    assertThat(fewer).isCompleted();
  }

  @Test
  void resizeStartsTheLeastNumber() {
    AdvancedPool pool = build(builder().minWorkers(1).maxWorkers(2));

    assertThat(pool.resize(4, 8)).isCompleted();

    assertThat(pool.stats().workers()).isEqualTo(4);
    assertThat(pool.minWorkers()).isEqualTo(4);
    assertThat(pool.maxWorkers()).isEqualTo(8);
  }

  @Test
  void resizeToFewerSendsIdleWorkersHomeAtOnceAndBusyOnesAfterTheirTask() {
    AdvancedPool pool = build(builder().minWorkers(4).maxWorkers(4));
    List<Gate> gates = occupy(pool, 3);
    PoolFuture<Integer> queued = pool.submit(() -> 1);
    get(queued);
    awaitIdle(pool, 1);

    CompletableFuture<Void> resized = pool.resize(1, 1);

    await().until(() -> pool.stats().workers() == 3);
    assertThat(resized).isNotDone();
    gates.forEach(Gate::open);
    get(resized);
    assertThat(pool.stats().workers()).isEqualTo(1);
    assertThat(get(pool.submit(() -> 2))).isEqualTo(2);
  }

  @Test
  void resizeToASmallerLeastNumberLetsIdleWorkersLeaveInTime() {
    AdvancedPool pool = build(builder().minWorkers(4).maxWorkers(4).keepAlive(KEEP_ALIVE));
    awaitIdle(pool, 4);

    get(pool.resize(1, 4));
    assertThat(pool.stats().workers()).isEqualTo(4);
    time.advance(KEEP_ALIVE);

    await().until(() -> pool.stats().workers() == 3);
  }

  @Test
  void badNumbersAreRefusedAndNothingChanges() {
    AdvancedPool pool = build(builder().minWorkers(1).maxWorkers(2));

    for (int[] bad : new int[][] {{0, 0}, {-1, 5}, {6, 5}, {1, 1_000_001}}) {
      org.assertj.core.api.Assertions.assertThatThrownBy(() -> pool.resize(bad[0], bad[1]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("Workers is " + (bad[0] < 0 || bad[0] > bad[1] ? bad[0] : bad[1]));
    }

    assertThat(pool.minWorkers()).isEqualTo(1);
    assertThat(pool.maxWorkers()).isEqualTo(2);
    assertThat(pool.resize(0, 1_000_000)).isCompleted();
  }

  @Test
  void growingAndShrinkingTenThousandTimesLeavesNothingBehind() {
    AdvancedPool pool = build(builder().minWorkers(1).maxWorkers(1));
    for (int i = 0; i < 5_000; i++) {
      pool.resize(3, 3);
      pool.resize(1, 1);
    }
    get(pool.resize(2, 2));

    pool.shutdown();

    assertThat(get(pool.join())).hasSizeLessThanOrEqualTo(10_000);
    assertThat(get(pool.join()).stream().map(WorkerReport::worker)).doesNotHaveDuplicates();
  }

  @Test
  void tasksFailWhenNoThreadCanBeStarted() {
    AdvancedPool pool =
        build(
            builder()
                .minWorkers(0)
                .threads(
                    WorkerThreads.of(
                        work -> {
                          throw new OutOfMemoryError("unable to create native thread");
                        })));

    PoolFuture<Integer> future = pool.submit(() -> 1);

    org.assertj.core.api.Assertions.assertThatThrownBy(future::get)
        .hasRootCauseInstanceOf(OutOfMemoryError.class)
        .hasMessageContaining("no worker");
    assertThat(pool.stats().failed()).isEqualTo(1);
  }

  @Test
  void startedThreadsDoTheWorkWhenOthersCannotBeStarted() {
    AtomicInteger made = new AtomicInteger();
    AdvancedPool pool =
        build(
            builder()
                .maxWorkers(4)
                .threads(
                    WorkerThreads.of(
                        work -> made.incrementAndGet() == 1 ? new Thread(work) : null)));
    Gate gate = occupy(pool);
    PoolFuture<Integer> queued = pool.submit(() -> 1);
    // The factory is called on a thread of the pool's own.
    await().until(() -> made.get() > 1 && pool.stats().workers() == 1);
    assertThat(queued).isNotDone();

    gate.open();

    assertThat(get(queued)).isEqualTo(1);
  }

  @Test
  void afterAFailedStartThePoolTriesAgainLater() {
    AtomicBoolean refuses = new AtomicBoolean(true);
    AdvancedPool pool =
        build(
            builder()
                .maxWorkers(2)
                .minWorkers(0)
                .threads(WorkerThreads.of(work -> refuses.get() ? null : new Thread(work))));
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> pool.submit(() -> 1).get())
        .hasRootCauseInstanceOf(IllegalStateException.class);
    refuses.set(false);

    time.advance(Duration.ofMillis(100));

    assertThat(get(pool.submit(() -> 2))).isEqualTo(2);
  }

  @Test
  void allWorkersRunAtTheSameTime() throws Exception {
    AdvancedPool pool = build(builder().minWorkers(1).maxWorkers(8));
    CountDownLatch together = new CountDownLatch(8);
    List<PoolFuture<Integer>> futures = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      int number = i;
      futures.add(
          pool.submit(
              () -> {
                together.countDown();
                together.await();
                return number;
              }));
    }
    futures.forEach(PoolTestBase::get);
    assertThat(pool.completed()).isEqualTo(8);
  }
}

package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pools.TestThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class StatsTest extends PoolTestBase {

  @Test
  void theReadingsOfTheSeed() {
    AdvancedPool pool = build(builder().name("readings").maxWorkers(1).queueCapacity(1));
    assertThat(pool.name()).isEqualTo("readings");
    assertThat(pool.empty()).isTrue();
    assertThat(pool.full()).isFalse();
    assertThat(pool.idle()).isTrue();
    assertThat(pool.qsize()).isZero();
    assertThat(pool.completed()).isZero();
    assertThat(pool.queueCapacity()).isEqualTo(1);

    Gate gate = occupy(pool);
    assertThat(pool.idle()).isFalse();
    assertThat(pool.empty()).isTrue();
    pool.submit(() -> 1);
    time.advance(Duration.ofSeconds(4));

    assertThat(pool.empty()).isFalse();
    assertThat(pool.full()).isTrue();
    assertThat(pool.qsize()).isEqualTo(1);
    assertThat(pool.uptime()).isEqualTo(Duration.ofSeconds(4));
    assertThat(pool.stats().oldestWait()).isEqualTo(Duration.ofSeconds(4));
    assertThat(pool.toString()).contains("readings").contains("qsize=1");
    gate.open();
    get(pool.drain());
    assertThat(pool.completed()).isEqualTo(2);
  }

  /** A reader that got numbers of different moments would see the sum go wrong. */
  @Test
  void snapshotIsConsistentUnderLoad() throws Exception {
    readWhileTasksAreSubmitted(3_000);
  }

  @Test
  @Tag("heavy")
  void snapshotIsConsistentUnderALongLoad() throws Exception {
    readWhileTasksAreSubmitted(30_000);
  }

  private void readWhileTasksAreSubmitted(int tasks) throws Exception {
    AdvancedPool pool = build(builder().minWorkers(1).maxWorkers(4).queueCapacity(8));
    AtomicBoolean stop = new AtomicBoolean();
    TestThreads.Started reader =
        TestThreads.start(
            () -> {
              while (!stop.get()) {
                PoolInvariants.assertHold(pool);
              }
            });
    try {
      List<PoolFuture<?>> futures = new ArrayList<>();
      for (int i = 0; i < tasks; i++) {
        futures.add(pool.submit(() -> 1, i % 3));
        if (i % 7 == 0) {
          futures.get(futures.size() / 2).cancel(true);
        }
      }
    } finally {
      stop.set(true);
    }
    reader.awaitEnd();

    get(pool.drain());
    assertThat(pool.stats().submitted()).isEqualTo(tasks);
  }

  /**
   * A reader that is held up between two counters would see more tasks run than there are workers.
   */
  @Test
  void numbersStayWithinTheirBoundsUnderLoad() throws Exception {
    readNumbersUnderLoad(2_000);
  }

  @Test
  @Tag("heavy")
  void numbersStayWithinTheirBoundsUnderALongLoad() throws Exception {
    readNumbersUnderLoad(20_000);
  }

  private void readNumbersUnderLoad(int readings) throws Exception {
    AdvancedPool pool = build(builder().minWorkers(4).maxWorkers(4));
    AtomicBoolean stop = new AtomicBoolean();
    List<TestThreads.Started> submitters =
        TestThreads.start(
            2,
            submitter -> {
              while (!stop.get()) {
                for (int k = 0; k < 200; k++) {
                  pool.execute(() -> {});
                }
                get(pool.submit(() -> 1));
              }
            });
    long submitted = 0;
    for (int i = 0; i < readings; i++) {
      PoolStats stats = pool.stats();
      assertThat(stats.active()).isBetween(0, 4);
      // Two submitters' tasks, and those that a worker has claimed and not yet counted.
      assertThat(stats.qsize()).isBetween(0, 2 * 201 + 4);
      assertThat(stats.idleWorkers()).isBetween(0, 4);
      assertThat(stats.submitted()).isGreaterThanOrEqualTo(submitted);
      submitted = stats.submitted();
    }
    stop.set(true);
    TestThreads.awaitEnd(submitters);
    get(pool.drain());
    assertThat(pool.stats().active()).isZero();
  }

  @Test
  void aPoolThatWaitsForItselfSaysSo() {
    AdvancedPool pool = fixed(1);
    AtomicReference<PoolFuture<Integer>> inner = new AtomicReference<>();
    PoolFuture<Integer> outer =
        pool.submit(
            () -> {
              inner.set(pool.submit(() -> 1));
              return inner.get().join();
            });

    await().until(() -> pool.stats().starved());

    assertThat(pool.stats().blockedWorkers()).isEqualTo(1);
    get(pool.resize(1, 2));
    assertThat(get(outer)).isEqualTo(1);
    assertThat(pool.stats().blockedWorkers()).isZero();
    assertThat(pool.stats().starved()).isFalse();
  }
}

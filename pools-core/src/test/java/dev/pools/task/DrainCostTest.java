package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a drain costs, in steps: it must not grow with what others submit, cancel or ask. */
class DrainCostTest extends PoolTestBase {

  private static final int TASKS = 10_000;

  /** Steps for each task: a few, and as many as a binary heap of all of them is deep. */
  private static final long MOST_STEPS = TASKS * (8L + 14);

  private AdvancedPool pool;
  private PriorityLanes lanes;
  private long stepsBefore;

  private void start(int workers) throws Exception {
    pool = build(builder().minWorkers(workers).maxWorkers(workers));
    lanes =
        (PriorityLanes)
            read(read(read(read(read(pool, "parts"), "core"), "queue"), "sorter"), "lanes");
    stepsBefore = lanes.stepsToOldest();
  }

  private void assertCheap() {
    assertThat(lanes.stepsToOldest() - stepsBefore).isLessThan(MOST_STEPS);
  }

  @Test
  void ofManyPriorities_thatItWaitsFor() throws Exception {
    for (boolean oldestFirst : new boolean[] {true, false}) {
      start(1);
      Gate gate = occupy(pool);
      for (int i = 1; i <= TASKS; i++) {
        pool.execute(() -> {}, oldestFirst ? i : TASKS - i);
      }
      CompletableFuture<Void> drained = pool.drain();

      gate.open();

      get(drained);
      assertCheap();
      pool.close();
    }
  }

  /** A task that runs long holds up the drain, while tasks of many later priorities end. */
  @Test
  void ofManyPriorities_thatItDoesNotWaitFor() throws Exception {
    start(2);
    Gate other = occupy(pool);
    Gate heldUp = occupy(pool);
    CountDownLatch ended = new CountDownLatch(TASKS);
    CompletableFuture<Void> drained = pool.drain();
    for (int i = 1; i <= TASKS; i++) {
      pool.execute(ended::countDown, i);
    }

    other.open();

    assertThat(ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(drained).isNotDone();
    heldUp.open();
    get(drained);
    assertCheap();
  }

  /** What is cancelled is what a drain would look at. */
  @Test
  void ofManyPriorities_thatAreCancelled() throws Exception {
    start(1);
    Gate gate = occupy(pool);
    List<PoolFuture<?>> futures = new ArrayList<>();
    for (int i = 0; i < TASKS; i++) {
      futures.add(pool.submit(() -> {}, TaskOptions.priority(i)));
    }
    CompletableFuture<Void> drained = pool.drain();
    for (int i = 0; i < TASKS; i++) {
      pool.execute(() -> {}, TASKS + i);
    }

    for (PoolFuture<?> future : futures) {
      future.cancel(false);
    }

    assertThat(drained).isNotDone();
    gate.open();
    get(drained);
    assertThat(lanes.stepsToOldest() - stepsBefore).isLessThan(2 * MOST_STEPS);
  }

  /** Each drain asks each worker once, and each end of a task asks one of them. */
  @Test
  void ofManyDrains_thatAreGivenUpOrDone() throws Exception {
    start(1);
    Gate gate = occupy(pool);
    List<CompletableFuture<Void>> drains = new ArrayList<>();
    for (int i = 0; i < TASKS; i++) {
      pool.execute(() -> {}, 1 + i % 3);
      drains.add(pool.drain());
    }
    for (int i = 0; i < TASKS; i += 2) {
      drains.get(i).cancel(false);
    }

    gate.open();

    for (int i = 1; i < TASKS; i += 2) {
      get(drains.get(i));
    }
    assertCheap();
  }
}

package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.TestThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** 100,000 tasks from 8 threads with random priorities, cancels and resizes. */
@Tag("heavy")
class AdvancedPoolSoakTest {

  private static final int THREADS = 8;
  private static final int TASKS = 100_000;
  private static final int REPEATS = Integer.getInteger("pools.soak.repeats", 1);

  @Test
  void everyTaskIsAccountedFor() throws Exception {
    for (int repeat = 0; repeat < REPEATS; repeat++) {
      long seed = Long.getLong("pools.soak.seed", System.nanoTime());
      try {
        soak(seed, OverflowPolicy.WAIT, 64);
        soak(seed, OverflowPolicy.WAIT, Integer.MAX_VALUE);
      } catch (Throwable fault) {
        throw new AssertionError("Repeat it with -Dpools.soak.seed=" + seed, fault);
      }
    }
  }

  private void soak(long seed, OverflowPolicy overflow, int capacity) throws Exception {
    AdvancedPool pool =
        AdvancedPool.builder()
            .minWorkers(1)
            .maxWorkers(4)
            .queueCapacity(capacity)
            .overflow(overflow)
            .build();
    AtomicIntegerArray runs = new AtomicIntegerArray(TASKS);
    List<List<PoolFuture<?>>> futures = new ArrayList<>();
    AtomicInteger next = new AtomicInteger();
    List<SplittableRandom> randoms = new ArrayList<>();
    SplittableRandom seeds = new SplittableRandom(seed);
    for (int t = 0; t < THREADS; t++) {
      randoms.add(seeds.split());
      futures.add(new ArrayList<>());
    }

    TestThreads.run(
        THREADS, thread -> submitSome(pool, randoms.get(thread), next, runs, futures.get(thread)));
    pool.shutdown();
    assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).as("%s", pool).isTrue();

    PoolInvariants.assertHoldAtTheEnd(pool);
    PoolStats stats = pool.stats();
    assertThat(stats.submitted()).isEqualTo(TASKS);
    assertThat(futures.stream().flatMap(List::stream)).allMatch(CompletableFuture::isDone);
    long ran = 0;
    for (int i = 0; i < TASKS; i++) {
      assertThat(runs.get(i)).as("runs of task %d", i).isBetween(0, 1);
      ran += runs.get(i);
    }
    long cancelled =
        futures.stream().flatMap(List::stream).filter(CompletableFuture::isCancelled).count();
    assertThat(stats.cancelled()).isEqualTo(cancelled);
    assertThat(stats.completed()).isEqualTo(TASKS - cancelled);
    assertThat(ran).as("those that ran").isBetween(stats.completed(), (long) TASKS);
    assertThat(
            pool.join().get(1, TimeUnit.SECONDS).stream().mapToLong(WorkerReport::completed).sum())
        .isEqualTo(stats.completed());
  }

  private static void submitSome(
      AdvancedPool pool,
      SplittableRandom random,
      AtomicInteger next,
      AtomicIntegerArray runs,
      List<PoolFuture<?>> own) {
    for (int number = next.getAndIncrement(); number < TASKS; number = next.getAndIncrement()) {
      int mine = number;
      own.add(pool.submit(() -> runs.incrementAndGet(mine), random.nextInt(-4, 4)));
      if (random.nextInt(10) == 0) {
        own.get(random.nextInt(own.size())).cancel(random.nextBoolean());
      }
      if (random.nextInt(1_000) == 0) {
        int min = random.nextInt(0, 4);
        pool.resize(min, random.nextInt(Math.max(1, min), 8));
      }
    }
  }

  /** One worker, so that the order in which tasks are taken is the order in which they run. */
  @Test
  void orderHoldsForEachSubmitter() throws Exception {
    AdvancedPool pool = AdvancedPool.builder().maxWorkers(1).build();
    Gate gate = Gate.occupy(pool);
    int perThread = TASKS / THREADS;
    List<int[]> ran = new ArrayList<>(TASKS);
    TestThreads.run(
        THREADS,
        submitter -> {
          SplittableRandom random = new SplittableRandom(submitter);
          for (int i = 0; i < perThread; i++) {
            int number = i;
            int priority = random.nextInt(-3, 4);
            pool.execute(() -> ran.add(new int[] {priority, submitter, number}), priority);
          }
        });

    gate.open();
    pool.close();

    assertThat(ran).hasSize(perThread * THREADS);
    int[][] last = new int[THREADS][7];
    for (int[] marks : last) {
      java.util.Arrays.fill(marks, -1);
    }
    int priority = Integer.MIN_VALUE;
    for (int[] task : ran) {
      assertThat(task[0]).as("priorities run in order").isGreaterThanOrEqualTo(priority);
      priority = task[0];
      assertThat(task[2])
          .as("a submitter's equals run in order")
          .isGreaterThan(last[task[1]][priority + 3]);
      last[task[1]][priority + 3] = task[2];
    }
  }
}

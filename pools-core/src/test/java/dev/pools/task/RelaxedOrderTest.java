package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.TestThreads;
import dev.pools.internal.PaddedLong;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a pool still promises whose order is relaxed. */
class RelaxedOrderTest extends PoolTestBase {

  private static final int FLOOD = 10_000;

  private final List<String> ran = Collections.synchronizedList(new ArrayList<>());

  private AdvancedPool relaxed(int workers) {
    return build(builder().minWorkers(workers).maxWorkers(workers).taskOrder(TaskOrder.RELAXED));
  }

  private Runnable note(String name) {
    return () -> ran.add(name);
  }

  /**
   * Runs something on so many threads, one after the other: they come through several arrival
   * queues.
   */
  private static void onThreads(int threads, TestThreads.NumberedStep code)
      throws InterruptedException {
    for (int number = 0; number < threads; number++) {
      int own = number;
      TestThreads.run(() -> code.run(own));
    }
  }

  /** A thread of a user's own class, whose id is user code. */
  private static final class WithoutId extends Thread {
    WithoutId(Runnable code) {
      super(code);
    }

    @Override
    public long getId() {
      throw new IllegalStateException("no id");
    }
  }

  @Test
  void threadThatDoesNotTellItsId_submitsLikeOthers() throws Exception {
    AdvancedPool pool =
        build(builder().minWorkers(1).maxWorkers(1).queueCapacity(1).taskOrder(TaskOrder.RELAXED));
    Gate gate = occupy(pool);
    List<PoolFuture<Integer>> futures = Collections.synchronizedList(new ArrayList<>());
    Thread thread =
        new WithoutId(
            () -> {
              futures.add(pool.submit(() -> 1));
              futures.add(pool.submit(() -> 2));
            });
    thread.start();
    thread.join();
    gate.open();

    assertThat(futures).hasSize(2);
    futures.forEach(PoolTestBase::get);
  }

  @Test
  void eachThreadsTasksRunInItsOrder() throws Exception {
    AdvancedPool pool = relaxed(1);
    Gate gate = occupy(pool);
    onThreads(
        20,
        thread -> {
          for (int i = 0; i < 600; i++) {
            Runnable task = note(thread + "/" + i);
            if (i % 3 == 0) {
              pool.execute(task);
            } else {
              pool.submit(task);
            }
          }
        });

    gate.open();
    get(pool.drain());

    assertThat(ran).hasSize(20 * 600);
    for (int thread = 0; thread < 20; thread++) {
      String own = thread + "/";
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < 600; i++) {
        expected.add(own + i);
      }
      assertThat(ran.stream().filter(name -> name.startsWith(own))).isEqualTo(expected);
    }
  }

  /** The thread that makes room for a task lets it in, on a thread of its own. */
  @Test
  void aTaskThatWaitedForAPlaceRunsBeforeItsThreadsNext() throws Exception {
    for (int round = 0; round < 16; round++) {
      ran.clear();
      AdvancedPool pool =
          build(
              builder().minWorkers(1).maxWorkers(1).queueCapacity(2).taskOrder(TaskOrder.RELAXED));
      Gate gate = occupy(pool);
      ExecutorService submitter = Executors.newSingleThreadExecutor();
      PoolFuture<?> first = submitter.submit(() -> pool.submit(note("first"))).get();
      PoolFuture<?> second = submitter.submit(() -> pool.submit(note("second"))).get();
      PoolFuture<?> waits = submitter.submit(() -> pool.submit(note("waits"))).get();
      assertThat(waits.accepted()).isNotDone();
      first.cancel(false);
      assertThat(waits.accepted()).isDone();
      second.cancel(false);
      submitter.submit(() -> pool.submit(note("next"))).get();
      submitter.shutdown();

      gate.open();
      get(pool.drain());

      assertThat(ran).containsExactly("waits", "next");
    }
  }

  @Test
  void aFloodOfOneThreadDoesNotHoldUpTheOthers() throws Exception {
    AdvancedPool pool = relaxed(1);
    Gate gate = occupy(pool);
    for (int i = 0; i < FLOOD; i++) {
      pool.execute(
          () -> {
            time.advance(Duration.ofNanos(TakerRun.NANOS / 100));
            ran.add("flood");
          });
    }
    onThreads(16, thread -> pool.execute(note("drop")));

    gate.open();
    get(pool.drain());

    List<String> all = List.copyOf(ran);
    assertThat(all).hasSize(FLOOD + 16);
    // Some of the threads share an arrival queue with the flood; most do not.
    long early = all.subList(0, FLOOD / 10).stream().filter("drop"::equals).count();
    assertThat(early).isGreaterThanOrEqualTo(8);
  }

  @Test
  void prioritiesAreKept() throws Exception {
    AdvancedPool pool = relaxed(1);
    Gate gate = occupy(pool);
    onThreads(
        8,
        thread -> {
          pool.submit(note("default"));
          pool.submit(note("late"), 1);
          pool.submit(note("urgent"), -1);
          pool.submit(note("default"));
        });

    gate.open();
    get(pool.drain());

    List<String> expected = new ArrayList<>();
    expected.addAll(Collections.nCopies(8, "urgent"));
    expected.addAll(Collections.nCopies(16, "default"));
    expected.addAll(Collections.nCopies(8, "late"));
    assertThat(ran).isEqualTo(expected);
  }

  @Test
  void aDrainWaitsForThoseBeforeItAndForNoOthers() throws Exception {
    AdvancedPool pool = relaxed(2);
    Gate gate = occupy(pool);
    Gate other = occupy(pool);
    onThreads(12, thread -> pool.execute(note("before")));
    CompletableFuture<Void> drained = pool.drain();
    Gate later = new Gate();
    onThreads(12, thread -> pool.execute(later));
    // Sorted, so that what came before and what came after stand in one lane.
    pool.submit(note("urgent"), -1);

    assertThat(drained).isNotDone();
    gate.open();
    other.open();
    get(drained);

    assertThat(Collections.frequency(ran, "before")).isEqualTo(12);
    CompletableFuture<Void> all = pool.drain();
    assertThat(all).isNotDone();
    later.open();
    get(all);
  }

  @Test
  void queuedTasksAreReturnedByShutdownNow() throws Exception {
    AdvancedPool pool = relaxed(1);
    Gate gate = occupy(pool);
    Runnable mine = note("never");
    onThreads(12, thread -> pool.execute(mine));
    assertThat(pool.qsize()).isEqualTo(12);

    assertThat(pool.shutdownNow()).hasSize(12).containsOnly(mine);

    gate.open();
    assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    assertThat(ran).isEmpty();
    assertThat(pool.stats().cancelled()).isEqualTo(12);
  }

  /**
   * Its arrival queue continues with tickets of long ago, and no thread takes them for new ones.
   */
  @Test
  void aThreadThatSeldomSubmits_isWaitedForByTheNextDrain() throws Exception {
    AdvancedPool pool = relaxed(1);
    onThreads(16, thread -> pool.execute(note("early")));
    get(pool.drain());
    PaddedLong sequence =
        (PaddedLong)
            read(read(read(read(read(pool, "parts"), "core"), "queue"), "tickets"), "sequence");
    Gate gate = occupy(pool);
    sequence.getAndAdd(5L << 31);

    onThreads(16, thread -> pool.execute(note("late")));
    CompletableFuture<Void> drained = pool.drain();
    onThreads(16, thread -> pool.execute(note("after the drain"), 1));
    assertThat(drained).isNotDone();

    gate.open();
    get(drained);
    assertThat(ran).contains("late").filteredOn("late"::equals).hasSize(16);
    get(pool.drain());
    assertThat(ran).hasSize(48);
  }

  @Test
  void agingNeedsTheStrictOrder() {
    assertThatThrownBy(
            () -> builder().taskOrder(TaskOrder.RELAXED).aging(Duration.ofSeconds(3)).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("taskOrder", "RELAXED", "STRICT", "aging", "PT3S");
  }
}

package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.pools.TestThreads;
import dev.pools.internal.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdmissionTest extends PoolTestBase {

  private AdvancedPool bounded(int capacity) {
    return build(builder().maxWorkers(1).queueCapacity(capacity));
  }

  @Test
  void aFullQueueMakesSubmitWaitWithoutBlockingItsCaller() {
    AdvancedPool pool = bounded(1);
    Gate gate = occupy(pool);

    PoolFuture<String> queued = pool.submit(() -> "queued");
    PoolFuture<String> waiting = pool.submit(() -> "waiting");

    assertThat(queued.accepted()).isCompleted();
    CompletableFuture<Void> accepted = waiting.accepted();
    assertThat(accepted).isNotDone();
    assertThat(pool.full()).isTrue();
    assertThat(pool.qsize()).isEqualTo(1);
    assertThat(pool.stats().admissionsWaiting()).isEqualTo(1);

    gate.open();
    assertThat(get(waiting)).isEqualTo("waiting");
    get(accepted);
    assertThat(waiting.accepted()).isCompleted();
  }

  @Test
  void submitNowaitRefusesWhenFullAndLeavesNothingBehind() {
    AdvancedPool pool = bounded(2);
    Gate gate = occupy(pool);
    pool.submitNowait(() -> 1);
    pool.submitNowait(() -> 2, 5);

    assertThatThrownBy(() -> pool.submitNowait(() -> 3))
        .isInstanceOf(PoolFullException.class)
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessageContaining("2 of 2 places")
        .hasMessageContaining("queueCapacity");
    assertThat(pool.stats().rejected()).isEqualTo(1);
    assertThat(pool.qsize()).isEqualTo(2);

    gate.open();
    get(pool.drain());
    assertThat(pool.completed()).isEqualTo(3);
  }

  @Test
  void submitNowait_doesNotOvertakeWaiters() {
    AdvancedPool pool = bounded(1);
    Gate gate = occupy(pool);
    PoolFuture<Integer> queued = pool.submit(() -> 1);
    pool.submit(() -> 2);

    queued.cancel(false);

    assertThatThrownBy(() -> pool.submitNowait(() -> 3)).isInstanceOf(PoolFullException.class);
    gate.open();
  }

  @Test
  void aTaskForWhichAWorkerIsFreeTakesNoPlace() {
    AdvancedPool pool = build(builder().minWorkers(0).maxWorkers(3).queueCapacity(0));
    List<Gate> gates = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Gate gate = new Gate();
      gates.add(gate);
      pool.submitNowait((Runnable) gate);
    }
    assertThatThrownBy(() -> pool.submitNowait(() -> 4)).isInstanceOf(PoolFullException.class);
    PoolFuture<Integer> waiting = pool.submit(() -> 5);
    assertThat(waiting.accepted()).isNotDone();

    gates.forEach(Gate::open);

    assertThat(get(waiting)).isEqualTo(5);
  }

  @Test
  void cancellingAQueuedTaskFreesItsPlaceAtOnce() {
    AdvancedPool pool = bounded(1);
    Gate gate = occupy(pool);
    PoolFuture<Integer> queued = pool.submit(() -> 1);
    PoolFuture<Integer> waiting = pool.submit(() -> 2);

    assertThat(queued.cancel(false)).isTrue();

    assertThat(waiting.accepted()).isCompleted();
    assertThat(pool.stats().cancelled()).isEqualTo(1);
    gate.open();
    assertThat(get(waiting)).isEqualTo(2);
  }

  @Test
  void cancellingAWaitingTaskCancelsItsAcceptanceAndLetsTheNextOneMoveUp() {
    AdvancedPool pool = bounded(1);
    Gate gate = occupy(pool);
    pool.submit(() -> 1);
    PoolFuture<Integer> first = pool.submit(() -> 2);
    PoolFuture<Integer> second = pool.submit(() -> 3);
    CompletableFuture<Void> accepted = first.accepted();

    assertThat(first.cancel(false)).isTrue();

    assertThat(accepted).isCancelled();
    assertThat(first.accepted()).isCancelled();
    gate.open();
    assertThat(get(second)).isEqualTo(3);
    assertThat(pool.completed()).isEqualTo(3);
  }

  @Test
  void cancellingTheAcceptanceDoesNothingToTheTask() {
    AdvancedPool pool = bounded(0);
    Gate gate = occupy(pool);
    PoolFuture<Integer> waiting = pool.submit(() -> 1);

    waiting.accepted().cancel(true);

    gate.open();
    assertThat(get(waiting)).isEqualTo(1);
  }

  @Test
  void tenThousandWaitersHalfOfThemCancelledLoseNoPlace() {
    AdvancedPool pool = bounded(10);
    Gate gate = occupy(pool);
    List<Integer> ran = new ArrayList<>();
    List<Integer> expected = new ArrayList<>();
    List<PoolFuture<?>> futures = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      int number = i;
      futures.add(pool.submit(() -> ran.add(number)));
      if (i % 2 == 1) {
        expected.add(i);
      }
    }
    for (int i = 0; i < 10_000; i += 2) {
      assertThat(futures.get(i).cancel(true)).isTrue();
    }

    gate.open();
    get(pool.drain());

    assertThat(ran).isEqualTo(expected);
    assertThat(pool.stats().cancelled()).isEqualTo(5_000);
  }

  @Test
  void aChainOfAcceptancesDoesNotGrowTheStack() {
    AdvancedPool pool = bounded(1);
    Gate gate = occupy(pool);
    List<PoolFuture<?>> futures = new ArrayList<>();
    AtomicInteger cancelled = new AtomicInteger();
    for (int i = 0; i < 20_000; i++) {
      PoolFuture<Integer> future = pool.submit(() -> 1);
      futures.add(future);
      // Each one that gets a place gives it up at once, which lets the next one in.
      future
          .accepted()
          .thenRun(
              () -> {
                if (future.cancel(false)) {
                  cancelled.incrementAndGet();
                }
              });
    }

    gate.open();
    get(pool.drain());

    assertThat(futures).allMatch(CompletableFuture::isDone);
    assertThat(pool.stats().cancelled() + pool.stats().completed()).isEqualTo(20_001);
    assertThat(cancelled.get()).isEqualTo((int) pool.stats().cancelled());
  }

  @Test
  void rejectRefuses() {
    AdvancedPool pool =
        build(builder().maxWorkers(1).queueCapacity(0).overflow(OverflowPolicy.REJECT));
    occupy(pool);

    assertThatThrownBy(() -> pool.submit(() -> 1)).isInstanceOf(PoolFullException.class);
    assertThatThrownBy(() -> pool.execute(() -> {})).isInstanceOf(PoolFullException.class);
    assertThat(pool.stats().rejected()).isEqualTo(2);
  }

  @Test
  void callerRunsRunsOnTheCallerAndIsCounted() {
    AdvancedPool pool =
        build(builder().maxWorkers(1).queueCapacity(0).overflow(OverflowPolicy.CALLER_RUNS));
    occupy(pool);
    Thread.currentThread().interrupt();

    PoolFuture<Thread> future = pool.submit(Thread::currentThread);

    assertThat(Thread.interrupted()).as("the caller's own interrupt").isTrue();
    assertThat(future).isCompletedWithValue(Thread.currentThread());
    assertThat(pool.completed()).isEqualTo(1);
  }

  @Test
  void callerThatRunsItsOwnTaskIsCountedAndWaitedFor() throws Exception {
    AdvancedPool pool =
        build(builder().maxWorkers(1).queueCapacity(0).overflow(OverflowPolicy.CALLER_RUNS));
    Gate worker = occupy(pool);
    Gate caller = new Gate();
    TestThreads.Started submitter = TestThreads.start(() -> pool.execute(caller));
    caller.awaitEntered();
    assertThat(pool.stats().active()).isEqualTo(2);
    assertThat(pool.idle()).isFalse();

    CompletableFuture<Void> drained = pool.drain();
    pool.execute(() -> {});
    pool.shutdown();
    worker.open();
    await().until(() -> pool.stats().workers() == 0);

    assertThat(drained).isNotDone();
    assertThat(pool.isTerminated()).isFalse();
    caller.open();
    get(drained);
    assertThat(pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(pool.completed()).isEqualTo(3);
    submitter.awaitEnd();
  }

  @Test
  void taskThatFailsInItsCaller_isReportedAndNotThrown() {
    List<Throwable> reported = new ArrayList<>();
    AdvancedPool pool =
        build(
            builder()
                .maxWorkers(1)
                .queueCapacity(0)
                .overflow(OverflowPolicy.CALLER_RUNS)
                .uncaughtExceptionHandler((thread, failure) -> reported.add(failure)));
    occupy(pool);
    IllegalStateException failure = new IllegalStateException("failed");

    pool.execute(
        () -> {
          throw failure;
        });

    assertThat(reported).containsExactly(failure);
    assertThat(pool.stats().failed()).isEqualTo(1);
    assertThat(pool.stats().active()).isEqualTo(1);
  }

  @Test
  void callersThatRunTasksInsideOfTasksAreCountedAndKnownAtEachDepth() {
    AdvancedPool pool =
        build(builder().maxWorkers(1).queueCapacity(0).overflow(OverflowPolicy.CALLER_RUNS));
    occupy(pool);
    int depth = 4 * Runtime.getRuntime().availableProcessors() + 2;
    List<Integer> active = new ArrayList<>();
    List<Throwable> refusals = new ArrayList<>();

    runNested(
        pool,
        depth,
        () -> {
          active.add(pool.stats().active());
          refusals.add(catchThrowable(pool::close));
        });

    assertThat(active).as("the worker's task and the callers'").isEqualTo(countUpFrom(2, depth));
    assertThat(refusals).hasSize(depth).allMatch(IllegalStateException.class::isInstance);
    assertThat(pool.stats().active()).isEqualTo(1);
    assertThat(pool.completed()).isEqualTo(depth);
  }

  private static void runNested(AdvancedPool pool, int depth, Runnable atEachDepth) {
    pool.execute(
        () -> {
          atEachDepth.run();
          if (depth > 1) {
            runNested(pool, depth - 1, atEachDepth);
          }
        });
  }

  private static List<Integer> countUpFrom(int first, int count) {
    return IntStream.range(first, first + count).boxed().toList();
  }

  @Test
  void callersWhoseThreadsAllClaimTheSameIdAreToldApart() throws Exception {
    AdvancedPool pool =
        build(builder().maxWorkers(1).queueCapacity(0).overflow(OverflowPolicy.CALLER_RUNS));
    Gate worker = occupy(pool);
    Gate caller = new Gate();
    Thread running = new SameId(() -> pool.execute(caller));
    running.start();
    caller.awaitEntered();
    Thread closing = new SameId(pool::close);
    closing.start();
    worker.open();

    await().until(() -> pool.stats().workers() == 0);
    assertThat(closing.isAlive()).as("waits for the caller's task").isTrue();
    caller.open();
    closing.join();
    assertThat(pool.isTerminated()).isTrue();
    running.join();
  }

  private static final class SameId extends Thread {
    SameId(Runnable code) {
      super(code);
    }

    @Override
    @SuppressWarnings("deprecation")
    public long getId() {
      return 1;
    }
  }

  @Test
  void discardNewestDropsTheNewTask() {
    AdvancedPool pool =
        build(builder().maxWorkers(1).queueCapacity(1).overflow(OverflowPolicy.DISCARD_NEWEST));
    Gate gate = occupy(pool);
    PoolFuture<Integer> queued = pool.submit(() -> 1);

    PoolFuture<Integer> dropped = pool.submit(() -> 2);

    assertThat(dropped).isCancelled();
    assertThat(dropped.accepted()).isCancelled();
    assertThat(pool.stats().rejected()).isEqualTo(1);
    gate.open();
    assertThat(get(queued)).isEqualTo(1);
  }

  @Test
  void discardOldestDropsTheOldestOfTheLeastUrgent() {
    AdvancedPool pool =
        build(builder().maxWorkers(1).queueCapacity(3).overflow(OverflowPolicy.DISCARD_OLDEST));
    Gate gate = occupy(pool);
    PoolFuture<Integer> urgent = pool.submit(() -> 1, -1);
    PoolFuture<Integer> lowOld = pool.submit(() -> 2, 9);
    PoolFuture<Integer> lowNew = pool.submit(() -> 3, 9);

    PoolFuture<Integer> added = pool.submit(() -> 4);
    PoolFuture<Integer> leastUrgent = pool.submit(() -> 5, 10);

    assertThat(lowOld).isCancelled();
    assertThat(leastUrgent).isCancelled();
    gate.open();
    assertThat(List.of(get(urgent), get(lowNew), get(added))).containsExactly(1, 3, 4);
    assertThat(pool.stats().cancelled()).isEqualTo(1);
    assertThat(pool.stats().rejected()).isEqualTo(1);
  }

  @Test
  void waitForSlotCompletesAtOnceWhenThereIsOne() {
    AdvancedPool pool = bounded(1);

    assertThat(pool.waitForSlot()).isCompletedWithValue(Duration.ZERO);
  }

  @Test
  void waitForSlotTellsHowLongItWaited() {
    AdvancedPool pool = bounded(1);
    occupy(pool);
    PoolFuture<Integer> queued = pool.submit(() -> 1);
    CompletableFuture<Duration> slot = pool.waitForSlot();
    CompletableFuture<Duration> other = pool.waitForSlot(Duration.ofMinutes(1));
    time.advance(Duration.ofSeconds(3));
    assertThat(slot).isNotDone();

    queued.cancel(false);

    assertThat(slot).isCompletedWithValue(Duration.ofSeconds(3));
    assertThat(other).isCompletedWithValue(Duration.ofSeconds(3));
  }

  @Test
  void waitForSlotGivesUpAtItsTimeout() {
    AdvancedPool pool = bounded(0);
    Gate gate = occupy(pool);
    CompletableFuture<Duration> slot = pool.waitForSlot(Duration.ofSeconds(5));

    time.advance(Duration.ofSeconds(5));

    assertThatThrownBy(slot::get)
        .hasCauseInstanceOf(TimeoutException.class)
        .hasMessageContaining("within 5 s: ")
        .hasMessageContaining("1 worker is busy")
        .hasMessageContaining("raise queueCapacity (0)");
    gate.open();
    get(pool.drain());
    assertThat(get(pool.waitForSlot())).isNotNull();
  }

  @Test
  void waitForSlotEndsWithThePool() {
    AdvancedPool pool = bounded(0);
    occupy(pool);
    CompletableFuture<Duration> slot = pool.waitForSlot(Duration.ofSeconds(5));
    CompletableFuture<Duration> cancelled = pool.waitForSlot(Duration.ofSeconds(5));
    cancelled.cancel(true);

    pool.shutdown();

    assertThatThrownBy(slot::get).hasCauseInstanceOf(PoolShutDownException.class);
    assertThatThrownBy(() -> pool.waitForSlot().get())
        .hasCauseInstanceOf(PoolShutDownException.class);
  }

  @Test
  void aTaskThatWaitedTooLongFailsAndNeverRuns() {
    AdvancedPool pool = build(builder().maxWorkers(1).maxQueueTime(Duration.ofSeconds(1)));
    Gate gate = occupy(pool);
    AtomicInteger ran = new AtomicInteger();
    PoolFuture<Integer> late = pool.submit(ran::incrementAndGet);
    PoolFuture<Integer> patient =
        pool.submit(
            ran::incrementAndGet, TaskOptions.DEFAULT.withMaxQueueTime(Duration.ofSeconds(9)));
    time.advance(Duration.ofSeconds(2));

    gate.open();
    get(patient);
    get(pool.drain());

    assertThatThrownBy(late::get)
        .hasCauseInstanceOf(TaskExpiredException.class)
        .hasMessageContaining("waited 2 s");
    assertThat(ran.get()).isEqualTo(1);
    assertThat(pool.stats().expired()).isEqualTo(1);
  }

  /** Their ends are decided under the pool's lock, and each needs an exception. */
  @ParameterizedTest
  @CsvSource({"1, false", "3, false", "1, true"})
  void longQueueThatHasExpired_endsInSmallPortions(int priorities, boolean drains) {
    AtomicReference<List<PoolTask<?>>> expired = new AtomicReference<>(List.of());
    AtomicInteger mostOwed = new AtomicInteger();
    ManualTime watched =
        new ManualTime() {
          @Override
          public long nanoTime() {
            int owed = 0;
            for (PoolTask<?> task : expired.get()) {
              owed += task.is(TaskState.WITHDRAWN) && !task.isDone() ? 1 : 0;
            }
            mostOwed.accumulateAndGet(owed, Math::max);
            return super.nanoTime();
          }
        };
    AdvancedPool pool =
        build(builder().time(watched).maxWorkers(1).maxQueueTime(Duration.ofSeconds(1)));
    Gate gate = occupy(pool);
    List<PoolTask<?>> tasks = new ArrayList<>();
    for (int i = 0; i < 10 * Worker.MOST_DROPPED; i++) {
      tasks.add((PoolTask<?>) pool.submit(() -> 1, i % priorities));
    }
    watched.advance(Duration.ofSeconds(2));
    CompletableFuture<?> drained = drains ? pool.drain() : CompletableFuture.completedFuture(null);
    expired.set(List.copyOf(tasks));

    gate.open();
    await().until(() -> pool.stats().expired() == tasks.size());
    await().untilAsserted(() -> assertThat(tasks).allMatch(PoolTask::isCompletedExceptionally));
    get(drained);

    assertThat(mostOwed).hasValueBetween(1, Worker.MOST_DROPPED);
    assertThat(get(pool.submit(() -> 2))).isEqualTo(2);
  }

  /** Else a thread's next task could be queued before one of it that has waited. */
  @Test
  void newcomerFindsNoPlaceBeforeTheWaiters() {
    QueueCapacity capacity = new QueueCapacity(3);
    for (int i = 0; i < 3; i++) {
      assertThat(capacity.tryTakePlace()).isTrue();
    }
    PoolTask<?> waits = factory(options()).executed(() -> {}, TaskOptions.DEFAULT);
    capacity.await(waits);
    capacity.givePlace();
    capacity.givePlace();

    assertThat(capacity.next(0)).isSameAs(waits);
    assertThat(capacity.next(0)).isNull();

    assertThat(capacity.tryTakePlace()).isFalse();
    capacity.hasLetIn();
    assertThat(capacity.tryTakePlace()).isTrue();
  }
}

package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pools.Arguments;
import dev.pools.Binding;
import dev.pools.TestThreads;
import dev.pools.map.MapOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * The contract of each member that the task pool of the Python module documents, as far as one test
 * can say it; docs/seed-map.md maps the members to these tests.
 */
class AdvancedPoolSeedTest extends PoolTestBase {

  private static final List<Integer> ONE_TWO = List.of(1, 2);

  // ---- AdvancedPool(max_workers, min_workers, qsize, scaling, kill_at_exit)

  @Test
  void allOptionsAreOptional() {
    AdvancedPool pool = build(builder());

    assertThat(pool.minWorkers()).isEqualTo(1);
    assertThat(pool.maxWorkers()).isEqualTo(5);
    assertThat(get(pool.submit(() -> "ran"))).isEqualTo("ran");
  }

  @Test
  void noMoreThanMaxWorkersRunAtATime() throws Exception {
    AdvancedPool pool = build(builder().maxWorkers(3));
    CyclicBarrier together = new CyclicBarrier(3);
    List<PoolFuture<Integer>> futures = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      futures.add(pool.submit(() -> together.await(PATIENCE_SECONDS, TimeUnit.SECONDS)));
    }

    futures.forEach(PoolTestBase::get);

    assertThat(pool.stats().workers()).isEqualTo(3);
  }

  @Test
  void thereAreNeverFewerThanMinWorkers() {
    AdvancedPool pool =
        build(builder().minWorkers(2).maxWorkers(4).keepAlive(Duration.ofSeconds(1)));

    assertThat(pool.stats().workers()).isEqualTo(2);
    time.advance(Duration.ofHours(1));
    assertThat(pool.stats().workers()).isEqualTo(2);
  }

  @Test
  void qsizeBoundsWhatIsPending() {
    AdvancedPool pool = build(builder().maxWorkers(1).queueCapacity(2));
    occupy(pool);
    pool.submitNowait(() -> 1);
    pool.submitNowait(() -> 2);

    assertThat(pool.full()).isTrue();
    assertThatThrownBy(() -> pool.submitNowait(() -> 3)).isInstanceOf(PoolFullException.class);
  }

  @Test
  void withoutQsizeThereIsNoLimit() {
    AdvancedPool pool = build(builder().maxWorkers(1));
    occupy(pool);

    for (int i = 0; i < 10_000; i++) {
      pool.submitNowait(() -> null);
    }

    assertThat(pool.qsize()).isEqualTo(10_000);
    assertThat(pool.full()).isFalse();
  }

  @Test
  void scalingIsOnAndCanBeTurnedOff() {
    AdvancedPool scaling = build(builder().minWorkers(1).maxWorkers(3));
    AdvancedPool fixed = build(builder().minWorkers(1).maxWorkers(3).scaling(false));

    assertThat(scaling.stats().workers()).isEqualTo(1);
    occupy(scaling);
    occupy(scaling);
    assertThat(scaling.stats().workers()).as("grown with the work").isEqualTo(2);
    assertThat(fixed.stats().workers()).isEqualTo(3);
  }

  @Test
  void killAtExitMakesTheEndImmediate() {
    AdvancedPool pool = build(builder().maxWorkers(1).killAtExit(true));
    PoolFuture<String> running = pool.submit(new Gate()::call);
    PoolFuture<Integer> pending = pool.submit(() -> 1);

    pool.close();

    assertThat(pending).isCancelled();
    assertThat(running).isCompletedExceptionally();
  }

  // ---- The end of the context manager: __cleanup__

  @Test
  void theEndOfTheBlockRunsWhatIsThereAndShutsThePoolDown() {
    PoolFuture<Integer> pending;
    AdvancedPool left;
    try (AdvancedPool pool = build(builder().maxWorkers(1))) {
      left = pool;
      pool.submit(() -> 1);
      pending = pool.submit(() -> 2);
    }

    assertThat(pending).isCompletedWithValue(2);
    assertThat(left.isTerminated()).isTrue();
  }

  // ---- complete

  @Test
  void completeGivesTheResultOfTheFunctionOrWhatItThrows() throws Exception {
    AdvancedPool pool = fixed(1);
    IOException failure = new IOException("of the function");

    assertThat(pool.complete(() -> "result")).isEqualTo("result");
    assertThatThrownBy(
            () ->
                pool.complete(
                    () -> {
                      throw failure;
                    }))
        .isSameAs(failure);
  }

  @Test
  void completeTakesArguments() throws Exception {
    AdvancedPool pool = fixed(1);
    Binding<Integer> plus =
        Binding.toStaticMethod(Math.class.getMethod("addExact", int.class, int.class))
            .returning(Integer.class);
    Arguments arguments = Arguments.of(1, 2);

    assertThat(pool.complete(() -> plus.apply(arguments))).isEqualTo(3);
  }

  @Test
  void completeTakesAPriority() throws Exception {
    AdvancedPool pool = fixed(1);
    Gate gate = occupy(pool);
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    pool.submit(() -> order.add("submitted before"));
    TestThreads.Started caller =
        TestThreads.start(() -> pool.complete(() -> order.add("completed"), -1));
    awaitPending(pool, 2);

    gate.open();
    caller.awaitEnd();
    get(pool.drain());

    assertThat(order).containsExactly("completed", "submitted before");
  }

  private static void awaitPending(AdvancedPool pool, int pending) {
    while (pool.qsize() < pending) {
      Thread.onSpinWait();
    }
  }

  // ---- submit, submit_nowait

  @Test
  void submitGivesAFutureOfTheResult() {
    AdvancedPool pool = fixed(1);

    assertThat(get(pool.submit(() -> 42))).isEqualTo(42);
  }

  @Test
  void submitWaitsForSpaceWithoutHoldingItsCaller() {
    AdvancedPool pool = build(builder().maxWorkers(1).queueCapacity(1));
    Gate gate = occupy(pool);
    pool.submit(() -> 1);

    PoolFuture<Integer> waiting = pool.submit(() -> 2);

    assertThat(waiting.accepted()).isNotDone();
    gate.open();
    get(waiting.accepted());
    assertThat(get(waiting)).isEqualTo(2);
  }

  @Test
  void submitTakesAPriority() {
    assertOrderByPriority((pool, priority) -> task -> pool.submit(task, priority));
  }

  @Test
  void submitNowaitGivesAFutureOrRefuses() {
    AdvancedPool pool = build(builder().maxWorkers(1).queueCapacity(1));
    Gate gate = occupy(pool);
    PoolFuture<Integer> taken = pool.submitNowait(() -> 1);

    assertThatThrownBy(() -> pool.submitNowait(() -> 2)).isInstanceOf(PoolFullException.class);

    gate.open();
    assertThat(get(taken)).isEqualTo(1);
  }

  @Test
  void submitNowaitAndCompleteTakeARunnable() throws Exception {
    AdvancedPool pool = build(builder().maxWorkers(1).queueCapacity(1));
    AtomicInteger runs = new AtomicInteger();
    Runnable task = runs::incrementAndGet;

    pool.complete(task);
    pool.complete(task, -1);
    assertThat(get(pool.submitNowait(task))).isNull();
    assertThat(get(pool.submitNowait(task, 1))).isNull();
    Gate gate = occupy(pool);
    pool.submitNowait(task);
    assertThatThrownBy(() -> pool.submitNowait(task)).isInstanceOf(PoolFullException.class);
    gate.open();

    IllegalStateException failure = new IllegalStateException("the task's own");
    Runnable failing =
        () -> {
          throw failure;
        };
    assertThatThrownBy(() -> pool.complete(failing)).isSameAs(failure);
    await().until(() -> runs.get() == 5);
  }

  @Test
  void anExceptionOfATaskNeverEndsAWorker() {
    AdvancedPool pool = fixed(1);
    Thread first = get(pool.submit(Thread::currentThread));
    Runnable failing =
        () -> {
          throw new AssertionError("a task's own");
        };

    assertThatThrownBy(() -> pool.submit(failing).join()).hasRootCauseMessage("a task's own");
    pool.execute(failing);

    assertThat(get(pool.submit(Thread::currentThread))).isSameAs(first);
  }

  @Test
  void submitNowaitTakesAPriority() {
    assertOrderByPriority((pool, priority) -> task -> pool.submitNowait(task, priority));
  }

  private interface Submitting {
    void submit(java.util.concurrent.Callable<Boolean> task);
  }

  private void assertOrderByPriority(
      java.util.function.BiFunction<AdvancedPool, Integer, Submitting> way) {
    AdvancedPool pool = fixed(1);
    Gate gate = occupy(pool);
    List<Integer> order = new ArrayList<>();
    for (int priority : new int[] {3, -1, 0, 2}) {
      way.apply(pool, priority).submit(() -> order.add(priority));
    }

    gate.open();
    get(pool.drain());

    assertThat(order).containsExactly(-1, 0, 2, 3);
  }

  // ---- map, starmap, doublestarmap, starmap_with_kwds

  @Test
  void mapCallsTheFunctionWithEachItem() {
    AdvancedPool pool = fixed(2);

    assertThat(get(pool.map(x -> x + 1, ONE_TWO))).containsExactly(2, 3);
    assertThat(get(pool.map(x -> x + 1, ONE_TWO, MapOptions.priority(1).strict())))
        .containsExactly(2, 3);
  }

  @Test
  void mapCallsTheFunctionWithItemsOfTwoIterables() {
    AdvancedPool pool = fixed(2);

    assertThat(get(pool.map((x, y) -> x * y, ONE_TWO, List.of(10, 20, 30))))
        .containsExactly(10, 40);
    assertUnequal(pool.map((x, y) -> x * y, ONE_TWO, List.of(1), MapOptions.priority(1).strict()));
  }

  @Test
  void mapCallsTheFunctionWithItemsOfThreeIterables() {
    AdvancedPool pool = fixed(2);

    assertThat(get(pool.map((x, y, z) -> x + y + z, ONE_TWO, ONE_TWO, List.of(10, 20, 30))))
        .containsExactly(12, 24);
    assertUnequal(
        pool.map(
            (x, y, z) -> x + y + z, ONE_TWO, ONE_TWO, List.of(1), MapOptions.priority(1).strict()));
  }

  @Test
  void mapCallsTheFunctionWithItemsOfFourIterables() {
    AdvancedPool pool = fixed(2);

    assertThat(get(pool.map((x, y, z, w) -> x + y + z + w, ONE_TWO, ONE_TWO, ONE_TWO, List.of(10))))
        .containsExactly(13);
    assertUnequal(
        pool.map(
            (x, y, z, w) -> x + y + z + w,
            ONE_TWO,
            ONE_TWO,
            ONE_TWO,
            List.of(1),
            MapOptions.priority(1).strict()));
  }

  @Test
  void mapCallsTheFunctionWithItemsOfAnyNumberOfIterables() {
    AdvancedPool pool = fixed(2);

    assertThat(
            get(
                pool.map(
                    items -> items.toString(), ONE_TWO, ONE_TWO, ONE_TWO, ONE_TWO, List.of(5))))
        .containsExactly("[1, 1, 1, 1, 5]");
    assertUnequal(
        pool.map(items -> items, MapOptions.priority(1).strict(), ONE_TWO, ONE_TWO, List.of(1)));
  }

  @Test
  void mapTakesAPriority() {
    AdvancedPool pool = fixed(1);
    Gate gate = occupy(pool);
    List<String> order = new ArrayList<>();
    pool.submit(() -> order.add("submitted before"));
    CompletableFuture<?> mapped =
        pool.map(x -> order.add("mapped"), List.of(1), MapOptions.priority(-1));

    gate.open();
    get(pool.drain());

    assertThat(mapped).isCompleted();
    assertThat(order).containsExactly("mapped", "submitted before");
  }

  private static void assertUnequal(CompletableFuture<?> result) {
    assertThatThrownBy(() -> result.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("With Lengths.STRICT all must be equally long");
  }

  record Thumbnail(String picture, int width) {}

  private final Binding<Thumbnail> thumbnail = Binding.toRecord(Thumbnail.class);

  @Test
  void starmapUnpacksPositionalArguments() {
    AdvancedPool pool = fixed(1);
    List<List<Object>> input = List.of(List.of("cat", 1), List.of("dog", 2));
    List<Thumbnail> expected = List.of(new Thumbnail("cat", 1), new Thumbnail("dog", 2));

    assertThat(get(pool.starmap(thumbnail, input))).isEqualTo(expected);
    assertThat(get(pool.starmap(thumbnail, input, MapOptions.priority(1)))).isEqualTo(expected);
  }

  @Test
  void doublestarmapUnpacksKeywordArguments() {
    AdvancedPool pool = fixed(1);
    List<Map<String, Object>> input = List.of(Map.of("width", 1, "picture", "cat"));
    List<Thumbnail> expected = List.of(new Thumbnail("cat", 1));

    assertThat(get(pool.doubleStarmap(thumbnail, input))).isEqualTo(expected);
    assertThat(get(pool.doubleStarmap(thumbnail, input, MapOptions.priority(1))))
        .isEqualTo(expected);
  }

  @Test
  void starmapWithKwdsUnpacksBoth() {
    AdvancedPool pool = fixed(1);
    List<Arguments> input = List.of(Arguments.of("cat").and("width", 1));
    List<Thumbnail> expected = List.of(new Thumbnail("cat", 1));

    assertThat(get(pool.starmapWithKeywords(thumbnail, input))).isEqualTo(expected);
    assertThat(get(pool.starmapWithKeywords(thumbnail, input, MapOptions.priority(1))))
        .isEqualTo(expected);
  }

  // ---- drain, join, resize

  @Test
  void drainWaitsUntilAllPendingTasksAreCompleted() {
    AdvancedPool pool = fixed(1);
    Gate gate = occupy(pool);
    PoolFuture<Integer> pending = pool.submit(() -> 1);

    CompletableFuture<Void> drained = pool.drain();

    assertThat(drained).isNotDone();
    gate.open();
    get(drained);
    assertThat(pending).isCompletedWithValue(1);
    assertThat(pool.isShutdown()).isFalse();
  }

  @Test
  void joinTellsHowManyTasksEachWorkerCompletedOrWhatEndedIt() {
    AdvancedPool pool = fixed(1);
    get(pool.submit(() -> 1));
    get(pool.submit(() -> 2));
    CompletableFuture<List<WorkerReport>> joined = pool.join();
    assertThat(joined).as("the workers are alive").isNotDone();

    pool.shutdown();

    assertThat(get(joined)).containsExactly(new WorkerReport(1, 2, null));
  }

  @Test
  void resizeAdjustsTheLimitsAndStartsOrEndsWorkers() {
    AdvancedPool pool = build(builder().minWorkers(1).maxWorkers(1));

    get(pool.resize(3, 4));
    assertThat(pool.minWorkers()).isEqualTo(3);
    assertThat(pool.maxWorkers()).isEqualTo(4);
    assertThat(pool.stats().workers()).isEqualTo(3);

    get(pool.resize(0, 2));
    assertThat(pool.stats().workers()).isLessThanOrEqualTo(2);
  }

  // ---- shutdown, raise_for_shutdown

  @Test
  void shutdownWaitsForWhatIsThereAndTellsTheUptime() {
    AdvancedPool pool = fixed(1);
    Gate gate = occupy(pool);
    PoolFuture<Integer> pending = pool.submit(() -> 1);
    time.advance(Duration.ofSeconds(3));

    CompletableFuture<Duration> uptime = pool.shutdown(ShutdownOptions.DEFAULT);

    assertThat(uptime).isNotDone();
    gate.open();
    assertThat(get(uptime)).isEqualTo(Duration.ofSeconds(3));
    assertThat(pending).isCompletedWithValue(1);
  }

  @Test
  void shutdownWithCancelPendingCancelsWhatNoWorkerHasPickedUp() {
    AdvancedPool pool = fixed(1);
    Gate gate = new Gate();
    PoolFuture<String> running = pool.submit(gate::call);
    gate.awaitEntered();
    PoolFuture<Integer> pending = pool.submit(() -> 1);

    CompletableFuture<Duration> uptime = pool.shutdown(ShutdownOptions.DEFAULT.cancelPending());

    assertThatThrownBy(pending::get).isInstanceOf(CancellationException.class);
    assertThat(running).isNotDone();
    gate.open();
    get(uptime);
    assertThat(running).isCompletedWithValue("passed");
  }

  @Test
  void theIdleTimeoutOfShutdownLimitsTheWaitForTheQueue() {
    AdvancedPool pool = fixed(1);
    Gate gate = occupy(pool);
    PoolFuture<Integer> pending = pool.submit(() -> 1);
    CompletableFuture<Duration> uptime =
        pool.shutdown(ShutdownOptions.DEFAULT.withIdleTimeout(Duration.ofSeconds(5)));

    time.advance(Duration.ofSeconds(5));

    assertThat(pending).isCancelled();
    assertThat(uptime).as("it still waits for what runs").isNotDone();
    gate.open();
    get(uptime);
  }

  @Test
  void theTotalTimeoutOfShutdownLimitsTheWholeWait() throws Exception {
    AdvancedPool pool = fixed(1);
    CountDownLatch stubborn = new CountDownLatch(1);
    CountDownLatch started = new CountDownLatch(1);
    pool.execute(
        () -> {
          started.countDown();
          while (stubborn.getCount() > 0) {
            Thread.onSpinWait();
          }
        });
    started.await();
    CompletableFuture<Duration> uptime =
        pool.shutdown(ShutdownOptions.DEFAULT.withTotalTimeout(Duration.ofSeconds(5)));

    time.advance(Duration.ofSeconds(5));

    assertThat(get(uptime)).isEqualTo(Duration.ofSeconds(5));
    assertThat(pool.isTerminated()).isFalse();
    stubborn.countDown();
  }

  @Test
  void raiseForShutdownThrowsOnceThePoolIsShuttingDown() {
    AdvancedPool pool = fixed(1);
    assertThatCode(pool::raiseForShutdown).doesNotThrowAnyException();
    Gate gate = occupy(pool);

    pool.shutdown();

    assertThatThrownBy(pool::raiseForShutdown).isInstanceOf(PoolShutDownException.class);
    gate.open();
    get(pool.join());
    assertThatThrownBy(pool::raiseForShutdown).isInstanceOf(PoolShutDownException.class);
  }

  // ---- wait_for_slot

  @Test
  void waitForSlotTellsTheTimeSpentWaiting() {
    AdvancedPool pool = build(builder().maxWorkers(1).queueCapacity(1));
    Gate gate = occupy(pool);
    assertThat(pool.waitForSlot()).isCompletedWithValue(Duration.ZERO);
    pool.submit(() -> 1);

    CompletableFuture<Duration> slot = pool.waitForSlot();

    assertThat(slot).isNotDone();
    time.advance(Duration.ofSeconds(2));
    gate.open();
    assertThat(get(slot)).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void theTimeoutOfWaitForSlotLimitsTheWait() {
    AdvancedPool pool = build(builder().maxWorkers(1).queueCapacity(1));
    occupy(pool);
    pool.submit(() -> 1);
    CompletableFuture<Duration> slot = pool.waitForSlot(Duration.ofSeconds(2));

    time.advance(Duration.ofSeconds(2));

    assertThatThrownBy(() -> slot.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
        .hasCauseInstanceOf(TimeoutException.class);
  }

  // ---- Properties

  @Test
  void completedCountsTheTasksThatCompleted() {
    AdvancedPool pool = fixed(2);
    assertThat(pool.completed()).isZero();

    get(pool.map(x -> x, ONE_TWO));

    assertThat(pool.completed()).isEqualTo(2);
  }

  @Test
  void emptyAndQsizeTellAboutTheQueue() {
    AdvancedPool pool = fixed(1);
    Gate gate = occupy(pool);
    assertThat(pool.empty()).isTrue();
    assertThat(pool.qsize()).isZero();

    pool.submit(() -> 1);
    pool.submit(() -> 2);

    assertThat(pool.empty()).isFalse();
    assertThat(pool.qsize()).isEqualTo(2);
    gate.open();
    get(pool.drain());
    assertThat(pool.empty()).isTrue();
  }

  @Test
  void fullMeansThatWaitForSlotWouldWait() {
    AdvancedPool pool = build(builder().maxWorkers(1).queueCapacity(1));
    Gate gate = occupy(pool);
    assertThat(pool.full()).isFalse();
    assertThat(pool.waitForSlot()).isDone();

    pool.submit(() -> 1);

    assertThat(pool.full()).isTrue();
    assertThat(pool.waitForSlot()).isNotDone();
    gate.open();
    get(pool.drain());
    assertThat(pool.full()).isFalse();
  }

  @Test
  void idleMeansThatNothingRunsAndNothingIsQueued() {
    AdvancedPool pool = fixed(1);
    assertThat(pool.idle()).isTrue();
    Gate gate = occupy(pool);
    assertThat(pool.idle()).isFalse();

    gate.open();
    get(pool.drain());

    assertThat(pool.idle()).isTrue();
    assertThat(pool.empty()).isTrue();
  }

  @Test
  void uptimeIsTheTimeSinceThePoolStarted() {
    AdvancedPool pool = fixed(1);
    assertThat(pool.uptime()).isEqualTo(Duration.ZERO);

    time.advance(Duration.ofMinutes(2));

    assertThat(pool.uptime()).isEqualTo(Duration.ofMinutes(2));
  }
}

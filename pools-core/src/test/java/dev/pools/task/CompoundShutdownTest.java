package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.TestThreads;
import dev.pools.map.Input;
import dev.pools.map.MapOptions;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What was accepted as a whole ends as a whole, although it submits tasks after the shutdown. */
class CompoundShutdownTest extends PoolTestBase {

  private static final int ELEMENTS = 60;

  private static List<Integer> elements() {
    return IntStream.range(0, ELEMENTS).boxed().toList();
  }

  /** What ends a compound before its time. */
  enum Cut {
    SHUTDOWN_NOW,
    CANCEL_PENDING,
    IDLE_TIMEOUT,
    TOTAL_TIMEOUT
  }

  private void shutdown(AdvancedPool pool, Cut cut) {
    Duration limit = Duration.ofSeconds(1);
    switch (cut) {
      case SHUTDOWN_NOW -> pool.shutdownNow();
      case CANCEL_PENDING -> pool.shutdown(ShutdownOptions.DEFAULT.cancelPending());
      case IDLE_TIMEOUT -> {
        pool.shutdown(ShutdownOptions.DEFAULT.withIdleTimeout(limit));
        time.advance(limit);
      }
      case TOTAL_TIMEOUT -> {
        pool.shutdown(ShutdownOptions.DEFAULT.withTotalTimeout(limit));
        time.advance(limit);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(OverflowPolicy.class)
  void mapThatWasAcceptedEnds(OverflowPolicy overflow) throws Exception {
    AdvancedPool pool = build(builder().maxWorkers(2).overflow(overflow));
    Gate gate = occupy(pool);
    AtomicInteger ran = new AtomicInteger();
    CompletableFuture<List<Integer>> map = pool.map(n -> ran.incrementAndGet(), elements());

    pool.shutdown();
    assertThatThrownBy(() -> pool.submit(() -> 1)).isInstanceOf(PoolShutDownException.class);
    gate.open();

    assertThat(get(map)).hasSize(ELEMENTS);
    assertThat(pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(ran).hasValue(ELEMENTS);
    assertThat(pool.stats().rejected()).isEqualTo(1);
  }

  @Test
  void closeWaitsForTheMap() {
    for (int i = 0; i < 50; i++) {
      AdvancedPool pool = AdvancedPool.builder().maxWorkers(2).build();
      AtomicInteger ran = new AtomicInteger();
      CompletableFuture<List<Integer>> map = pool.map(n -> ran.incrementAndGet(), elements());
      pool.close();
      assertThat(map).isCompletedWithValueMatching(results -> results.size() == ELEMENTS);
      assertThat(ran).hasValue(ELEMENTS);
    }
  }

  @Test
  void tasksOfTasksAreAccepted() throws Exception {
    AdvancedPool pool = build(builder().maxWorkers(2));
    CountDownLatch shutDown = new CountDownLatch(1);
    AtomicInteger ran = new AtomicInteger();
    PoolFuture<Integer> outer =
        pool.submit(
            () -> {
              shutDown.await();
              pool.execute(ran::incrementAndGet);
              pool.invokeAll(List.of(ran::incrementAndGet, ran::incrementAndGet));
              return pool.submit(() -> pool.map(n -> ran.incrementAndGet(), elements()))
                  .get()
                  .get()
                  .size();
            });

    pool.shutdown();
    shutDown.countDown();

    assertThat(get(outer)).isEqualTo(ELEMENTS);
    assertThat(pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(ran).hasValue(ELEMENTS + 3);
  }

  @Test
  void chainOfStagesThatNameThePoolEnds() throws Exception {
    for (int i = 0; i < 50; i++) {
      AdvancedPool pool = AdvancedPool.builder().maxWorkers(2).build();
      CountDownLatch shutDown = new CountDownLatch(1);
      CompletableFuture<Integer> submitted =
          pool.submit(
                  () -> {
                    shutDown.await();
                    return 1;
                  })
              .thenApplyAsync(n -> n + 1, pool)
              .thenComposeAsync(n -> pool.submit(() -> n + 1), pool)
              .thenApplyAsync(n -> n + 1, pool);
      CompletableFuture<Integer> supplied =
          CompletableFuture.supplyAsync(() -> 1, pool).thenApplyAsync(n -> n + 1, pool);
      CompletableFuture<Integer> mapped =
          pool.map(n -> n, elements()).thenApplyAsync(List::size, pool);

      pool.shutdown();
      shutDown.countDown();

      assertThat(pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(submitted).isCompletedWithValue(4);
      assertThat(mapped).isCompletedWithValue(ELEMENTS);
      assertThat(supplied.isDone()).isTrue();
    }
  }

  /** How a thread waits for a task. */
  enum WaitBy {
    GET,
    TIMED_GET,
    JOIN;

    private void waitFor(PoolFuture<Integer> future) {
      try {
        switch (this) {
          case GET -> future.get();
          case TIMED_GET -> future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
          case JOIN -> future.join();
        }
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }

  /**
   * A thread that waits runs dependants of what it waits for, as those of any CompletableFuture.
   */
  @ParameterizedTest
  @EnumSource(WaitBy.class)
  void dependantThatAWaitingThreadRunsIsAccepted(WaitBy by) throws Exception {
    AdvancedPool pool = build(builder().minWorkers(2).maxWorkers(2));
    CountDownLatch shutDown = new CountDownLatch(1);
    CountDownLatch waited = new CountDownLatch(1);
    // The thread that waits may run all dependants, and then the task ends before it submits.
    PoolFuture<Boolean> other = pool.submit(() -> waited.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
    PoolFuture<Integer> task =
        pool.submit(
            () -> {
              shutDown.await();
              return 1;
            });
    CompletableFuture<Integer> dependant = task.thenApplyAsync(n -> n + 1, pool);
    AtomicReference<Thread> waiting = new AtomicReference<>();
    // The worker runs this one first, so that the other one is left to the thread that waits. If
    // that thread is quicker, it runs both.
    CompletableFuture<Boolean> held =
        task.thenApply(
            n -> {
              if (Thread.currentThread() == waiting.get()) {
                return true;
              }
              try {
                return waited.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                return false;
              }
            });
    TestThreads.Started waiter = TestThreads.start(() -> by.waitFor(task));
    waiting.set(waiter);
    Awaitility.await()
        .until(
            () ->
                waiter.getState() == Thread.State.WAITING
                    || waiter.getState() == Thread.State.TIMED_WAITING);

    pool.shutdown();
    shutDown.countDown();
    waiter.awaitEnd();
    waited.countDown();

    assertThat(get(dependant)).isEqualTo(2);
    assertThat(get(held)).isTrue();
    assertThat(get(other)).isTrue();
  }

  /** Its dependants run on the thread that cancels it. */
  @Test
  void dependantOfACancelledTaskIsAccepted() throws Exception {
    AdvancedPool pool = build(builder().maxWorkers(1));
    Gate gate = occupy(pool);
    PoolFuture<Integer> queued = pool.submit(() -> 1);
    CompletableFuture<String> handled = queued.handleAsync((n, failure) -> "handled", pool);

    pool.shutdown();
    queued.cancel(false);
    gate.open();

    assertThat(get(handled)).isEqualTo("handled");
    assertThat(pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  /** How the result of a running task is decided from outside. */
  enum ByHand {
    CANCEL,
    COMPLETE,
    FAIL,
    OBTRUDE;

    private void decide(PoolFuture<Integer> future) {
      switch (this) {
        case CANCEL -> future.cancel(false);
        case COMPLETE -> future.complete(2);
        case FAIL -> future.completeExceptionally(new IllegalStateException("by hand"));
        case OBTRUDE -> future.obtrudeValue(2);
      }
    }
  }

  /** Its dependants run on the thread that decides its result. */
  @ParameterizedTest
  @EnumSource(ByHand.class)
  void dependantOfARunningTaskThatIsDecidedByHandIsAccepted(ByHand how) throws Exception {
    AdvancedPool pool = build(builder().maxWorkers(1));
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch decided = new CountDownLatch(1);
    PoolFuture<Integer> running =
        pool.submit(
            () -> {
              begun.countDown();
              decided.await();
              return 1;
            });
    CompletableFuture<String> handled = running.handleAsync((n, failure) -> "handled", pool);
    begun.await();

    pool.shutdown();
    how.decide(running);
    decided.countDown();

    assertThat(get(handled)).isEqualTo("handled");
    assertThat(pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  /** Its dependants run on a helper thread. */
  @Test
  void dependantOfAnExpiredTaskIsAccepted() throws Exception {
    AdvancedPool pool = build(builder().maxWorkers(2));
    Gate gate = occupy(pool);
    Gate keepsThePool = occupy(pool);
    PoolFuture<Integer> queued =
        pool.submit(() -> 1, TaskOptions.DEFAULT.withMaxQueueTime(Duration.ofSeconds(1)));
    CompletableFuture<String> handled = queued.handleAsync((n, failure) -> "handled", pool);

    pool.shutdown();
    time.advance(Duration.ofSeconds(2));
    gate.open();

    assertThat(get(handled)).isEqualTo("handled");
    keepsThePool.open();
    assertThat(queued).isCompletedExceptionally();
    assertThat(pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  /** A decorator may run what it wraps on a thread of its own. */
  @Test
  void taskThatItsDecoratorRunsElsewhereMaySubmit() throws Exception {
    Executor elsewhere = action -> new Thread(action, "elsewhere").start();
    AdvancedPool pool =
        build(
            builder()
                .maxWorkers(1)
                .taskDecorator(task -> () -> CompletableFuture.runAsync(task, elsewhere).join()));
    CountDownLatch shutDown = new CountDownLatch(1);
    CompletableFuture<Integer> chain =
        pool.submit(
                () -> {
                  shutDown.await();
                  return pool.submit(() -> 1);
                })
            .thenComposeAsync(inner -> inner, pool);

    pool.shutdown();
    shutDown.countDown();

    assertThat(get(chain)).isEqualTo(1);
    assertThat(pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  /** The caller runs its own task, which is accepted work like any other. */
  @ParameterizedTest
  @EnumSource(names = {"CALLER_RUNS"})
  void taskOfATaskThatItsCallerRunsIsAccepted(OverflowPolicy overflow) throws Exception {
    for (boolean bare : new boolean[] {true, false}) {
      AdvancedPool pool = build(builder().maxWorkers(1).queueCapacity(0).overflow(overflow));
      Gate gate = occupy(pool);
      AtomicInteger ran = new AtomicInteger();
      Runnable outer =
          () -> {
            pool.shutdown();
            pool.execute(ran::incrementAndGet);
            pool.submit(ran::incrementAndGet);
          };

      if (bare) {
        pool.execute(outer);
      } else {
        pool.submit(outer);
      }
      gate.open();

      assertThat(pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(ran).hasValue(2);
      assertThatThrownBy(() -> pool.execute(() -> {})).isInstanceOf(PoolShutDownException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(Cut.class)
  void cutMapEndsWithItsFuture(Cut cut) throws Exception {
    AdvancedPool pool = build(builder().maxWorkers(1));
    Gate gate = occupy(pool);
    AtomicInteger ran = new AtomicInteger();
    CompletableFuture<List<Integer>> map =
        pool.map(n -> ran.incrementAndGet(), elements(), MapOptions.DEFAULT.withWindow(1));

    shutdown(pool, cut);
    gate.open();

    assertThat(pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(map).isCompletedExceptionally();
    assertThat(ran).hasValue(0);
    assertThat(pool.stats().cancelled()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Cut.class)
  void taskOfATaskIsRefusedAfterTheCut(Cut cut) throws Exception {
    AdvancedPool pool = build(builder().maxWorkers(1));
    CountDownLatch wasCut = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    CompletableFuture<Throwable> refusal = new CompletableFuture<>();
    pool.execute(
        () -> {
          begun.countDown();
          boolean waits = true;
          while (waits) {
            try {
              wasCut.await();
              waits = false;
            } catch (InterruptedException e) {
              // The shutdown's; this task goes on.
            }
          }
          try {
            pool.execute(() -> {});
            refusal.complete(null);
          } catch (Throwable refused) {
            refusal.complete(refused);
          }
        });
    begun.await();

    shutdown(pool, cut);
    wasCut.countDown();

    assertThat(get(refusal)).isInstanceOf(PoolShutDownException.class);
    assertThat(pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  /** A publisher that delivers nothing: no task is there, and only the map is open. */
  private static final class SilentPublisher implements Flow.Publisher<Integer> {
    private Flow.Subscriber<? super Integer> subscriber;

    @Override
    public void subscribe(Flow.Subscriber<? super Integer> subscribing) {
      subscriber = subscribing;
      subscribing.onSubscribe(
          new Flow.Subscription() {
            @Override
            public void request(long more) {}

            @Override
            public void cancel() {}
          });
    }
  }

  @Test
  void mapKeepsThePoolWhileItsPublisherIsSilent() throws Exception {
    AdvancedPool pool = build(builder().maxWorkers(2));
    SilentPublisher publisher = new SilentPublisher();
    CompletableFuture<List<Integer>> map =
        pool.map((Integer n) -> n + 1, Input.of(publisher), MapOptions.DEFAULT);

    pool.shutdown();
    assertThat(pool.awaitTermination(50, TimeUnit.MILLISECONDS)).isFalse();
    publisher.subscriber.onNext(1);
    publisher.subscriber.onNext(2);
    publisher.subscriber.onComplete();

    assertThat(get(map)).containsExactly(2, 3);
    assertThat(pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void mapWhosePublisherStaysSilentIsCutOffAfterAWhile() throws Exception {
    AdvancedPool pool = build(builder().maxWorkers(2));
    CompletableFuture<List<Integer>> map =
        pool.map((Integer n) -> n + 1, Input.of(new SilentPublisher()), MapOptions.DEFAULT);

    pool.shutdown();
    // The last worker leaves before the time counts.
    org.awaitility.Awaitility.await().until(() -> time.scheduledTimers() > 0);
    org.awaitility.Awaitility.await().until(() -> pool.stats().workers() == 0);
    time.advance(Duration.ofNanos(PoolTimers.OPEN_MAP_PATIENCE_NANOS));
    time.advance(Duration.ofNanos(PoolTimers.OPEN_MAP_PATIENCE_NANOS));

    assertThat(pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThatThrownBy(map::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(PoolShutDownException.class);
  }

  @ParameterizedTest
  @EnumSource(Cut.class)
  void mapWithoutElementsIsCutOffAtOnce(Cut cut) throws Exception {
    AdvancedPool pool = build(builder().maxWorkers(2));
    CompletableFuture<List<Integer>> map =
        pool.map((Integer n) -> n + 1, Input.of(new SilentPublisher()), MapOptions.DEFAULT);

    shutdown(pool, cut);

    assertThat(map).isCompletedExceptionally();
    assertThat(pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  /** Outside of the pool nothing is accepted, not even for a map that begins after the shutdown. */
  @Test
  void mapThatBeginsAfterTheShutdownIsRefused() {
    AdvancedPool pool = fixed(1);
    occupy(pool);
    CompletableFuture<List<Integer>> accepted =
        pool.map(n -> n, elements(), MapOptions.DEFAULT.withWindow(1));
    pool.shutdown();

    assertThatThrownBy(pool.map(n -> n, elements())::get)
        .hasCauseInstanceOf(PoolShutDownException.class);
    assertThat(accepted).isNotDone();
  }

  /** The pool is shut down after the task has looked whether it is. */
  @Test
  void mapThatATaskStartsIsAcceptedEvenIfThePoolIsShutDownMeanwhile() throws Exception {
    AdvancedPool pool = build(builder().maxWorkers(1));
    PoolCore core = (PoolCore) read(read(pool, "parts"), "core");
    AtomicReference<Thread> worker = new AtomicReference<>();
    CountDownLatch locked = new CountDownLatch(1);
    SubmissionPublisher<Integer> publisher = new SubmissionPublisher<>(Runnable::run, ELEMENTS);
    PoolFuture<CompletableFuture<List<Integer>>> task =
        pool.submit(
            () -> {
              worker.set(Thread.currentThread());
              locked.await();
              return pool.map((Integer n) -> n + 1, Input.of(publisher), MapOptions.DEFAULT);
            });
    Awaitility.await().until(() -> worker.get() != null);
    core.enter();
    try {
      locked.countDown();
      Awaitility.await()
          .until(
              () ->
                  worker.get().getState() == Thread.State.WAITING
                      && Arrays.stream(worker.get().getStackTrace())
                          .anyMatch(frame -> frame.getMethodName().equals("beginMap")));
      core.become(PoolState.DRAINING);
      core.queue.close();
    } finally {
      core.leave();
    }

    CompletableFuture<List<Integer>> map = get(task);
    elements().forEach(publisher::submit);
    publisher.close();
    assertThat(get(map)).hasSize(ELEMENTS);
  }

  /**
   * The last worker leaves while the next element is submitted from a thread that is no worker's:
   * the element is accepted and runs, or the pool has not been left.
   */
  @Test
  void lastWorkerThatLeavesDoesNotStrandTheNextElement() throws Exception {
    for (int i = 0; i < 300; i++) {
      AdvancedPool pool = AdvancedPool.builder().maxWorkers(1 + i % 2).build();
      AtomicInteger ran = new AtomicInteger();
      int pauses = i;
      Iterable<Integer> slow =
          () ->
              new Iterator<>() {
                private int next;

                @Override
                public boolean hasNext() {
                  for (int k = 0; k < pauses; k++) {
                    Thread.onSpinWait();
                  }
                  return next < 8;
                }

                @Override
                public Integer next() {
                  return next++;
                }
              };
      CompletableFuture<List<Integer>> map =
          pool.map(n -> ran.incrementAndGet(), slow, MapOptions.DEFAULT.withWindow(1));

      pool.shutdown();

      assertThat(pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(map).isCompletedWithValueMatching(results -> results.size() == 8);
      assertThat(ran).hasValue(8);
    }
  }
}

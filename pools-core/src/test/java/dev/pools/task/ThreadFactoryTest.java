package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import dev.pools.internal.AfterUnlock;
import dev.pools.internal.DelegatingTime;
import dev.pools.internal.LogOf;
import dev.pools.internal.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Thread factories that do not what they should. */
class ThreadFactoryTest extends PoolTestBase {

  private static final Duration PATIENCE = Duration.ofNanos(PoolTimers.LISTENER_PATIENCE_NANOS);

  private final CountDownLatch hung = new CountDownLatch(1);
  private final List<Thread> threads = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void letFactoriesReturn() {
    hung.countDown();
  }

  private Thread thread(Runnable code) {
    Thread thread = new Thread(code);
    threads.add(thread);
    return thread;
  }

  private AdvancedPool pool(ThreadFactory factory) {
    return build(builder().name("threads").maxWorkers(1).threads(WorkerThreads.of(factory)));
  }

  @Test
  void threadThatItsFactoryHasStarted_isAWorkerLikeAnyOther() throws Exception {
    AdvancedPool pool =
        pool(
            code -> {
              Thread thread = thread(code);
              thread.start();
              return thread;
            });
    Gate gate = new Gate();
    PoolFuture<String> running = pool.submit((Callable<String>) gate);
    gate.awaitEntered();

    assertThat(pool.stats().workers()).isEqualTo(1);
    assertThat(running.cancel(true)).isTrue();
    assertThat(get(pool.submit(() -> 2))).isEqualTo(2);
    pool.shutdown();
    assertThat(pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(threads).hasSize(1);
    assertThat(get(pool.join())).extracting(WorkerReport::failure).containsOnlyNulls();
  }

  @Test
  void secondThreadOfAWorker_endsAtOnce() {
    AdvancedPool pool =
        pool(
            code -> {
              thread(code).start();
              return thread(code);
            });

    await().until(() -> threads.stream().filter(Thread::isAlive).count() == 1 && bothHaveBegun());

    assertThat(pool.stats().workers()).isEqualTo(1);
    assertThat(get(pool.submit(() -> 1))).isEqualTo(1);
  }

  private boolean bothHaveBegun() {
    return threads.size() == 2
        && threads.stream().noneMatch(thread -> thread.getState() == Thread.State.NEW);
  }

  @Test
  void threadThatHasEndedBefore_isAFailedStart() {
    AdvancedPool pool =
        pool(
            code -> {
              Thread ended = new Thread(() -> {});
              ended.start();
              try {
                ended.join();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              return ended;
            });

    assertThatThrownBy(() -> pool.submit(() -> 1).get(PATIENCE_SECONDS, TimeUnit.SECONDS))
        .hasCauseInstanceOf(RejectedExecutionException.class)
        .hasMessageContaining("the next task tries it again");
  }

  /** The text of a failure is user code. */
  @Test
  void failureWhoseTextHangs_failsTheTasksAtOnce() {
    AdvancedPool pool =
        pool(
            code -> {
              throw new IllegalStateException() {
                private static final long serialVersionUID = 1L;

                @Override
                public String getMessage() {
                  awaitLatch(hung);
                  return "late";
                }
              };
            });

    assertThatThrownBy(() -> pool.submit(() -> 1).get(PATIENCE_SECONDS, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class);
    pool.shutdown();
    assertThat(pool.stats().workers()).isZero();
  }

  /** There is no memory for what follows at one place, and a submitter may never come again. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void failedStartForWhichThereIsNoMemory_isFollowedLater(int place) {
    AtomicInteger left = new AtomicInteger(-1);
    Time scarce =
        new DelegatingTime(time) {
          @Override
          public long nanoTime() {
            // The clock itself needs no memory where something is tried again.
            if (Thread.currentThread().getName().equals("threads-thread-factory")
                && !isCalledBy(AfterUnlock.class)
                && left.getAndDecrement() == 0) {
              throw new OutOfMemoryError("as planned");
            }
            return super.nanoTime();
          }
        };
    AtomicBoolean fails = new AtomicBoolean(true);
    AdvancedPool pool =
        build(
            builder()
                .name("threads")
                .time(scarce)
                .maxWorkers(1)
                .threads(
                    WorkerThreads.of(
                        code -> {
                          if (fails.get()) {
                            left.set(place);
                            throw new OutOfMemoryError("unable to create native thread");
                          }
                          return thread(code);
                        })));
    PoolFuture<Integer> stranded = pool.submit(() -> 1);

    await()
        .until(
            () -> {
              time.advance(Duration.ofSeconds(1));
              return stranded.isDone();
            });

    assertThatThrownBy(stranded::get).hasCauseInstanceOf(RejectedExecutionException.class);
    fails.set(false);
    assertThat(get(pool.submit(() -> 2))).isEqualTo(2);
  }

  private static boolean isCalledBy(Class<?> type) {
    return StackWalker.getInstance()
        .walk(frames -> frames.limit(4).anyMatch(at -> at.getClassName().equals(type.getName())));
  }

  @Test
  @SuppressWarnings("removal") // Still ends a worker.
  void startsThatFailAndSucceedByTurns_logOneStackTraceAMinute() {
    AtomicInteger starts = new AtomicInteger();
    try (LogOf log = new LogOf(WorkerLifecycle.class)) {
      AdvancedPool pool =
          build(
              builder()
                  .name("threads")
                  .minWorkers(0)
                  .maxWorkers(1)
                  .threads(
                      WorkerThreads.of(
                          code -> {
                            if (starts.getAndIncrement() % 2 == 0) {
                              throw new IllegalStateException("by turns");
                            }
                            return thread(code);
                          })));
      for (int i = 0; i < 10; i++) {
        PoolFuture<Integer> fails = pool.submit(() -> 1);
        await().until(fails::isDone);
        await().until(() -> pool.stats().workers() == 0);
        PoolFuture<Integer> endsItsWorker =
            pool.submit(
                () -> {
                  throw new ThreadDeath();
                });
        await().until(endsItsWorker::isDone);
        await().until(() -> pool.stats().workers() == 0);
      }

      assertThat(log.at(Level.ERROR, "'threads' could not start the thread of a worker"))
          .hasSize(1);
      assertThat(starts).hasValueGreaterThanOrEqualTo(20);
    }
  }

  @Test
  void factoryThatHangs_doesNotKeepThePoolFromItsEnd() throws Exception {
    try (LogOf log = new LogOf(PoolShutdown.class)) {
      AdvancedPool pool =
          pool(
              code -> {
                awaitLatch(hung);
                return thread(code);
              });
      PoolFuture<Integer> queued = pool.submit(() -> 1);

      assertThat(pool.shutdownNow()).containsExactly((Runnable) queued);
      assertThat(pool.isTerminated()).isFalse();
      time.advance(PATIENCE);

      assertThat(pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(get(pool.join()))
          .singleElement()
          .satisfies(
              report -> assertThat(report.failure()).hasMessageContaining("has not delivered"));
      assertThat(log.at(Level.WARN, "'threads' has terminated although its thread factory"))
          .singleElement()
          .asString()
          .contains("has not delivered 1 thread for 5 s");
      hung.countDown();
      await().until(() -> threads.size() == 1 && hasEnded(threads.get(0)));
      assertThat(pool.stats().workers()).isZero();
    }
  }

  private static boolean hasEnded(Thread thread) {
    return thread.getState() == Thread.State.TERMINATED;
  }

  @Test
  void factoryThatHangs_isToldWhileThePoolRunsAndWhileItDrains() {
    try (LogOf log = new LogOf(WorkerLifecycle.class)) {
      AdvancedPool pool =
          pool(
              code -> {
                awaitLatch(hung);
                return thread(code);
              });
      PoolFuture<Integer> queued = pool.submit(() -> 1);
      assertThat(pool.stats().missingWorkers()).isZero();

      time.advance(Duration.ofSeconds(7));
      time.advance(Duration.ofSeconds(7));
      assertThat(pool.stats().missingWorkers()).isEqualTo(1);
      assertThat(pool.stats().stalledFor()).isGreaterThan(Duration.ofSeconds(10));
      assertThat(pool.stats().stalled()).isFalse();
      assertThat(log.at(Level.WARN, "has not delivered 1 thread for 5 s, 1 task is queued"))
          .singleElement()
          .asString()
          .startsWith("Pool 'threads' is RUNNING");

      pool.shutdown();
      time.advance(Duration.ofMinutes(1));
      assertThat(pool.stats().stalled()).isTrue();
      assertThat(log.at(Level.WARN, "'threads' is DRAINING")).hasSize(1);
      assertThat(pool.isTerminated()).isFalse();

      hung.countDown();
      assertThat(get(queued)).isEqualTo(1);
      get(pool.join());
      assertThat(pool.stats().missingWorkers()).isZero();
    }
  }

  @Test
  void threadThatComesLate_isMissingNoMore() {
    AdvancedPool pool =
        pool(
            code -> {
              awaitLatch(hung);
              return thread(code);
            });
    time.advance(Duration.ofSeconds(4));
    assertThat(pool.stats().missingWorkers()).isEqualTo(1);
    assertThat(pool.stats().stalledFor()).isZero();

    hung.countDown();
    assertThat(get(pool.submit(() -> 1))).isEqualTo(1);

    await()
        .until(
            () -> {
              time.advance(Duration.ofSeconds(1));
              return pool.stats().missingWorkers() == 0 && time.scheduledTimers() == 0;
            });
  }

  @Test
  void factoryThatHangsOnce_costsOneWorkerAndNoTask() {
    AtomicBoolean first = new AtomicBoolean(true);
    AdvancedPool pool =
        build(
            builder()
                .maxWorkers(2)
                .threads(
                    WorkerThreads.of(
                        code -> {
                          if (first.getAndSet(false)) {
                            awaitLatch(hung);
                          }
                          return thread(code);
                        })));
    await().until(() -> !first.get());
    PoolFuture<Integer> queued = pool.submit(() -> 1);

    time.advance(Duration.ofSeconds(2));

    assertThat(get(queued)).isEqualTo(1);
    assertThat(pool.stats().workers()).isEqualTo(2);
  }

  /** The only worker may wait for the task that is queued. */
  @Test
  void startThatFailsOnce_isTriedAgainThoughNoOtherTaskComes() {
    AdvancedPool pool = poolWhoseSecondStartFails();
    Gate gate = occupy(pool);
    PoolFuture<Integer> queued = pool.submit(() -> 1);
    await().until(() -> pool.stats().workers() == 1);

    time.advance(Duration.ofSeconds(1));

    assertThat(get(queued)).isEqualTo(1);
    assertThat(pool.stats().workers()).as("workers beside the one that is held").isEqualTo(2);
    gate.open();
  }

  @Test
  void resizeRightAfterAFailedStart_startsTheWorkersThatAreMissing() {
    AdvancedPool pool = poolWhoseSecondStartFails();
    occupy(pool);
    pool.submit(() -> 1);
    await().until(() -> pool.stats().workers() == 1);

    get(pool.resize(2, 2));

    assertThat(pool.stats().workers()).isEqualTo(2);
  }

  private AdvancedPool poolWhoseSecondStartFails() {
    AtomicInteger starts = new AtomicInteger();
    return build(
        builder()
            .minWorkers(1)
            .maxWorkers(2)
            .threads(
                WorkerThreads.of(
                    code -> {
                      if (starts.incrementAndGet() == 2) {
                        throw new IllegalStateException("no thread");
                      }
                      return thread(code);
                    })));
  }

  @Test
  void factoryThatFailsAfterThePoolHasEnded_changesNothing() throws Exception {
    try (LogOf log = new LogOf(WorkerLoop.class)) {
      AdvancedPool pool =
          pool(
              code -> {
                awaitLatch(hung);
                throw new IllegalStateException("late");
              });
      pool.shutdown();
      time.advance(PATIENCE);
      assertThat(pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();

      hung.countDown();

      await()
          .until(
              () ->
                  log.at(Level.WARN, "which already has a thread or is not needed any more").size()
                      == 1);
      assertThat(pool.stats().workers()).isZero();
    }
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      assertThat(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}

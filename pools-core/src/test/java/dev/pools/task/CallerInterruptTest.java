package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.TestThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A shutdown interrupts the tasks that their callers run, and not what the callers do later. */
class CallerInterruptTest extends PoolTestBase {

  private static final int ROUNDS = 200;

  /** What interrupts all that runs. */
  enum Stop {
    SHUTDOWN_NOW,
    TOTAL_TIMEOUT,
    KILL_AT_EXIT
  }

  /** How a caller gets to run its task. */
  enum Way {
    SUBMITTED,
    EXECUTED
  }

  private AdvancedPoolBuilder callersRun() {
    return builder().maxWorkers(1).queueCapacity(0).overflow(OverflowPolicy.CALLER_RUNS);
  }

  private void stop(AdvancedPool pool, Stop how) {
    switch (how) {
      case SHUTDOWN_NOW -> pool.shutdownNow();
      case TOTAL_TIMEOUT -> {
        CompletableFuture<Duration> stopped =
            pool.shutdown(ShutdownOptions.DEFAULT.withTotalTimeout(Duration.ofSeconds(1)));
        time.advance(Duration.ofSeconds(2));
        get(stopped);
      }
      case KILL_AT_EXIT -> pool.close();
    }
  }

  private void stopInterruptsTheCallersTask(Stop how, Way way) throws Exception {
    // With a listener, a Runnable that is executed is a task in its caller, too.
    AdvancedPool pool =
        build(callersRun().killAtExit(how == Stop.KILL_AT_EXIT).listener(new PoolListener() {}));
    occupy(pool);
    Gate own = new Gate();
    AtomicBoolean interrupted = new AtomicBoolean();
    Runnable code =
        () -> {
          try {
            own.call();
          } catch (InterruptedException e) {
            interrupted.set(true);
          }
        };
    CompletableFuture<Boolean> interruptedLater = new CompletableFuture<>();
    TestThreads.Started caller =
        TestThreads.start(
            () -> {
              if (way == Way.EXECUTED) {
                pool.execute(code);
              } else {
                pool.submit(code);
              }
              interruptedLater.complete(Thread.interrupted());
            });
    own.awaitEntered();

    stop(pool, how);

    caller.awaitEnd();
    assertThat(interrupted).isTrue();
    assertThat(get(interruptedLater)).isFalse();
  }

  @ParameterizedTest
  @EnumSource(Stop.class)
  void submittedTaskThatItsCallerRuns_isInterrupted(Stop how) throws Exception {
    stopInterruptsTheCallersTask(how, Way.SUBMITTED);
  }

  @ParameterizedTest
  @EnumSource(Stop.class)
  void executedTaskThatItsCallerRuns_isInterrupted(Stop how) throws Exception {
    stopInterruptsTheCallersTask(how, Way.EXECUTED);
  }

  /** The task ends while the shutdown interrupts it, before that or after that. */
  @Test
  void interruptOfAShutdown_neverReachesTheCallerAfterItsTask() throws Exception {
    AtomicInteger interruptedLater = new AtomicInteger();
    for (int i = 0; i < ROUNDS; i++) {
      int spins = i;
      AdvancedPool pool = build(callersRun());
      occupy(pool);
      CountDownLatch entered = new CountDownLatch(1);
      TestThreads.Started caller =
          TestThreads.start(
              () -> {
                pool.submit(
                    () -> {
                      entered.countDown();
                      for (int spin = spins; spin > 0; spin--) {
                        Thread.onSpinWait();
                      }
                      return 1;
                    });
                for (int spin = ROUNDS; spin > 0; spin--) {
                  interruptedLater.addAndGet(Thread.interrupted() ? 1 : 0);
                }
              });
      entered.await();
      pool.shutdownNow();
      caller.awaitEnd();
    }

    assertThat(interruptedLater).hasValue(0);
  }

  /**
   * A task runs another one on its own thread, and a shutdown interrupts both. The end of the inner
   * one clears its own interrupt only.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void taskAroundTheOneThatItRunsItself_staysInterrupted(boolean byWorker) throws Exception {
    AdvancedPool pool = build(callersRun());
    if (!byWorker) {
      occupy(pool);
    }
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    List<Boolean> interrupted = new ArrayList<>();
    CompletableFuture<Boolean> interruptedLater = new CompletableFuture<>();
    TestThreads.Started caller =
        TestThreads.start(
            () -> {
              PoolFuture<?> outer =
                  pool.submit(
                      () -> {
                        pool.submit(
                            () -> {
                              entered.countDown();
                              while (stopped.getCount() > 0) {
                                Thread.onSpinWait();
                              }
                              interrupted.add(Thread.currentThread().isInterrupted());
                            });
                        interrupted.add(Thread.currentThread().isInterrupted());
                      });
              outer.join();
              interruptedLater.complete(Thread.interrupted());
            });
    entered.await();

    pool.shutdownNow();
    stopped.countDown();

    assertThat(get(interruptedLater)).isFalse();
    assertThat(interrupted).containsExactly(true, true);
    caller.awaitEnd();
  }
}

package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.pools.TestThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A decorator runs each task on a thread of its own, while a worker or a caller waits for it. */
class TaskOnAnotherThreadTest extends PoolTestBase {

  private static final int ROUNDS = 200;

  /** What interrupts a task. */
  enum Interrupter {
    CANCEL,
    SHUTDOWN_NOW,
    OPERATOR,
    LIMIT
  }

  /** Waits for the other thread, and ends its wait by an interrupt that it keeps. */
  private static final TaskDecorator WAITS =
      task ->
          () -> {
            Thread other = new Thread(task);
            other.start();
            try {
              other.join();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          };

  private final Semaphore begun = new Semaphore(0);

  /** Leaves the wait to the pool, as soon as the task has begun. */
  private final TaskDecorator returns =
      task ->
          () -> {
            new Thread(task).start();
            begun.acquireUninterruptibly();
          };

  /** Lets that decorator return. */
  private final PoolListener tellsBegin =
      new PoolListener() {
        @Override
        public void taskStarted(TaskInfo task, Duration waited) {
          begun.release();
        }
      };

  private AdvancedPoolBuilder elsewhere(TaskDecorator decorator) {
    return builder().maxWorkers(1).taskDecorator(decorator);
  }

  private AdvancedPoolBuilder callersRun(TaskDecorator decorator) {
    return elsewhere(decorator).queueCapacity(0).overflow(OverflowPolicy.CALLER_RUNS);
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      assertThat(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  // ---- It is inside of the pool

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void waitForTheEndOfThePool_isRefused(boolean byCaller) {
    AdvancedPool pool = build(byCaller ? callersRun(WAITS) : elsewhere(WAITS));
    if (byCaller) {
      occupy(pool);
    }
    List<Throwable> refused = Collections.synchronizedList(new ArrayList<>());

    PoolFuture<Integer> task =
        pool.submit(
            () -> {
              refused.add(catchThrowable(() -> pool.awaitTermination(1, TimeUnit.DAYS)));
              refused.add(catchThrowable(pool::close));
              return pool.submit(() -> 1).isDone() ? 1 : 2;
            });

    assertThat(get(task)).isPositive();
    assertThat(refused).hasSize(2).allMatch(IllegalStateException.class::isInstance);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whenIdle_doesNotWaitForTheTaskThatCallsIt(boolean byCaller) {
    AdvancedPool pool = build(byCaller ? callersRun(WAITS) : elsewhere(WAITS));
    Gate gate = byCaller ? occupy(pool) : new Gate();

    PoolFuture<Integer> task =
        pool.submit(
            () -> {
              CompletableFuture<Void> idle = pool.whenIdle();
              gate.open();
              get(idle);
              return 1;
            });

    assertThat(get(task)).isEqualTo(1);
  }

  // ---- Interrupts

  private void interrupt(AdvancedPool pool, PoolFuture<?> task, Interrupter by) {
    switch (by) {
      case CANCEL -> task.cancel(true);
      case SHUTDOWN_NOW -> pool.shutdownNow();
      case OPERATOR -> pool.interruptRunning(pool.runningTasks().get(0).id());
      case LIMIT -> {
        for (int i = 0; i < 6; i++) {
          time.advance(Duration.ofSeconds(1));
        }
      }
    }
  }

  private void interruptReaches(TaskDecorator decorator, Interrupter by) {
    AdvancedPool pool =
        build(elsewhere(decorator).maxRunTime(Duration.ofSeconds(4)).listener(tellsBegin));
    Gate gate = new Gate();
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    PoolFuture<?> task =
        pool.submit(
            () -> {
              try {
                gate.call();
                interrupted.complete(false);
              } catch (InterruptedException e) {
                interrupted.complete(true);
              }
            });
    gate.awaitEntered();

    interrupt(pool, task, by);

    assertThat(get(interrupted)).isTrue();
    if (by != Interrupter.SHUTDOWN_NOW) {
      assertThat(get(pool.submit(() -> Thread.currentThread().isInterrupted()))).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource(Interrupter.class)
  void interruptOfADecoratorThatWaits_reachesTheTask(Interrupter by) {
    interruptReaches(WAITS, by);
  }

  @ParameterizedTest
  @EnumSource(Interrupter.class)
  void interruptOfAWorkerWhoseDecoratorHasReturned_reachesTheTask(Interrupter by) {
    interruptReaches(returns, by);
  }

  /** The worker gets the interrupt while the other thread still tells the listeners. */
  @Test
  void interruptThatComesBeforeTheCode_reachesIt() {
    CountDownLatch told = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    AtomicReference<Thread> worker = new AtomicReference<>();
    AdvancedPool pool =
        build(
            elsewhere(
                    task ->
                        () -> {
                          worker.set(Thread.currentThread());
                          new Thread(task).start();
                          begun.acquireUninterruptibly();
                        })
                .listener(
                    new PoolListener() {
                      @Override
                      public void taskStarted(TaskInfo task, Duration waited) {
                        begun.release();
                        told.countDown();
                        awaitLatch(go);
                      }
                    }));
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    PoolFuture<?> task =
        pool.submit(
            () -> {
              try {
                new CountDownLatch(1).await(PATIENCE_SECONDS, TimeUnit.SECONDS);
                interrupted.complete(false);
              } catch (InterruptedException e) {
                interrupted.complete(true);
              }
            });
    awaitLatch(told);

    task.cancel(true);
    await().until(() -> !worker.get().isInterrupted());
    go.countDown();

    assertThat(get(interrupted)).isTrue();
  }

  /** The code ends while the interrupt is passed on, before that or after that. */
  @Test
  void interruptNeverReachesTheListenersThatAreToldOfTheEnd() {
    AtomicInteger interrupted = new AtomicInteger();
    AdvancedPool pool =
        build(
            elsewhere(returns)
                .listener(tellsBegin)
                .listener(
                    new PoolListener() {
                      @Override
                      public void taskEnded(
                          TaskInfo task, Outcome outcome, Duration waited, Duration ran) {
                        for (int spin = ROUNDS; spin > 0; spin--) {
                          interrupted.addAndGet(Thread.interrupted() ? 1 : 0);
                        }
                      }
                    }));
    for (int i = 0; i < ROUNDS; i++) {
      int spins = i;
      CountDownLatch entered = new CountDownLatch(1);
      PoolFuture<?> task =
          pool.submit(
              () -> {
                entered.countDown();
                for (int spin = spins; spin > 0; spin--) {
                  Thread.onSpinWait();
                }
              });
      awaitLatch(entered);
      task.cancel(true);
      get(pool.drain());
    }

    assertThat(interrupted).hasValue(0);
  }

  @Test
  void callerWhoseTaskWasInterrupted_isNotInterruptedLater() throws Exception {
    AdvancedPool pool = build(callersRun(WAITS));
    Gate worker = occupy(pool);
    Gate own = new Gate();
    CompletableFuture<Boolean> interruptedLater = new CompletableFuture<>();
    AtomicReference<Throwable> end = new AtomicReference<>();
    TestThreads.Started caller =
        TestThreads.start(
            () -> {
              pool.submit(() -> end.set(catchThrowable(own::call)));
              interruptedLater.complete(Thread.interrupted());
            });
    own.awaitEntered();

    pool.shutdownNow();

    caller.awaitEnd();
    assertThat(end.get()).isInstanceOf(InterruptedException.class);
    assertThat(get(interruptedLater)).isFalse();
    worker.open();
  }
}

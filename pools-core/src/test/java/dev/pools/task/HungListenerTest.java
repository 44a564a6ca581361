package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import dev.pools.OptionChange;
import dev.pools.TestThreads;
import dev.pools.internal.DelegatingTime;
import dev.pools.internal.LogOf;
import dev.pools.internal.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Listeners and decorators that do not return hold up others for a limited time. */
class HungListenerTest extends PoolTestBase {

  private static final Duration LIMIT = Duration.ofNanos(TellingLimit.LIMIT_NANOS);
  private static final Duration MOMENT = Duration.ofMillis(10);

  private final CountDownLatch inUserCode = new CountDownLatch(1);
  private final CountDownLatch hung = new CountDownLatch(1);
  private final AtomicInteger hanging = new AtomicInteger();

  /** What hangs on a helper thread must not hang the thread that moves the time. */
  private final Time helped =
      new DelegatingTime(time) {
        @Override
        public void runOnHelperThread(Runnable action) {
          Time.system().runOnHelperThread(action);
        }
      };

  private final PoolListener hangsWhenDropped =
      new PoolListener() {
        @Override
        public void taskDropped(TaskInfo task, Outcome outcome, Duration waited) {
          hang();
        }
      };

  @AfterEach
  void letUserCodeReturn() {
    hung.countDown();
  }

  private void hang() {
    hanging.incrementAndGet();
    inUserCode.countDown();
    awaitLatch(hung);
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      assertThat(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private AdvancedPool pool() {
    return build(builder().name("told").time(helped).maxWorkers(1).listener(hangsWhenDropped));
  }

  /** A helper that hangs is joined by another one when a moment has passed. */
  private void awaitDone(CompletableFuture<?> future) {
    await()
        .until(
            () -> {
              time.advance(MOMENT);
              return future.isDone();
            });
  }

  @Test
  void listenerOfAChangeThatHangs_holdsUpNoTimer() throws Exception {
    Duration keepAlive = Duration.ofSeconds(1);
    AdvancedPool pool =
        build(
            builder()
                .minWorkers(2)
                .maxWorkers(2)
                .keepAlive(keepAlive)
                .listener(
                    new PoolListener() {
                      @Override
                      public void reconfigured(List<OptionChange> changes) {
                        hang();
                      }
                    }));
    await().until(() -> pool.stats().idleWorkers() == 2);
    TestThreads.Started changer = TestThreads.start(() -> pool.resize(0, 2));
    awaitLatch(inUserCode);

    time.advance(keepAlive);

    await().until(() -> pool.stats().workers() < 2);
    hung.countDown();
    changer.awaitEnd();
  }

  /** How a task ends that does not run. */
  enum End {
    CANCELLED,
    COMPLETED_BY_HAND,
    EXPIRED,
    DROPPED_BY_A_STOP
  }

  private void end(End how, AdvancedPool pool, PoolFuture<Integer> task, Gate gate) {
    switch (how) {
      case CANCELLED -> task.cancel(false);
      case COMPLETED_BY_HAND -> task.complete(7);
      case EXPIRED -> {
        time.advance(Duration.ofSeconds(2));
        gate.open();
      }
      case DROPPED_BY_A_STOP -> pool.shutdownNow();
    }
  }

  @ParameterizedTest
  @EnumSource
  void listenerOfATaskThatDoesNotRunHangs_itsFutureTheDrainAndTheEndWaitForALimitedTime(End how)
      throws Exception {
    AdvancedPool pool = pool();
    Gate gate = occupy(pool);
    PoolFuture<Integer> task =
        pool.submit(() -> 1, TaskOptions.DEFAULT.withMaxQueueTime(Duration.ofSeconds(1)));
    CompletableFuture<Void> drained = pool.drain();
    TestThreads.Started waits = TestThreads.start(() -> awaitEnd(task));
    await().until(() -> task.getNumberOfDependents() > 0);
    TestThreads.Started ender = TestThreads.start(() -> end(how, pool, task, gate));
    awaitLatch(inUserCode);
    gate.open();
    pool.shutdown();
    assertThat(task).isNotDone();
    assertThat(drained).isNotDone();

    time.advance(LIMIT);
    awaitDone(task);

    waits.awaitEnd();
    assertThat(task.isCancelled()).isEqualTo(how == End.CANCELLED || how == End.DROPPED_BY_A_STOP);
    get(drained);
    assertThat(pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    hung.countDown();
    ender.awaitEnd();
  }

  private static void awaitEnd(PoolFuture<Integer> task) throws InterruptedException {
    try {
      assertThat(task.get()).isEqualTo(7);
    } catch (CancellationException | ExecutionException ended) {
      // As it must.
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void listenerOfARunThatHangs_holdsUpTheFutureForALimitedTime(boolean fails) {
    AdvancedPool pool =
        build(
            builder()
                .time(helped)
                .maxWorkers(1)
                .listener(
                    new PoolListener() {
                      @Override
                      public void taskEnded(
                          TaskInfo task, Outcome outcome, Duration waited, Duration ran) {
                        hang();
                      }
                    }));
    PoolFuture<Integer> task =
        pool.submit(
            () -> {
              if (fails) {
                throw new IllegalStateException("of the task");
              }
              return 1;
            });
    CompletableFuture<Boolean> dependant = task.handle((value, failure) -> failure != null);
    awaitLatch(inUserCode);

    time.advance(LIMIT);
    assertThat(task).isNotDone();
    time.advance(Duration.ofSeconds(1));
    awaitDone(task);

    assertThat(get(dependant)).isEqualTo(fails);
    hung.countDown();
    get(pool.drain());
  }

  @Test
  void decoratorOfACancelledTaskThatHangs_holdsUpItsFutureForALimitedTime() throws Exception {
    AtomicBoolean hangs = new AtomicBoolean();
    AdvancedPool pool =
        build(
            builder()
                .time(helped)
                .maxWorkers(1)
                .taskDecorator(
                    task ->
                        () -> {
                          if (hangs.get()) {
                            hang();
                          }
                          task.run();
                        }));
    Gate gate = occupy(pool);
    PoolFuture<Integer> task = pool.submit(() -> 1);
    CompletableFuture<Boolean> dependant = task.handle((value, failure) -> failure != null);
    hangs.set(true);
    TestThreads.Started canceller = TestThreads.start(() -> task.cancel(false));
    awaitLatch(inUserCode);

    time.advance(LIMIT);
    awaitDone(task);

    assertThat(get(dependant)).isTrue();
    hangs.set(false);
    gate.open();
    get(pool.drain());
    hung.countDown();
    canceller.awaitEnd();
  }

  /** The thread that stops the map tells of its elements, and completes its result after that. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void listenerOfAnElementHangs_theResultOfTheMapWaitsForALimitedTime(boolean fails)
      throws Exception {
    AdvancedPool pool = pool();
    Gate gate = new Gate();
    CompletableFuture<List<Integer>> result =
        pool.map(
            x -> {
              gate.call();
              throw new IllegalStateException("of the element");
            },
            List.of(1, 2, 3));
    gate.awaitEntered();
    TestThreads.Started ender = TestThreads.start(fails ? gate::open : () -> result.cancel(false));
    awaitLatch(inUserCode);
    assertThat(result).isNotDone();

    time.advance(LIMIT);
    awaitDone(result);

    assertThat(result).isCompletedExceptionally();
    assertThat(result.isCancelled()).isEqualTo(!fails);
    hung.countDown();
    gate.open();
    ender.awaitEnd();
    get(pool.drain());
  }

  @Test
  void eachTellingHasTheLimitForItself_andTheLogIsTold() throws Exception {
    try (LogOf log = new LogOf(TellingLimit.class)) {
      AdvancedPool pool = pool();
      Gate gate = occupy(pool);
      List<PoolFuture<Integer>> tasks = new ArrayList<>();
      List<TestThreads.Started> cancellers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        PoolFuture<Integer> task = pool.submit(() -> 1);
        tasks.add(task);
        cancellers.add(TestThreads.start(() -> task.cancel(false)));
        await().until(() -> hanging.get() == tasks.size());
        if (i == 1) {
          time.advance(Duration.ofSeconds(3));
        }
      }

      time.advance(LIMIT.minusSeconds(3));
      tasks.subList(0, 2).forEach(this::awaitDone);
      assertThat(tasks.get(2)).isNotDone();
      time.advance(Duration.ofSeconds(3));
      awaitDone(tasks.get(2));

      await().until(() -> !log.at(Level.WARN, "has not returned for 5 s").isEmpty());
      assertThat(log.at(Level.WARN, "has not returned for 5 s"))
          .singleElement()
          .asString()
          .contains("Pool 'told'", "2 times so far");
      gate.open();
      hung.countDown();
      TestThreads.awaitEnd(cancellers);
    }
  }
}

package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A pool that makes no progress says so, whatever its tasks wait for. */
class StalledPoolTest extends PoolTestBase {

  /** How a task waits for another one of its pool. */
  enum Waiting {
    SUBMIT_GET,
    MAP_GET,
    THEN_APPLY_GET,
    TIMED_GET,
    INVOKE_ALL,
    ALL_OF,
    SUPPLY_ASYNC,
    LATCH;

    private Object await(AdvancedPool pool) throws Exception {
      return switch (this) {
        case SUBMIT_GET -> pool.submit(() -> 1).get();
        case MAP_GET -> pool.map(x -> x, List.of(1, 2)).get();
        case THEN_APPLY_GET -> pool.submit(() -> 1).thenApply(x -> x).get();
        case TIMED_GET -> pool.submit(() -> 1).thenApply(x -> x).get(1, TimeUnit.HOURS);
        case INVOKE_ALL -> pool.invokeAll(List.of(() -> 1));
        case ALL_OF -> CompletableFuture.allOf(pool.submit(() -> 1), pool.submit(() -> 2)).join();
        case SUPPLY_ASYNC -> CompletableFuture.supplyAsync(() -> 1, pool).join();
        case LATCH -> {
          CountDownLatch ran = new CountDownLatch(1);
          pool.execute(ran::countDown);
          ran.await();
          yield 1;
        }
      };
    }
  }

  private void passes(Duration step, int times) {
    for (int i = 0; i < times; i++) {
      time.advance(step);
    }
  }

  @ParameterizedTest
  @EnumSource(Waiting.class)
  void poolThatWaitsForItselfIsStarved(Waiting waiting) throws Exception {
    AdvancedPool pool = build(builder().maxWorkers(2));
    CountDownLatch both = new CountDownLatch(2);
    List<PoolFuture<Object>> outer =
        List.of(
            pool.submit(() -> awaitBoth(both, waiting, pool)),
            pool.submit(() -> awaitBoth(both, waiting, pool)));
    both.await();

    await()
        .pollInterval(Duration.ofMillis(1))
        .until(
            () -> {
              time.advance(Duration.ofMillis(100));
              return pool.stats().stalled();
            });

    assertThat(pool.stats().starved()).isTrue();
    assertThat(pool.stats().stalledFor()).isGreaterThanOrEqualTo(Duration.ofSeconds(3));
    get(pool.resize(1, 4));
    outer.forEach(PoolTestBase::get);
    assertThat(pool.stats().starved()).isFalse();
  }

  private static Object awaitBoth(CountDownLatch both, Waiting waiting, AdvancedPool pool)
      throws Exception {
    both.countDown();
    both.await();
    return waiting.await(pool);
  }

  /** The thread of the timers serves all pools, and a user's class of threads may never answer. */
  @Test
  void threadWhoseClassAnswersForItsState_isNeverAsked() {
    AtomicInteger asked = new AtomicInteger();
    AdvancedPool pool =
        build(
            builder()
                .minWorkers(1)
                .maxWorkers(1)
                .threads(
                    WorkerThreads.of(
                        work ->
                            new Thread(work) {
                              @Override
                              public State getState() {
                                asked.incrementAndGet();
                                return super.getState();
                              }
                            })));
    Gate gate = occupy(pool);
    pool.execute(() -> {});
    await().until(() -> time.scheduledTimers() > 0);

    passes(Duration.ofSeconds(1), 10);

    assertThat(pool.stats().stalledFor()).isGreaterThan(Duration.ofSeconds(3));
    assertThat(asked).hasValue(0);
    gate.open();
    get(pool.drain());
  }

  /** Both wait for a slow server, so to speak; what is queued came from outside. */
  @Test
  void aPoolThatWaitsForOthersIsNotStalledForAMinute() {
    AdvancedPool pool = fixed(2);
    Gate first = occupy(pool).awaitWaiting();
    Gate second = occupy(pool).awaitWaiting();
    for (int i = 0; i < 10; i++) {
      pool.execute(() -> {});
    }
    await().until(() -> time.scheduledTimers() > 0);

    passes(Duration.ofSeconds(1), 50);
    assertThat(pool.stats().stalledFor()).isGreaterThan(Duration.ofSeconds(40));
    assertThat(pool.stats().stalled()).isFalse();

    passes(Duration.ofSeconds(1), 15);
    assertThat(pool.stats().stalled()).isTrue();
    first.open();
    second.open();
    get(pool.drain());
    assertThat(pool.stats().stalled()).isFalse();
  }

  /** A sleeper goes on by itself, even if its task has submitted another one. */
  @Test
  void aPoolWhoseTasksSleepIsNotStalled() throws Exception {
    AdvancedPool pool = build(builder().maxWorkers(1));
    CompletableFuture<Thread> sleeper = new CompletableFuture<>();
    pool.execute(
        () -> {
          pool.execute(() -> {});
          sleeper.complete(Thread.currentThread());
          while (!Thread.currentThread().isInterrupted()) {
            // As Thread.sleep: for a time, and without saying for what.
            LockSupport.parkNanos(Duration.ofHours(1).toNanos());
          }
        });
    await().until(() -> get(sleeper).getState() == Thread.State.TIMED_WAITING);
    await().until(() -> time.scheduledTimers() > 0);

    passes(Duration.ofSeconds(1), 300);
    assertThat(pool.stats().stalledFor()).isGreaterThan(Duration.ofMinutes(4));
    assertThat(pool.stats().stalled()).isFalse();
    get(sleeper).interrupt();
    get(pool.drain());
  }

  /** What a worker does when the code of a task has ended, and is counted so. */
  enum After {
    DEPENDANT,
    LISTENER,
    HANDLER
  }

  @ParameterizedTest
  @EnumSource
  void aPoolWhoseWorkersDoNotReturnFromWhatFollowsATask_isStalled(After after) {
    CompletableFuture<Thread> inUserCode = new CompletableFuture<>();
    CountDownLatch end = new CountDownLatch(1);
    Runnable hangs =
        () -> {
          inUserCode.complete(Thread.currentThread());
          awaitUninterruptibly(end);
        };
    AdvancedPool pool = build(hanging(after, hangs));
    if (after == After.DEPENDANT) {
      Gate gate = occupy(pool);
      pool.submit(() -> 1).thenRun(hangs);
      gate.open();
    } else {
      pool.execute(
          () -> {
            throw new IllegalStateException("for the handler");
          });
    }
    await().until(() -> get(inUserCode).getState() == Thread.State.WAITING);
    pool.execute(() -> {});

    passes(Duration.ofSeconds(1), 50);
    assertThat(pool.stats().stalledFor()).isGreaterThan(Duration.ofSeconds(40));
    assertThat(pool.stats().stalled()).isFalse();
    passes(Duration.ofSeconds(1), 15);
    assertThat(pool.stats().stalled()).isTrue();

    end.countDown();
    get(pool.drain());
    assertThat(pool.stats().stalled()).isFalse();
  }

  private AdvancedPoolBuilder hanging(After after, Runnable hangs) {
    AdvancedPoolBuilder builder =
        builder().maxWorkers(1).uncaughtExceptionHandler((thread, failure) -> {});
    return switch (after) {
      case DEPENDANT -> builder;
      case LISTENER ->
          builder.listener(
              new PoolListener() {
                @Override
                public void taskEnded(
                    TaskInfo task, Outcome outcome, Duration waited, Duration ran) {
                  hangs.run();
                }
              });
      case HANDLER -> builder.uncaughtExceptionHandler((thread, failure) -> hangs.run());
    };
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void theLongestRunIsTold() {
    AdvancedPool pool = fixed(2);
    Gate gate = occupy(pool);

    passes(Duration.ofMillis(100), 20);

    assertThat(pool.stats().longestRun()).isBetween(Duration.ofMillis(1700), Duration.ofSeconds(2));
    assertThat(pool.stats().stalledFor()).isZero();
    gate.open();
    get(pool.drain());
    assertThat(pool.stats().longestRun()).isZero();
  }

  @Test
  void aPoolWhoseTasksEndIsNotStalled() {
    AdvancedPool pool = fixed(2);
    Gate stuck = occupy(pool);
    for (int i = 0; i < 10; i++) {
      Gate next = occupy(pool);
      pool.execute(() -> {});
      passes(Duration.ofSeconds(1), 2);
      assertThat(pool.stats().stalled()).isFalse();
      next.open();
      get(pool.submit(() -> 1));
    }
    stuck.open();
    get(pool.drain());
  }

  @Test
  void aPoolThatIsQuietHasNoTimer() {
    AdvancedPool pool = fixed(1);
    get(pool.submit(() -> 1));
    await()
        .until(
            () -> {
              passes(Duration.ofSeconds(1), 4);
              return time.scheduledTimers() == 0;
            });

    Gate gate = occupy(pool);
    await().until(() -> time.scheduledTimers() > 0);
    passes(Duration.ofSeconds(1), 4);
    assertThat(pool.stats().longestRun()).isPositive();
    gate.open();
  }
}

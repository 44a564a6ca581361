package dev.pools.test;

import static dev.pools.test.PoolAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.connection.AcquireTimeoutException;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.Lease;
import dev.pools.connection.RetireReason;
import dev.pools.task.AdvancedPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ManualClockTest {

  private final ManualClock clock = new ManualClock();

  private ConnectionPool<ScriptedConnection> pool(int minSize, int maxSize) {
    ConnectionPool<ScriptedConnection> pool =
        ScriptedConnections.of(clock)
            .builder()
            .minSize(minSize)
            .maxSize(maxSize)
            .idleTimeout(Duration.ofMinutes(5))
            .maxLife(Duration.ofHours(1))
            .build();
    pool.start().join();
    return pool;
  }

  @Test
  void clockStandsUntilItIsMoved() throws Exception {
    AdvancedPool pool = clock.drives(AdvancedPool.builder()).build();
    assertThat(pool.stats().uptime()).isZero();

    clock.advance(Duration.ofDays(2));

    assertThat(clock.elapsed()).isEqualTo(Duration.ofDays(2));
    assertThat(pool.stats().uptime()).isEqualTo(Duration.ofDays(2));
    pool.shutdown();
  }

  @Test
  void timersRunOnTheThreadThatMovesTheClockInTheOrderOfTheirTimes() throws Exception {
    List<String> ran = new ArrayList<>();
    clock.time.schedule(TimeUnit.SECONDS.toNanos(2), () -> ran.add("two at " + clock.elapsed()));
    clock.time.schedule(TimeUnit.SECONDS.toNanos(1), () -> ran.add("one at " + clock.elapsed()));
    clock.time.schedule(TimeUnit.SECONDS.toNanos(2), () -> ran.add("second two"));
    clock.time.schedule(TimeUnit.SECONDS.toNanos(9), () -> ran.add("nine"));
    assertThat(clock.pendingTimers())
        .containsExactly(
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            Duration.ofSeconds(9));

    clock.advance(Duration.ofSeconds(5));

    assertThat(ran).containsExactly("one at PT1S", "two at PT2S", "second two");
    assertThat(clock.pendingTimers()).containsExactly(Duration.ofSeconds(4));
    assertThat(clock.elapsed()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void timerThatSetsAnotherOnTheWayRunsThatToo() throws Exception {
    List<Duration> ran = new ArrayList<>();
    clock.time.schedule(
        TimeUnit.SECONDS.toNanos(1),
        () -> clock.time.schedule(TimeUnit.SECONDS.toNanos(1), () -> ran.add(clock.elapsed())));

    clock.advance(Duration.ofSeconds(3));

    assertThat(ran).containsExactly(Duration.ofSeconds(2));
  }

  @Test
  void cancelledTimerDoesNotRun() throws Exception {
    List<String> ran = new ArrayList<>();
    clock.time.schedule(1, () -> ran.add("cancelled")).cancel();
    clock.advance(Duration.ofSeconds(1));

    assertThat(ran).isEmpty();
    assertThat(clock.pendingTimers()).isEmpty();
  }

  @Test
  void nextTimerIsReachedExactly() throws Exception {
    List<Duration> ran = new ArrayList<>();
    clock.time.schedule(TimeUnit.SECONDS.toNanos(7), () -> ran.add(clock.elapsed()));

    assertThat(clock.advanceToNextTimer()).isEqualTo(Duration.ofSeconds(7));
    assertThat(ran).containsExactly(Duration.ofSeconds(7));
    assertThat(clock.advanceToNextTimer()).isZero();
    assertThat(clock.elapsed()).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void wallClockJumpsAlone() throws Exception {
    long before = clock.time.wallMillis();
    clock.jumpWallClock(Duration.ofDays(-3));

    assertThat(clock.time.wallMillis()).isEqualTo(before - Duration.ofDays(3).toMillis());
    assertThat(clock.elapsed()).isZero();
    clock.advance(Duration.ofSeconds(2));
    assertThat(clock.time.wallMillis()).isEqualTo(before - Duration.ofDays(3).toMillis() + 2_000);
  }

  @Test
  void clockOfAPoolNeverGoesBack() throws Exception {
    assertThatThrownBy(() -> clock.advance(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("by is PT-1S")
        .hasMessageContaining("jumpWallClock");
  }

  @Test
  void longestDurationMovesToTheEndOfTime() throws Exception {
    clock.advance(Duration.ofSeconds(Long.MAX_VALUE));

    assertThat(clock.time.nanoTime()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void clockTellsWhatItKnows() throws Exception {
    clock.advance(Duration.ofSeconds(4));
    clock.time.schedule(TimeUnit.SECONDS.toNanos(1), () -> {});

    assertThat(clock).hasToString("ManualClock[elapsed=PT4S, pendingTimers=[PT1S]]");
  }

  @Test
  void idleConnectionIsClosedWhenTheClockSaysSo() throws Exception {
    ConnectionPool<ScriptedConnection> pool = pool(0, 2);
    pool.acquire().close();
    clock.advance(Duration.ofMinutes(4));
    assertThat(pool).hasSize(1);

    clock.advance(Duration.ofMinutes(2));

    assertThat(pool).hasSize(0).hasRetired(RetireReason.IDLE, 1);
    pool.close();
    assertThat(clock.pendingTimers()).isEmpty();
  }

  @Test
  void connectionLivesAsLongAsTheClockSays() throws Exception {
    ConnectionPool<ScriptedConnection> pool = pool(1, 1);
    clock.advance(Duration.ofMinutes(61));

    assertThat(pool).hasSize(1).hasCreated(2).hasRetired(RetireReason.MAX_LIFE, 1);
    pool.close();
  }

  @Test
  void callerInAnotherThreadTimesOutWhenTheTestMovesTheClock() throws Exception {
    ConnectionPool<ScriptedConnection> pool = pool(0, 1);
    Lease<ScriptedConnection> only = pool.acquire();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                pool.acquire(Duration.ofSeconds(3)).close();
              } catch (Exception refused) {
                failure.set(refused);
              }
            });
    caller.start();
    clock.awaitWaitingThreads(1);
    assertThat(clock.waitingThreads()).isEqualTo(1);

    clock.advance(Duration.ofSeconds(2));
    assertThat(pool).hasWaiting(1).hasTimeouts(0);
    clock.advance(Duration.ofSeconds(1));
    caller.join();

    assertThat(failure.get()).isInstanceOf(AcquireTimeoutException.class);
    assertThat(clock.waitingThreads()).isZero();
    only.close();
    assertThat(pool).hasTimeouts(1).hasNoLeaks();
    pool.close();
  }

  @Test
  void futureOfAnAcquireTimesOutOnTheThreadOfTheTest() throws Exception {
    ConnectionPool<ScriptedConnection> pool = pool(0, 1);
    Lease<ScriptedConnection> only = pool.acquire();
    CompletableFuture<Lease<ScriptedConnection>> second = pool.acquireAsync(Duration.ofSeconds(3));
    clock.advance(Duration.ofSeconds(3));

    assertThat(second).isCompletedExceptionally();
    only.close();
    pool.close();
  }

  @Test
  void callerThatMovesTheClockTimesOutAtOnce() throws Exception {
    ConnectionPool<ScriptedConnection> pool = pool(0, 1);
    clock.moveWhileWaiting();
    Lease<ScriptedConnection> only = pool.acquire();

    assertThatThrownBy(() -> pool.acquire(Duration.ofSeconds(3)))
        .isInstanceOf(AcquireTimeoutException.class);

    assertThat(clock.elapsed()).isEqualTo(Duration.ofSeconds(3));
    only.close();
    pool.close();
  }

  @Test
  void callerThatMovesTheClockGetsWhatATimerBrings() throws Exception {
    ScriptedConnections<ScriptedConnection> server = ScriptedConnections.of(clock);
    server.opens().take(Duration.ofSeconds(2));
    ConnectionPool<ScriptedConnection> pool = server.builder().minSize(0).maxSize(1).build();
    clock.moveWhileWaiting();

    try (Lease<ScriptedConnection> lease = pool.acquire(Duration.ofSeconds(30))) {
      assertThat(lease.connection().number()).isEqualTo(1);
    }

    assertThat(clock.elapsed()).isEqualTo(Duration.ofSeconds(2));
    pool.close();
  }

  @Test
  void interruptedCallerDoesNotMoveTheClock() throws Exception {
    clock.moveWhileWaiting();
    Thread.currentThread().interrupt();
    clock.time.park(this, TimeUnit.SECONDS.toNanos(3));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(clock.elapsed()).isZero();
    clock.time.park(this, 0);
    assertThat(clock.elapsed()).isZero();
  }

  @Test
  void threadThatWaitsWithoutATimeoutAndWithoutATimerWaitsReally() throws Exception {
    clock.moveWhileWaiting();
    Thread waiter = new Thread(() -> clock.time.park(this, Long.MAX_VALUE));
    waiter.start();
    clock.awaitWaitingThreads(1);

    java.util.concurrent.locks.LockSupport.unpark(waiter);
    waiter.join();
    assertThat(clock.elapsed()).isZero();
  }

  @Test
  void interruptEndsTheWaitForWaitingThreads() throws Exception {
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> clock.awaitWaitingThreads(1))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Interrupted");
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void threadsThatNeverWaitAreReported() throws Exception {
    assertThatThrownBy(() -> clock.time.awaitWaitingThreads(1, 1))
        .isInstanceOf(AssertionError.class)
        .hasMessage("1 threads should wait on this clock, but [] do.");
  }
}

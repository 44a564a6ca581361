package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pools.Arguments;
import dev.pools.TestThreads;
import dev.pools.connection.ConnectionPoolStats.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Connections that are being closed: a limit for each, and some at a time. */
class ClosingTest extends ConnectionTestBase {

  private static final Duration LIMIT = Duration.ofSeconds(10);

  private ConnectionPool<FakeConnection> hanging(ConnectionPoolBuilder<FakeConnection> builder) {
    ConnectionPool<FakeConnection> pool = build(builder);
    held.hold();
    return pool;
  }

  private Lease<FakeConnection> acquire(ConnectionPool<FakeConnection> pool) {
    CompletableFuture<Lease<FakeConnection>> coming = pool.acquireAsync(Duration.ofHours(1));
    while (held.waiting() > 0 && !coming.isDone()) {
      held.runLast(); // the factory, and not the cleaners before it
    }
    return get(coming);
  }

  @Test
  void aClosingThatHangsGivesItsPlaceBackAfterItsLimit() {
    callsAreHeldInside();
    ConnectionPool<FakeConnection> pool = hanging(builder().maxSize(1));
    acquire(pool).invalidate();
    CompletableFuture<Lease<FakeConnection>> next = pool.acquireAsync();
    assertThat(pool.stats().closing()).isEqualTo(1);
    assertThat(pool.stats().creating()).isZero();

    time.advance(LIMIT);
    held.runLast();

    get(next).close();
    assertThat(pool.stats().closing()).isZero();
    assertThat(pool.stats().closingsOverdue()).isEqualTo(1);
    held.letGo();
    assertThat(pool.stats().closingsOverdue()).isZero();
  }

  @Test
  void aCleanerOverItsLimitIsInterrupted() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    try (ConnectionPool<Object> pool =
        ConnectionPool.builder(Object::new)
            .minSize(0)
            .maxSize(1)
            .closeTimeout(Duration.ofMillis(50))
            .cleaner(
                (connection, arguments) -> {
                  try {
                    new CountDownLatch(1).await();
                  } catch (InterruptedException e) {
                    interrupted.countDown();
                  }
                })
            .build()) {
      pool.acquire().invalidate();

      pool.acquire(Duration.ofSeconds(PATIENCE_SECONDS)).close();

      interrupted.await();
      await().until(() -> pool.stats().closingsOverdue() == 0);
    }
  }

  @Test
  void anAsynchronousCleanerOverItsLimitIsCancelled() throws Exception {
    CompletableFuture<Void> never = new CompletableFuture<>();
    AtomicReference<RetireReason> why = new AtomicReference<>();
    ConnectionPool<Object> pool =
        ConnectionPool.builder(Object::new)
            .minSize(0)
            .maxSize(1)
            .asyncCleaner(
                (connection, arguments, reason) -> {
                  why.set(reason);
                  return never;
                })
            .time(time)
            .build();
    pool.acquire().invalidate();

    time.advance(LIMIT);

    assertThat(never).isCancelled();
    assertThat(why).hasValue(RetireReason.INVALIDATED);
    pool.acquire().close();
    assertThat(pool.stats().closingsOverdue()).isZero();
    get(pool.stop(Duration.ZERO));
  }

  @Test
  void cleanersLearnTheReason() throws Exception {
    List<RetireReason> reasons = new ArrayList<>();
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .cleaner(
                    new ConnectionCleaner<>() {
                      @Override
                      public void clean(FakeConnection connection, Arguments arguments)
                          throws Exception {
                        server.close(connection, arguments);
                      }

                      @Override
                      public void clean(
                          FakeConnection connection, Arguments arguments, RetireReason reason)
                          throws Exception {
                        reasons.add(reason);
                        clean(connection, arguments);
                      }
                    }));
    pool.acquire().invalidate();
    pool.acquire().close();

    get(pool.softEvict());

    assertThat(reasons).containsExactly(RetireReason.INVALIDATED, RetireReason.EVICTED);
  }

  @Test
  void listenersHearOfAnOverdueClosingAsOfAFailedOne() {
    callsAreHeldInside();
    AtomicReference<Throwable> heard = new AtomicReference<>();
    AtomicInteger times = new AtomicInteger();
    ConnectionPool<FakeConnection> pool =
        hanging(
            builder()
                .listener(
                    new ConnectionPoolListener<>() {
                      @Override
                      public void cleanFailed(FakeConnection connection, Throwable cause) {
                        heard.set(cause);
                        times.incrementAndGet();
                      }
                    }));
    acquire(pool).invalidate();

    time.advance(Duration.ofMinutes(1));
    held.letGo();

    assertThat(heard.get()).isInstanceOf(TimeoutException.class);
    assertThat(times).hasValue(1);
  }

  @Test
  void onlySomeAreClosedAtATime() {
    callsAreHeldInside();
    ConnectionPool<FakeConnection> pool = build(builder().minSize(0).maxSize(30));
    List<Lease<FakeConnection>> leases = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      leases.add(get(pool.acquireAsync()));
    }
    leases.forEach(Lease::close);
    held.hold();

    CompletableFuture<Integer> evicted = pool.softEvict();

    assertThat(held.waiting()).isEqualTo(10);
    assertThat(pool.stats().closing()).as("their places stay taken").isEqualTo(30);
    held.runOne();
    assertThat(held.waiting()).as("another takes its turn").isEqualTo(10);
    held.letGo();
    assertThat(get(evicted)).isEqualTo(30);
  }

  @Test
  void aStopAtItsDeadlineClosesAllAtOnceAndEnds() {
    callsAreHeldInside();
    ConnectionPool<FakeConnection> pool =
        build(builder().minSize(0).maxSize(30).maxConcurrentCloses(2));
    List<Lease<FakeConnection>> leases = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      leases.add(get(pool.acquireAsync()));
    }
    leases.forEach(Lease::close);
    held.hold();

    CompletableFuture<Void> stopped = pool.stop(Duration.ofSeconds(1));
    assertThat(held.waiting()).isEqualTo(2);
    time.advance(Duration.ofSeconds(1));
    assertThat(held.waiting()).isEqualTo(30);
    time.advance(Duration.ofSeconds(5));

    get(stopped);
    assertThat(pool.stats().closing()).isZero();
    held.letGo();
  }

  @Test
  void hungClosingsDoNotHoldUpTheNextLifeOfThePool() {
    callsAreHeldInside();
    ConnectionPool<FakeConnection> pool = hanging(builder().maxSize(1));
    acquire(pool).invalidate();
    CompletableFuture<Void> stopped = pool.stop(Duration.ZERO);
    time.advance(Duration.ofSeconds(5));
    get(stopped);

    get(pool.start());
    acquire(pool).close();

    assertThat(pool.stats().closing()).isZero();
    held.letGo();
    assertThat(pool.stats().closingsOverdue()).isZero();
  }

  @Test
  void hungCreationsDoNotHoldUpTheNextLifeOfThePool() {
    callsAreHeldInside();
    ConnectionPool<FakeConnection> pool = hanging(builder().maxSize(1));
    CompletableFuture<Lease<FakeConnection>> refused = pool.acquireAsync();
    time.advance(Duration.ofSeconds(30));
    CompletableFuture<Void> stopped = pool.stop(Duration.ZERO);
    time.advance(Duration.ofSeconds(5));
    get(stopped);
    assertThat(refused).isCompletedExceptionally();

    get(pool.start());
    acquire(pool).close();

    held.letGo();
    assertThat(pool.stats().retired()).containsEntry(RetireReason.LATE, 1L);
  }

  @Test
  void aCleanerThatNeverReturnsCostsOneThreadInEachLimitOnceTheBoundIsReached() {
    callsAreHeldInside();
    ConnectionPool<FakeConnection> pool = hanging(builder().maxSize(3));
    int served = 0;
    for (int i = 0; i < 30; i++) {
      List<Lease<FakeConnection>> leases = new ArrayList<>();
      for (int place = 0; place < 3; place++) {
        CompletableFuture<Lease<FakeConnection>> coming = pool.acquireAsync(Duration.ofHours(1));
        if (coming.isDone() || pool.stats().creating() > 0) {
          held.runLast();
          leases.add(get(coming));
          served++;
        } else {
          coming.cancel(false);
        }
      }
      leases.forEach(Lease::invalidate);
      time.advance(LIMIT);
    }

    assertThat(served).as("it goes on serving").isGreaterThanOrEqualTo(30);
    assertThat(pool.stats().closingsOverdue()).as("strays").isLessThanOrEqualTo(3 + 3 + 30);
    held.letGo();
    assertThat(pool.stats().closingsOverdue()).isZero();
  }

  @Test
  void waiterForAClosingThatHangs_isAdvisedAboutTheCleaner() {
    callsAreHeldInside();
    ConnectionPool<FakeConnection> pool = hanging(builder().maxSize(1));
    acquire(pool).invalidate();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(Duration.ofSeconds(1));

    time.advance(Duration.ofSeconds(1));

    assertThatThrownBy(waiting::join)
        .hasMessageContaining("closeTimeout")
        .hasMessageContaining("cleaner")
        .message()
        .doesNotContain("raise maxSize");
    held.letGo();
  }

  @Test
  void closingThatAListenerHoldsUp_isStartedByTheMaintenance() throws Exception {
    CountDownLatch hangs = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .maxSize(1)
                .listener(
                    new ConnectionPoolListener<>() {
                      @Override
                      public void released(FakeConnection connection, Duration used) {
                        hangs.countDown();
                        try {
                          goesOn.await();
                        } catch (InterruptedException e) {
                          Thread.currentThread().interrupt();
                        }
                      }
                    }));
    Lease<FakeConnection> lease = pool.acquire();
    TestThreads.Started releases = TestThreads.start(lease::invalidate);
    hangs.await();
    assertThat(server.closed).isEmpty();

    time.advance(Duration.ofMinutes(1));

    assertThat(server.closed).hasSize(1);
    assertThat(pool.stats().closing()).isZero();
    goesOn.countDown();
    releases.awaitEnd();
  }

  // ---- A stop whose closings stand behind a listener

  private final CountDownLatch hangs = new CountDownLatch(1);
  private final CountDownLatch goesOn = new CountDownLatch(1);

  private void hang() {
    hangs.countDown();
    try {
      goesOn.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private ConnectionPool<FakeConnection> withOneIdle() throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder().maxSize(1));
    pool.acquire().close();
    return pool;
  }

  private static boolean isStopping(ConnectionPool<?> pool) {
    return pool.stats().state() == State.STOPPING;
  }

  /** Begins a stop whose thread hangs before it has closed anything. */
  private TestThreads.Started hangInStop(ConnectionPool<FakeConnection> pool, Duration deadline)
      throws InterruptedException {
    pool.onStateChange(
        () -> {
          if (isStopping(pool)) {
            hang();
          }
        });
    TestThreads.Started stops = TestThreads.start(() -> pool.stop(deadline));
    hangs.await();
    assertThat(server.closed).isEmpty();
    return stops;
  }

  @Test
  void closingThatAnActionOnTheStateHoldsUp_isStartedWhileThePoolStops() throws Exception {
    ConnectionPool<FakeConnection> pool = withOneIdle();
    TestThreads.Started stops = hangInStop(pool, Duration.ofHours(1));

    time.advance(Duration.ofSeconds(2));

    assertThat(server.closed).hasSize(1);
    assertThat(pool.stats().state()).isEqualTo(State.STOPPED);
    goesOn.countDown();
    stops.awaitEnd();
    assertThat(server.closed).hasSize(1);
  }

  @Test
  void closingThatAnActionOnTheStateHoldsUp_isStartedAtTheDeadline() throws Exception {
    ConnectionPool<FakeConnection> pool = withOneIdle();
    TestThreads.Started stops = hangInStop(pool, Duration.ofMillis(10));

    time.advance(Duration.ofMillis(10));

    assertThat(server.closed).hasSize(1);
    assertThat(pool.stats().state()).isEqualTo(State.STOPPED);
    goesOn.countDown();
    stops.awaitEnd();
  }

  @Test
  void closingThatAListenerHoldsUp_isStartedWhileThePoolStops() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .maxSize(1)
                .listener(
                    new ConnectionPoolListener<>() {
                      @Override
                      public void released(FakeConnection connection, Duration used) {
                        hang();
                      }
                    }));
    Lease<FakeConnection> lease = pool.acquire();
    CompletableFuture<Void> stopped = pool.stop(Duration.ofHours(1));
    TestThreads.Started releases = TestThreads.start(lease::close);
    hangs.await();
    time.advance(Duration.ofMillis(500));
    assertThat(server.closed).isEmpty();

    time.advance(Duration.ofSeconds(2));

    assertThat(stopped).isCompleted();
    assertThat(server.closed).hasSize(1);
    goesOn.countDown();
    releases.awaitEnd();
  }

  @Test
  void actionOnTheStateThatClosesThePool_doesNotWaitForItself() throws Exception {
    ConnectionPool<FakeConnection> pool = withOneIdle();
    pool.onStateChange(
        () -> {
          if (isStopping(pool)) {
            pool.close(Duration.ZERO);
            hangs.countDown();
          }
        });

    TestThreads.run(() -> pool.stop(Duration.ofHours(1)));

    assertThat(hangs.getCount()).isZero();
    assertThat(server.closed).hasSize(1);
    assertThat(pool.stats().state()).isEqualTo(State.STOPPED);
  }
}

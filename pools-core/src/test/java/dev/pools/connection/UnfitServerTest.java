package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import dev.pools.internal.LogOf;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** A server that accepts connections and serves none: each of them fails its check. */
class UnfitServerTest extends ConnectionTestBase {

  private final AtomicBoolean serves = new AtomicBoolean();

  private ConnectionPoolBuilder<FakeConnection> unfit() {
    return builder().maxSize(5).healthChecker(this::isServed).name("unfit");
  }

  private boolean isServed(FakeConnection connection) {
    server.checks.incrementAndGet();
    return serves.get();
  }

  private static void leaseAll(List<CompletableFuture<Lease<FakeConnection>>> waiting) {
    waiting.stream()
        .filter(future -> future.isDone() && !future.isCompletedExceptionally())
        .forEach(future -> future.join().close());
  }

  @Test
  void withCheckOnCreateNoConnectionIsLeasedThatFailedItsFirstCheck() {
    ConnectionPool<FakeConnection> pool = build(unfit().checkOnCreate(true));

    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(Duration.ofSeconds(30));

    ConnectionPoolStats stats = pool.stats();
    assertThat(waiting).isNotDone();
    assertThat(stats.createFailures()).isEqualTo(1);
    assertThat(stats.consecutiveCreateFailures()).isEqualTo(1);
    assertThat(stats.lastCreateFailure())
        .isInstanceOf(ConnectionCreationException.class)
        .hasMessageContaining("failed its first health check");
    assertThat(server.closed).hasSameSizeAs(server.made);
    serves.set(true);
    time.advance(Duration.ofMillis(100));
    get(waiting).close();
    assertThat(pool.stats().lastCreateFailure()).isNull();
    assertThat(pool.stats().acquired()).isEqualTo(1);
  }

  @Test
  void anUnfitServerCostsProbesAndNotAStorm() {
    ConnectionPool<FakeConnection> pool =
        build(
            unfit()
                .maxSize(50)
                .checkOnReturn(true)
                .backoff(Duration.ofMillis(100), Duration.ofSeconds(10)));
    List<CompletableFuture<Lease<FakeConnection>>> waiting = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      waiting.add(pool.acquireAsync(Duration.ofMinutes(10)));
      leaseAll(waiting);
    }

    time.advance(Duration.ofMinutes(5));

    assertThat(server.attempts.get()).as("as for a dead server").isBetween(20, 200);
    assertThat(server.mostExisting).hasValueLessThanOrEqualTo(4);
    waiting.forEach(future -> future.cancel(true));
  }

  @Test
  void attemptsThatEndInAFailedCheckKeepHalfOfTheBoundApart() {
    ConnectionPool<FakeConnection> pool = build(unfit().checkOnCreate(true));
    List<Long> begun = new ArrayList<>();
    server.onCreate.set(() -> begun.add(time.nanoTime()));
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(Duration.ofMinutes(30));

    time.advance(Duration.ofMinutes(5));

    List<Long> pauses = new ArrayList<>();
    for (int i = 5; i < begun.size(); i++) {
      pauses.add((begun.get(i) - begun.get(i - 1)) / 1_000_000);
    }
    assertThat(pauses).hasSizeGreaterThan(250).allMatch(millis -> 500 <= millis && millis <= 1000);
    assertThat(pauses.stream().distinct()).as("jitter").hasSizeGreaterThan(50);
    waiting.cancel(true);
  }

  @Test
  void afterAFailedAttemptTheNextConnectionIsCheckedBeforeItIsLeased() throws Exception {
    ConnectionPool<FakeConnection> pool = build(unfit());
    server.refusal.set(new IOException("down"));
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(Duration.ofSeconds(30));
    server.refusal.set(null);

    time.advance(Duration.ofMillis(100));

    assertThat(waiting).as("the server accepts, and serves nothing").isNotDone();
    assertThat(server.checks).hasValue(1);
    serves.set(true);
    time.advance(Duration.ofSeconds(1));
    get(waiting);
    int checks = server.checks.get();
    pool.acquire();
    assertThat(server.checks).as("no doubt any more").hasValue(checks);
  }

  @Test
  void afterTwoUnfitConnectionsInARowTheNextOneIsCheckedBeforeItIsLeased() throws Exception {
    ConnectionPool<FakeConnection> pool = build(unfit().checkOnReturn(true));
    pool.acquire().close();
    pool.acquire().close();
    assertThat(pool.stats().retired()).containsEntry(RetireReason.UNHEALTHY, 2L);

    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(Duration.ofSeconds(1));

    assertThat(pool.stats().consecutiveCreateFailures()).isEqualTo(1);
    assertThat(waiting).isNotDone();
    time.advance(Duration.ofSeconds(1));
    assertThatThrownBy(waiting::get)
        .cause()
        .isInstanceOf(AcquireTimeoutException.class)
        .hasMessageContaining("failed its first health check");
    assertThat(pool.stats().acquired()).isEqualTo(2);
  }

  /** A checker that hangs says nothing about the connections that are created afterwards. */
  @Test
  void checksThatHang_doNotKeepCallersFromNewConnections() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(
            unfit()
                .idleBypass(Duration.ZERO)
                .asyncHealthChecker(connection -> new CompletableFuture<>()));
    pool.acquire().close();

    for (int caller = 0; caller < 20; caller++) {
      CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(Duration.ofSeconds(30));
      time.advance(Duration.ofSeconds(1));
      get(waiting).close();
    }

    assertThat(pool.stats().createFailures()).isZero();
  }

  @Test
  void callersThatDoNotWaitWhileDown_areRejectedWithTheCause() {
    ConnectionPool<FakeConnection> pool =
        build(unfit().checkOnCreate(true).whenDown(WhenDown.FAIL));
    get(pool.acquireAsync().handle((lease, failure) -> failure));

    assertThatThrownBy(() -> pool.acquire())
        .isInstanceOf(BackendDownException.class)
        .hasMessageContaining("failed its first health check");
  }

  @Test
  void aFirstCheckThatHangsIsAFailedCreationToo() {
    ConnectionPool<FakeConnection> pool =
        build(
            unfit()
                .checkOnCreate(true)
                .asyncHealthChecker(connection -> new CompletableFuture<>()));
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(Duration.ofSeconds(30));
    assertThat(pool.stats().creating()).as("it counts as being created").isEqualTo(1);
    assertThat(pool.stats().size()).isZero();

    time.advance(Duration.ofSeconds(1));

    assertThat(pool.stats().lastCreateFailure()).hasCauseInstanceOf(TimeoutException.class);
    assertThat(server.closed).hasSize(1);
    waiting.cancel(true);
  }

  @Test
  void aFirstCheckThatThrowsNamesTheCause() {
    ConnectionPool<FakeConnection> pool =
        build(
            unfit()
                .checkOnCreate(true)
                .healthChecker(
                    connection -> {
                      throw new IOException("the database is starting up");
                    }));
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(Duration.ofSeconds(30));

    assertThat(pool.stats().lastCreateFailure()).hasRootCauseMessage("the database is starting up");
    waiting.cancel(true);
  }

  @Test
  void aStopDuringTheFirstCheckClosesTheConnection() {
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    ConnectionPool<FakeConnection> pool =
        build(unfit().minSize(1).checkOnCreate(true).asyncHealthChecker(connection -> answer));
    CompletableFuture<Void> started = pool.start();
    assertThat(started).isNotDone();

    CompletableFuture<Void> stopped = pool.stop();

    assertThat(stopped).isCompleted();
    assertThat(server.closed).hasSize(1);
    assertThat(started).isCompletedExceptionally();
    answer.complete(true);
    assertThat(pool.size()).isZero();
  }

  @Test
  void aStartFailsIfTheFirstConnectionIsUnfit() {
    ConnectionPool<FakeConnection> pool = build(unfit().minSize(1).checkOnCreate(true));

    assertThatThrownBy(pool.start()::get)
        .hasCauseInstanceOf(ConnectionCreationException.class)
        .hasMessageContaining("failed its first health check");
  }

  @Test
  void anEvictionReplacesWhatPassesItsFirstCheck() {
    CompletableFuture<Boolean> first = new CompletableFuture<>();
    ConnectionPool<FakeConnection> pool =
        build(
            unfit()
                .minSize(1)
                .checkOnCreate(true)
                .asyncHealthChecker(
                    connection ->
                        connection.number == 1 ? first : CompletableFuture.completedFuture(true)));
    CompletableFuture<Void> started = pool.start();
    CompletableFuture<Integer> evicted = pool.softEvict();
    assertThat(evicted).isNotDone();

    first.complete(true);

    assertThat(evicted).isCompleted();
    get(started);
    assertThat(server.closed).hasSize(1);
    assertThat(server.closed.get(0)).isSameAs(server.made.get(0));
    assertThat(pool.available()).isEqualTo(1);
  }

  @Test
  void theFirstFailureOfASeriesIsAWarningAndTheRecoveryIsNews() {
    try (LogOf log = new LogOf(CreationReports.class)) {
      ConnectionPool<FakeConnection> pool = build(unfit().checkOnCreate(true));
      CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(Duration.ofMinutes(1));
      time.advance(Duration.ofSeconds(5));
      int failures = pool.stats().consecutiveCreateFailures();

      serves.set(true);
      time.advance(Duration.ofSeconds(1));

      get(waiting);
      assertThat(failures).isGreaterThan(5);
      assertThat(log.at(Level.WARN, "'unfit' cannot create")).hasSize(1);
      assertThat(log.at(Level.DEBUG, "'unfit' cannot create")).hasSize(failures - 1);
      assertThat(log.at(Level.INFO, "'unfit' can create connections again")).hasSize(1);
    }
  }

  @Test
  void anOverdueCallOfTheFactoryIsAWarningToo() {
    callsAreHeldInside();
    try (LogOf log = new LogOf(CreationReports.class)) {
      ConnectionPool<FakeConnection> pool =
          build(unfit().name("overdue").createTimeout(Duration.ofSeconds(5)));
      held.hold();
      CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();

      time.advance(Duration.ofSeconds(5));

      assertThat(log.at(Level.WARN, "'overdue' cannot create")).hasSize(1);
      waiting.cancel(true);
    }
  }
}

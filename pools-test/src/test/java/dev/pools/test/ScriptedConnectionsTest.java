package dev.pools.test;

import static dev.pools.test.PoolAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.Arguments;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.Lease;
import dev.pools.connection.RetireReason;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScriptedConnectionsTest {

  private final ManualClock clock = new ManualClock();
  private final ScriptedConnections<ScriptedConnection> server = ScriptedConnections.of(clock);
  private final List<ConnectionPool<?>> pools = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    server.closes().succeed();
    server.closes().release();
    server.opens().release();
    server.checks().release();
    for (ConnectionPool<?> pool : pools) {
      pool.stop(Duration.ZERO).join();
      clock.advance(Duration.ofHours(1));
      assertThat(pool).isQuiet();
    }
    assertThat(clock.pendingTimers()).isEmpty();
  }

  private ConnectionPool<ScriptedConnection> pool() {
    ConnectionPool<ScriptedConnection> pool =
        server
            .builder()
            .minSize(0)
            .maxSize(2)
            .idleBypass(Duration.ZERO)
            .createTimeout(Duration.ofSeconds(5))
            .build();
    pools.add(pool);
    return pool;
  }

  @Test
  void connectionsAreOpenedCheckedAndClosedOnTheThreadOfTheTest() throws Exception {
    ConnectionPool<ScriptedConnection> pool = pool();
    Lease<ScriptedConnection> lease = pool.acquire(Arguments.of("sales"));
    ScriptedConnection connection = lease.connection();
    assertThat(connection.number()).isEqualTo(1);
    assertThat(connection.arguments()).isEqualTo(Arguments.of("sales"));
    lease.close();
    clock.advance(Duration.ofSeconds(1));
    pool.acquire().close();

    assertThat(server.opens().calls()).isEqualTo(1);
    assertThat(server.checks().calls()).isEqualTo(1);
    assertThat(server.closes().calls()).isZero();
    assertThat(connection.isClosed()).isFalse();
    assertThat(connection.closedFor()).isNull();
    assertThat(server.open()).containsExactly(connection);

    pool.stop().join();
    assertThat(server.closes().calls()).isEqualTo(1);
    assertThat(connection.isClosed()).isTrue();
    assertThat(connection.closedFor()).isEqualTo(RetireReason.STOPPED);
    assertThat(server.open()).isEmpty();
    assertThat(server.opened()).containsExactly(connection);
  }

  @Test
  void opensThatFailAreTriedAgainWithThePausesOfThePool() throws Exception {
    ConnectionPool<ScriptedConnection> pool = pool();
    server.opens().failNext(3, new IOException("refused"));
    CompletableFuture<Lease<ScriptedConnection>> lease = pool.acquireAsync(Duration.ofSeconds(20));
    assertThat(server.opens().calls()).isEqualTo(1);
    assertThat(pool).hasCreateFailures(1).hasWaiting(1);
    assertThat(pool.stats().lastCreateFailure()).hasMessage("refused");

    clock.advance(Duration.ofSeconds(10));

    assertThat(lease).isCompleted();
    assertThat(server.opens().calls()).isEqualTo(4);
    lease.join().close();
  }

  @Test
  void serverThatIsDownFailsEachOpenUntilItSucceedsAgain() throws Exception {
    ConnectionPool<ScriptedConnection> pool = pool();
    server.opens().fail(new IOException("down"));
    CompletableFuture<Lease<ScriptedConnection>> first = pool.acquireAsync(Duration.ofSeconds(2));
    clock.advance(Duration.ofSeconds(2));
    assertThat(first).isCompletedExceptionally();
    assertThat(server.opened()).isEmpty();

    server.opens().succeed();
    clock.advance(Duration.ofSeconds(2));

    try (Lease<ScriptedConnection> lease = pool.acquire(Duration.ZERO)) {
      assertThat(lease.connection().number()).isEqualTo(1);
    }
    assertThat(pool).hasTimeouts(1);
  }

  @Test
  void openThatHangsDeliversWhenTheTestReleasesIt() throws Exception {
    ConnectionPool<ScriptedConnection> pool = pool();
    server.opens().hangNext(1);
    CompletableFuture<Lease<ScriptedConnection>> lease = pool.acquireAsync(Duration.ofSeconds(20));
    assertThat(server.opens().hanging()).isEqualTo(1);
    assertThat(pool).hasCreating(1);
    assertThat(lease).isNotDone();

    assertThat(server.opens().release()).isEqualTo(1);

    assertThat(lease).isCompleted();
    assertThat(server.opens().hanging()).isZero();
    lease.join().close();
  }

  @Test
  void openThatHangsBeyondItsTimeoutIsReportedAndItsConnectionIsUsedOrClosed() throws Exception {
    ConnectionPool<ScriptedConnection> pool = pool();
    server.opens().hang();
    CompletableFuture<Lease<ScriptedConnection>> lease = pool.acquireAsync(Duration.ofHours(1));
    clock.advance(Duration.ofSeconds(6));
    assertThat(pool.stats().createFailures()).isPositive();

    server.opens().release();
    clock.advance(Duration.ofMinutes(1));

    assertThat(lease).isCompleted();
    assertThat(server.opens().hanging()).isZero();
    lease.join().close();
  }

  @Test
  void slowOpenTakesAsLongAsTheClockSays() throws Exception {
    ConnectionPool<ScriptedConnection> pool = pool();
    server.opens().takeNext(1, Duration.ofSeconds(3));
    CompletableFuture<Lease<ScriptedConnection>> lease = pool.acquireAsync(Duration.ofSeconds(20));
    clock.advance(Duration.ofMillis(2_999));
    assertThat(lease).isNotDone();

    clock.advance(Duration.ofMillis(1));

    assertThat(lease).isCompleted();
    lease.join().close();
  }

  @Test
  void eachOpenIsSlowFromNowOn() throws Exception {
    ConnectionPool<ScriptedConnection> pool = pool();
    server.opens().take(Duration.ofSeconds(3));
    List<CompletableFuture<Lease<ScriptedConnection>>> leases =
        List.of(
            pool.acquireAsync(Duration.ofSeconds(20)), pool.acquireAsync(Duration.ofSeconds(20)));
    assertThat(pool).hasCreating(2);
    clock.advance(Duration.ofSeconds(3));

    assertThat(leases).allSatisfy(lease -> assertThat(lease).isCompleted());
    assertThat(server.mostOpen()).isEqualTo(2);
    leases.forEach(lease -> lease.join().close());
  }

  @Test
  void checkThatIsRefusedClosesTheConnection() throws Exception {
    ConnectionPool<ScriptedConnection> pool = pool();
    pool.acquire().close();
    clock.advance(Duration.ofSeconds(1));
    server.checks().refuseNext(1);

    try (Lease<ScriptedConnection> lease = pool.acquire(Duration.ofSeconds(5))) {
      assertThat(lease.connection().number()).isEqualTo(2);
    }
    assertThat(pool).hasRetired(RetireReason.UNHEALTHY, 1);
    assertThat(server.opened().get(0).closedFor()).isEqualTo(RetireReason.UNHEALTHY);
  }

  @Test
  void checksAreRefusedUntilTheySucceedAgain() throws Exception {
    server.checks().refuse();
    ConnectionPool<ScriptedConnection> pool =
        server.builder().minSize(0).checkOnCreate(true).build();
    pools.add(pool);
    CompletableFuture<Lease<ScriptedConnection>> lease = pool.acquireAsync(Duration.ofMinutes(5));
    clock.advance(Duration.ofSeconds(10));
    assertThat(lease).isNotDone();
    assertThat(server.open()).isEmpty();

    server.checks().succeed();
    clock.advance(Duration.ofSeconds(10));

    assertThat(lease).isCompleted();
    lease.join().close();
  }

  @Test
  void checkThatHangsEndsByItsTimeout() throws Exception {
    ConnectionPool<ScriptedConnection> pool = pool();
    pool.acquire().close();
    clock.advance(Duration.ofSeconds(1));
    server.checks().hangNext(1);
    CompletableFuture<Lease<ScriptedConnection>> lease = pool.acquireAsync(Duration.ofSeconds(20));
    assertThat(lease).isNotDone();
    clock.advance(Duration.ofSeconds(5));

    assertThat(lease).isCompleted();
    assertThat(pool).hasRetired(RetireReason.UNHEALTHY, 1);
    lease.join().close();
  }

  @Test
  void connectionBreaksAfterItsUses() throws Exception {
    ConnectionPool<ScriptedConnection> pool = pool();
    server.breakAfterUses(2);
    for (int i = 0; i < 2; i++) {
      pool.use(ScriptedConnectionsTest::useIt);
    }
    ScriptedConnection first = server.opened().get(0);
    assertThat(first.isBroken()).isFalse();

    assertThatThrownBy(() -> pool.use(ScriptedConnectionsTest::useIt))
        .isInstanceOf(IOException.class)
        .hasMessage("scripted connection 1 is broken.");

    assertThat(first.uses()).isEqualTo(3);
    assertThat(first.isBroken()).isTrue();
    assertThat(pool).hasRetired(RetireReason.BROKEN, 1);
    pool.use(ScriptedConnectionsTest::useIt);
    assertThat(server.opened()).hasSize(2);
  }

  private static int useIt(ScriptedConnection connection) throws IOException {
    connection.use();
    return connection.number();
  }

  @Test
  void connectionsThatTheServerDropsFailTheirCheck() throws Exception {
    ConnectionPool<ScriptedConnection> pool = pool();
    pool.acquire().close();
    clock.advance(Duration.ofSeconds(1));
    server.breakAll();

    try (Lease<ScriptedConnection> lease = pool.acquire(Duration.ofSeconds(5))) {
      assertThat(lease.connection().number()).isEqualTo(2);
    }
  }

  @Test
  void useBeyondTheLeaseIsNoticedOnceThePoolHasClosedTheConnection() throws Exception {
    ConnectionPool<ScriptedConnection> pool = pool();
    Lease<ScriptedConnection> lease = pool.acquire();
    ScriptedConnection kept = lease.connection();
    lease.invalidate();

    assertThat(kept.closedFor()).isEqualTo(RetireReason.INVALIDATED);
    assertThatThrownBy(kept::use)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("within its lease");
  }

  @Test
  void closeThatHangsHoldsThePlaceUntilItIsReleased() throws Exception {
    ConnectionPool<ScriptedConnection> pool = pool();
    server.closes().hangNext(1);
    pool.acquire().invalidate();
    assertThat(pool.stats().closing()).isEqualTo(1);
    assertThat(server.open()).hasSize(1);

    server.closes().release();

    assertThat(pool).isQuiet();
    assertThat(server.open()).isEmpty();
  }

  @Test
  void connectionWhoseCloseFailsStaysOpen() throws Exception {
    ConnectionPool<ScriptedConnection> pool = pool();
    server.closes().failNext(1, new IOException("no answer"));
    pool.acquire().invalidate();

    assertThat(server.closes().calls()).isEqualTo(1);
    assertThat(server.open()).hasSize(1);
  }

  @Test
  void leaseThatIsOutForTooLongIsReportedAsLeakedWhenTheClockSaysSo() throws Exception {
    ConnectionPool<ScriptedConnection> pool =
        server.builder().minSize(0).leakThreshold(Duration.ofSeconds(30)).build();
    pools.add(pool);
    Lease<ScriptedConnection> leaked = pool.acquire();
    clock.advance(Duration.ofMinutes(2));

    assertThat(pool).hasLeaks(1);
    leaked.close();
    assertThat(pool.stats().leaksReturned()).isEqualTo(1);
  }

  /** What code under test calls a connection. */
  interface Session {
    String query(String text) throws IOException;
  }

  @Test
  void connectionsHaveTheTypeOfTheCodeUnderTest() throws Exception {
    ScriptedConnections<Session> sessions =
        ScriptedConnections.of(
            clock,
            connection ->
                text -> {
                  connection.use();
                  return connection.number() + ":" + text;
                });
    sessions.breakAfterUses(1);
    try (ConnectionPool<Session> pool = sessions.builder().minSize(0).maxSize(1).build()) {
      String first = pool.use(session -> session.query("a"));
      assertThat(first).isEqualTo("1:a");
      assertThatThrownBy(() -> pool.use(session -> session.query("b")))
          .isInstanceOf(IOException.class);
      String second = pool.use(session -> session.query("c"));
      assertThat(second).isEqualTo("2:c");
    }
    assertThat(sessions.opened()).allMatch(ScriptedConnection::isClosed);
    assertThat(sessions.clock()).isSameAs(clock);
  }

  @Test
  void standInThatCannotBeCreatedFailsTheOpen() throws Exception {
    ScriptedConnections<Session> sessions =
        ScriptedConnections.of(
            clock,
            connection -> {
              throw new IllegalStateException("no stand-in");
            });
    ConnectionPool<Session> pool = sessions.builder().minSize(0).build();
    pools.add(pool);
    pool.acquireAsync(Duration.ofMillis(1));

    assertThat(pool.stats().lastCreateFailure()).hasMessage("no stand-in");
  }

  @Test
  void answersForTheNextCallsComeBeforeTheOthers() throws Exception {
    ConnectionPool<ScriptedConnection> pool = pool();
    server.opens().fail(new IOException("later"));
    server.opens().failNext(1, new IOException("first"));
    server.opens().takeNext(1, Duration.ofSeconds(1));
    CompletableFuture<Lease<ScriptedConnection>> lease = pool.acquireAsync(Duration.ofSeconds(20));
    assertThat(pool.stats().lastCreateFailure()).hasMessage("first");

    clock.advance(Duration.ofSeconds(3));

    assertThat(lease).isCompleted();
    lease.join().close();
  }

  @Test
  void serverTellsWhatItKnows() throws Exception {
    pool().acquire().close();
    server.opens().hang();

    assertThat(server)
        .hasToString(
            "ScriptedConnections[opened=1, open=1, opens: calls=1, hanging=0, now=HANG;"
                + " checks: calls=0, hanging=0, now=SUCCEED; closes: calls=0, hanging=0,"
                + " now=SUCCEED]");
  }

  @Test
  void scriptsThatSayNothingAreRejected() throws Exception {
    assertThatThrownBy(() -> server.opens().hangNext(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("calls is 0");
    assertThatThrownBy(() -> server.opens().take(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("delay is PT-1S");
    assertThatThrownBy(() -> server.breakAfterUses(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("uses is -1");
  }
}

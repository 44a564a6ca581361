package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.Arguments;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Leases that need no look by the pool: callers take and return them without the lock. */
class LeaseGateTest extends ConnectionTestBase {

  private ConnectionPool<FakeConnection> warm(ConnectionPoolBuilder<FakeConnection> builder) {
    ConnectionPool<FakeConnection> pool = build(builder);
    get(pool.acquireAsync()).close();
    return pool;
  }

  @Test
  void leaseIsCountedAndEndsOnce() throws Exception {
    ConnectionPool<FakeConnection> pool = warm(withoutChecker());
    Lease<FakeConnection> lease = pool.acquire();
    assertThat(pool.stats().inUse()).isEqualTo(1);
    assertThat(pool.stats().idle()).isZero();

    lease.close();
    Lease<FakeConnection> next = pool.acquire();
    lease.close();
    lease.invalidate();

    assertThat(next.isClosed()).as("an old lease harms no new one").isFalse();
    assertThat(lease.isClosed()).isTrue();
    assertThatThrownBy(lease::connection).isInstanceOf(IllegalStateException.class);
    assertThat(pool.stats().acquired()).isEqualTo(3);
    next.close();
    assertThat(pool.available()).isEqualTo(1);
  }

  @Test
  void connectionCanBeReleasedWithoutItsLease() throws Exception {
    ConnectionPool<FakeConnection> pool = warm(withoutChecker());
    FakeConnection connection = pool.acquire().connection();

    pool.release(connection);

    assertThat(pool.available()).isEqualTo(1);
    assertThatThrownBy(() -> pool.release(connection)).isInstanceOf(IllegalReleaseException.class);
  }

  @Test
  void returnedConnectionGoesToTheFirstWaiter() throws Exception {
    ConnectionPool<FakeConnection> pool = warm(withoutChecker().maxSize(1));
    Lease<FakeConnection> lease = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> first = pool.acquireAsync();
    CompletableFuture<Lease<FakeConnection>> second = pool.acquireAsync();

    lease.close();

    assertThat(pool.tryAcquire()).isEmpty();
    assertThat(second).isNotDone();
    get(first).close();
    get(second).close();
    assertThat(pool.acquire().connection()).isSameAs(server.made.get(0));
  }

  @Test
  void aConnectionWhoseLifeIsOverIsNotLeasedAgain() throws Exception {
    ConnectionPool<FakeConnection> pool =
        warm(
            withoutChecker()
                .maxLife(Duration.ofSeconds(100))
                .maxLifeJitter(0)
                .maintenanceInterval(Duration.ofHours(1)));
    time.advance(Duration.ofSeconds(99));
    Lease<FakeConnection> lease = pool.acquire();
    assertThat(lease.connection()).isSameAs(server.made.get(0));

    time.advance(Duration.ofSeconds(1));
    lease.close();

    assertThat(pool.stats().retired()).containsEntry(RetireReason.MAX_LIFE, 1L);
    assertThat(pool.acquire().connection()).isSameAs(server.made.get(1));
  }

  @Test
  void anIdleConnectionWhoseLifeIsOverIsNotLeasedAgain() throws Exception {
    ConnectionPool<FakeConnection> pool =
        warm(
            withoutChecker()
                .maxLife(Duration.ofSeconds(100))
                .maintenanceInterval(Duration.ofHours(1)));

    time.advance(Duration.ofSeconds(100));

    assertThat(pool.acquire().connection()).isSameAs(server.made.get(1));
  }

  @Test
  void aConnectionThatIsUsedUpIsClosedOnReturn() throws Exception {
    ConnectionPool<FakeConnection> pool = warm(withoutChecker().maxUses(3));

    pool.acquire().close();
    assertThat(server.closed).isEmpty();
    pool.acquire().close();

    assertThat(server.closed).hasSize(1);
    assertThat(pool.stats().acquired()).isEqualTo(3);
  }

  @Test
  void idleConnectionIsClosedAfterItsTimeoutAndNeverBefore() throws Exception {
    ConnectionPool<FakeConnection> pool =
        warm(
            withoutChecker()
                .idleTimeout(Duration.ofMinutes(10))
                .maintenanceInterval(Duration.ofMinutes(1)));
    time.advance(Duration.ofMinutes(5));
    pool.acquire().close();

    time.advance(Duration.ofMinutes(9));
    assertThat(pool.available()).isEqualTo(1);

    time.advance(Duration.ofMinutes(2));
    assertThat(pool.available()).isZero();
  }

  @Test
  void connectionUsedBetweenTwoRoundsOfMaintenance_isNotIdle() throws Exception {
    ConnectionPool<FakeConnection> pool =
        warm(
            withoutChecker()
                .idleTimeout(Duration.ofMinutes(3))
                .maintenanceInterval(Duration.ofMinutes(1)));

    for (int minute = 0; minute < 10; minute++) {
      pool.acquire().close();
      time.advance(Duration.ofMinutes(1));
    }

    assertThat(server.made).hasSize(1);
    assertThat(pool.available()).isEqualTo(1);
  }

  @Test
  void shrunkPoolClosesReturnedConnections() throws Exception {
    ConnectionPool<FakeConnection> pool = build(withoutChecker().maxSize(3));
    List<Lease<FakeConnection>> leases = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      leases.add(pool.acquire());
    }
    leases.forEach(Lease::close);
    leases.clear();
    for (int i = 0; i < 3; i++) {
      leases.add(pool.acquire());
    }

    CompletableFuture<Void> done = pool.resize(0, 1);
    leases.forEach(Lease::close);

    assertThat(done).isCompleted();
    assertThat(pool.size()).isEqualTo(1);
    assertThat(pool.stats().retired()).containsEntry(RetireReason.RESIZED, 2L);
  }

  @Test
  void evictionReachesConnectionsInUse() throws Exception {
    ConnectionPool<FakeConnection> pool = warm(withoutChecker());
    Lease<FakeConnection> lease = pool.acquire();

    CompletableFuture<Integer> evicted = pool.softEvict();
    assertThat(evicted).isNotDone();
    lease.close();

    assertThat(evicted).isCompletedWithValue(1);
    assertThat(pool.acquire().connection()).isSameAs(server.made.get(1));
  }

  @Test
  void suspendedPoolLeasesNothing() throws Exception {
    ConnectionPool<FakeConnection> pool = warm(withoutChecker());
    pool.suspend();

    assertThat(pool.tryAcquire()).isEmpty();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();
    assertThat(waiting).isNotDone();

    pool.resume();
    get(waiting).close();
  }

  @Test
  void stopEndsLeases() throws Exception {
    ConnectionPool<FakeConnection> pool = warm(withoutChecker());
    Lease<FakeConnection> lease = pool.acquire();

    CompletableFuture<Void> stopped = pool.stop(Duration.ofSeconds(5));
    assertThatThrownBy(pool::acquire).isInstanceOf(PoolStoppedException.class);
    time.advance(Duration.ofSeconds(5));

    assertThat(stopped).isCompleted();
    assertThat(lease.isClosed()).isTrue();
    lease.close();
    assertThat(server.closed).hasSize(1);
  }

  @Test
  void argumentsOfAReleaseDoNotReachTheNextLease() throws Exception {
    ConnectionPool<FakeConnection> pool = warm(withoutChecker().maxSize(1).minSize(1));
    pool.acquire().close(Arguments.of("released"));

    pool.acquire().invalidate();

    assertThat(server.made.get(1).madeWith.isEmpty()).isTrue();
  }

  /** Otherwise all connections would stay warm forever, each for some thread. */
  @Test
  void callerGetsTheConnectionThatItReturnedLast() throws Exception {
    ConnectionPool<FakeConnection> pool = build(withoutChecker().maxSize(3));
    Lease<FakeConnection> one = pool.acquire();
    Lease<FakeConnection> two = pool.acquire();
    FakeConnection warm = two.connection();
    one.close();
    two.close();

    for (int i = 0; i < 5; i++) {
      try (Lease<FakeConnection> again = pool.acquire()) {
        assertThat(again.connection()).isSameAs(warm);
      }
    }
  }
}

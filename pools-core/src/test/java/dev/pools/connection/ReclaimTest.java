package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pools.Arguments;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ReclaimTest extends ConnectionTestBase {

  private final List<LeakReport> reports = new ArrayList<>();

  private ConnectionPoolBuilder<FakeConnection> listening() {
    return builder()
        .maxSize(1)
        .listener(
            new ConnectionPoolListener<>() {
              @Override
              public void leaked(LeakReport report) {
                reports.add(report);
              }
            });
  }

  private ConnectionPool<FakeConnection> reclaiming(Duration after) {
    return build(listening().reclaimAfter(after));
  }

  @Test
  void overdueLease_isReclaimedAndTheWaiterGetsItsPlace() throws Exception {
    ConnectionPool<FakeConnection> pool = reclaiming(Duration.ofSeconds(10));
    Lease<FakeConnection> leaked = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();

    time.advance(Duration.ofSeconds(9));
    assertThat(leaked.isClosed()).isFalse();
    time.advance(Duration.ofSeconds(1));

    assertThat(leaked.isClosed()).isTrue();
    assertThat(get(waiting).connection()).isSameAs(server.made.get(1));
    assertThat(server.made.get(0).closings).hasValue(1);
    assertThat(server.mostExisting).hasValue(1);
    assertThat(reports).hasSize(1);
    assertThat(pool.stats().leaks()).isEqualTo(1);
    assertThat(pool.stats().retired()).containsEntry(RetireReason.RECLAIMED, 1L);
  }

  @Test
  void reclaimedLeaseThatIsClosedLater_doesNotEndTheNextLease() throws Exception {
    ConnectionPool<FakeConnection> pool = reclaiming(Duration.ofSeconds(10));
    Lease<FakeConnection> leaked = pool.acquire(Arguments.of("old"));
    time.advance(Duration.ofSeconds(10));
    Lease<FakeConnection> next = pool.acquire();

    leaked.close();
    leaked.invalidate();

    assertThatThrownBy(leaked::connection).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> pool.release(server.made.get(0)))
        .isInstanceOf(IllegalReleaseException.class)
        .hasMessageContaining("reclaim");
    assertThat(next.isClosed()).isFalse();
    assertThat(pool.inUse()).isEqualTo(1);
    assertThat(server.closedWith).containsExactly(Arguments.of("old"));
  }

  @Test
  void leaseClosedInTime_isNotReclaimed() throws Exception {
    ConnectionPool<FakeConnection> pool = reclaiming(Duration.ofSeconds(10));
    for (int i = 0; i < 5; i++) {
      Lease<FakeConnection> lease = pool.acquire();
      time.advance(Duration.ofSeconds(7));
      lease.close();
    }

    assertThat(reports).isEmpty();
    assertThat(server.made).hasSize(1);
  }

  @Test
  void aReportComesFirstIfItIsWantedEarlierAndOnlyOnce() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(
            listening().leakThreshold(Duration.ofSeconds(2)).reclaimAfter(Duration.ofSeconds(10)));
    Lease<FakeConnection> leaked = pool.acquire();

    time.advance(Duration.ofSeconds(2));
    assertThat(reports).hasSize(1);
    assertThat(reports.get(0).acquiredAt()).isNotNull();
    assertThat(leaked.isClosed()).isFalse();
    time.advance(Duration.ofSeconds(10));

    assertThat(leaked.isClosed()).isTrue();
    assertThat(reports).hasSize(1);
  }

  @Test
  void reclaimAndCloseAtTheSameTime_endTheLeaseOnce() throws Exception {
    ConnectionPool<FakeConnection> pool = reclaiming(Duration.ofSeconds(10));
    AtomicReference<Lease<FakeConnection>> lease = new AtomicReference<>();

    Race.run(
        500,
        () -> {
          lease.set(pool.acquire(Duration.ofSeconds(30)));
          held.hold();
          time.advance(Duration.ofSeconds(9));
        },
        () -> {
          held.letGo();
          assertThat(pool.inUse()).isZero();
          assertThat(lease.get().isClosed()).isTrue();
          assertThat(server.existing.get()).isBetween(0, 1);
        },
        () -> time.advance(Duration.ofSeconds(1)),
        () -> lease.get().close());
  }

  @Test
  void stoppingMeanwhileClosesEachOnce() throws Exception {
    ConnectionPool<FakeConnection> pool = reclaiming(Duration.ofSeconds(10));
    Lease<FakeConnection> leaked = pool.acquire();
    CompletableFuture<Void> stopped = pool.stop(Duration.ofSeconds(20));
    time.advance(Duration.ofSeconds(15));
    assertThat(leaked.isClosed()).as("a stop has its own deadline").isFalse();

    time.advance(Duration.ofSeconds(5));

    get(stopped);
    leaked.close();
    assertThat(server.made.get(0).closings).hasValue(1);
  }

  @Test
  void aNegativeTimeIsRefused() {
    assertThatThrownBy(() -> builder().reclaimAfter(Duration.ofSeconds(-1)).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("reclaimAfter is PT-1S");
  }

  // ---- Forgotten leases

  private static void forget(ConnectionPool<FakeConnection> pool) throws Exception {
    assertThat(pool.acquire().isClosed()).isFalse();
  }

  @Test
  void forgottenLease_isReclaimedByTheMaintenance() throws Exception {
    ConnectionPool<FakeConnection> pool = build(listening().reclaimForgotten(true));
    forget(pool);
    assertThat(pool.inUse()).isEqualTo(1);

    await()
        .until(
            () -> {
              System.gc();
              get(pool.maintain());
              return pool.inUse() == 0;
            });

    assertThat(server.made.get(0).closings).hasValue(1);
    assertThat(reports).hasSize(1);
    assertThat(pool.stats().retired()).containsEntry(RetireReason.RECLAIMED, 1L);
    pool.acquire().close();
  }

  @Test
  void waiterReclaimsAForgottenLease() throws Exception {
    ConnectionPool<FakeConnection> pool = build(listening().reclaimForgotten(true));
    forget(pool);

    await()
        .until(
            () -> {
              System.gc();
              return hasOne(pool.acquireAsync(Duration.ofSeconds(1)));
            });

    assertThat(server.made).hasSize(2);
  }

  private boolean hasOne(CompletableFuture<Lease<FakeConnection>> coming) {
    time.advance(Duration.ofSeconds(1));
    try {
      coming.join().close();
      return true;
    } catch (CompletionException late) {
      return false;
    }
  }

  @Test
  void aLeaseThatSomebodyHoldsOrThatIsClosedIsNotTakenBack() throws Exception {
    ConnectionPool<FakeConnection> pool = build(listening().maxSize(2).reclaimForgotten(true));
    Lease<FakeConnection> lent = pool.acquire();
    for (int i = 0; i < 10; i++) {
      pool.acquire().close();
    }
    for (int i = 0; i < 5; i++) {
      System.gc();
      get(pool.maintain());
    }

    assertThat(lent.isClosed()).isFalse();
    lent.close();
    assertThat(pool.available()).isEqualTo(2);
    assertThat(reports).isEmpty();
  }

  @Test
  void lateReleaseOfAReclaimedConnection_doesNotEndTheNextLease() throws Exception {
    ConnectionPool<FakeConnection> pool = build(listening().reclaimForgotten(true));
    forget(pool);
    for (int i = 0; i < 5; i++) {
      System.gc();
    }
    pool.release(server.made.get(0));
    Lease<FakeConnection> next = pool.acquire();

    get(pool.maintain());

    assertThat(next.isClosed()).isFalse();
    assertThat(reports).isEmpty();
    next.close();
  }

  @Test
  void leaseIsNotReclaimedUnlessTheOptionIsSet() throws Exception {
    ConnectionPool<FakeConnection> pool = build(listening());
    forget(pool);
    for (int i = 0; i < 5; i++) {
      System.gc();
      get(pool.maintain());
    }
    time.advance(Duration.ofDays(1));

    assertThat(pool.inUse()).isEqualTo(1);
    assertThat(server.closed).isEmpty();
  }
}

package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.Arguments;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class LeasesTest extends ConnectionTestBase {

  /** A pool that reads no clock for a lease. */
  private ConnectionPool<FakeConnection> clockless(int maxSize) {
    ConnectionPool<FakeConnection> pool =
        build(withoutChecker().name("clockless").minSize(maxSize).maxSize(maxSize));
    get(pool.start());
    assertThat(pool.parts().core.gate.notes).isFalse();
    return pool;
  }

  @Test
  void allLeasesAreListed_oldestFirst() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 3);
    Lease<FakeConnection> first = pool.acquire();
    time.advance(Duration.ofSeconds(5));
    Lease<FakeConnection> second = get(pool.acquireAsync(Arguments.named("schema", "sales")));
    time.advance(Duration.ofSeconds(2));

    List<LeaseInfo> leases = pool.leases();

    String thread = Thread.currentThread().getName();
    assertThat(leases).hasSize(2);
    assertThat(leases.get(0).age()).isEqualTo(Duration.ofSeconds(7));
    assertThat(leases.get(0).isAgeExact()).isTrue();
    assertThat(leases.get(0).thread()).isEqualTo(thread);
    assertThat(leases.get(0).isAsync()).isFalse();
    assertThat(leases.get(0).arguments()).isEmpty();
    assertThat(leases.get(0).acquiredAt()).isNull();
    assertThat(leases.get(1).age()).isEqualTo(Duration.ofSeconds(2));
    assertThat(leases.get(1).thread()).isEqualTo(thread);
    assertThat(leases.get(1).isAsync()).isTrue();
    assertThat(leases.get(1).arguments()).isEqualTo("schema=sales");
    assertThat(leases).extracting(LeaseInfo::id).doesNotHaveDuplicates();
    assertThatThrownBy(() -> leases.remove(0)).isInstanceOf(UnsupportedOperationException.class);
    first.close();
    assertThat(pool.leases()).extracting(LeaseInfo::id).containsExactly(leases.get(1).id());
    second.close();
    assertThat(pool.leases()).isEmpty();
    assertThat(leases).as("a snapshot").hasSize(2);
  }

  @Test
  void idNamesTheLease_andNotTheConnection() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Lease<FakeConnection> lease = pool.acquire();
      ids.add(pool.leases().get(0).id());
      assertThat(pool.leases().get(0).id()).as("while it is out").isEqualTo(ids.get(i));
      lease.close();
    }

    assertThat(ids).doesNotHaveDuplicates();
  }

  @Test
  void stackIsTold_whereLeasesAreWatched() throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder().leakThreshold(Duration.ofMinutes(1)));
    Lease<FakeConnection> lease = pool.acquire();
    assertThat(pool.leases().get(0).acquiredAt())
        .hasStackTraceContaining("stackIsTold_whereLeasesAreWatched");
    lease.close();
  }

  @Test
  void argumentsAreShownWithoutSecrets_andAreForgottenWithTheLease() throws Exception {
    Arguments secret =
        Arguments.of("open sesame").and("password", "open sesame").and("schema", "sales");
    for (ConnectionPool<FakeConnection> pool : List.of(clockless(1), sized(0, 1))) {
      // One lease comes without the lock, one through the line.
      Lease<FakeConnection> taken = pool.acquire(secret);
      CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(secret);
      assertThat(pool.leases().get(0).arguments()).contains("sales").doesNotContain("open sesame");
      Slot<FakeConnection> slot = taken.slot();
      taken.close();
      assertThat(pool.leases().get(0).arguments()).contains("sales").doesNotContain("open sesame");
      get(waiting).close();
      assertThat(slot.acquiredWith).isNull();
      Lease<FakeConnection> without = pool.acquire();
      assertThat(pool.leases().get(0).arguments()).isEmpty();
      without.close();
    }
  }

  @Test
  void leaseThatIsClosedTwice_leavesTheArgumentsOfTheNextOne() throws Exception {
    ConnectionPool<FakeConnection> pool = clockless(1);
    Lease<FakeConnection> ended = pool.acquire();
    ended.close();
    Lease<FakeConnection> next = pool.acquire(Arguments.named("schema", "sales"));

    ended.close();

    assertThat(pool.leases().get(0).arguments()).contains("sales");
    next.close();
    assertThat(next.slot().acquiredWith).isNull();
  }

  @Test
  void leaseWithoutClock_isAtLeastAsOldAsSomebodyHasSeenIt() throws Exception {
    ConnectionPool<FakeConnection> pool = clockless(2);
    Lease<FakeConnection> lease = pool.acquire();
    time.advance(Duration.ofSeconds(5));
    assertThat(pool.leases().get(0).age()).as("seen for the first time").isZero();
    assertThat(pool.leases().get(0).isAgeExact()).isFalse();

    time.advance(Duration.ofSeconds(7));

    assertThat(pool.leases().get(0).age()).isEqualTo(Duration.ofSeconds(7));
    lease.close();
    Lease<FakeConnection> other = pool.acquire();
    get(pool.maintain());
    time.advance(Duration.ofSeconds(3));
    assertThat(pool.leases().get(0).age())
        .as("since the maintenance has seen it")
        .isEqualTo(Duration.ofSeconds(3));
    other.close();
  }

  @Test
  void leaseWithoutClock_isOlderThanTheWaitOfTheFirstCallerInLine() throws Exception {
    ConnectionPool<FakeConnection> pool = clockless(1);
    Lease<FakeConnection> lease = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();

    time.advance(Duration.ofSeconds(4));

    assertThat(pool.leases().get(0).age()).isEqualTo(Duration.ofSeconds(4));
    lease.close();
    assertThat(pool.leases().get(0).isAgeExact()).as("leased in line").isTrue();
    assertThat(pool.leases().get(0).age()).isZero();
    get(waiting).close();
  }

  @Test
  void threadIsNamed_untilItHasEnded() throws Exception {
    ConnectionPool<FakeConnection> pool = clockless(1);
    AtomicReference<Lease<FakeConnection>> lease = new AtomicReference<>();
    AtomicReference<List<LeaseInfo>> seen = new AtomicReference<>();
    Thread holder =
        new Thread(
            () -> {
              try {
                lease.set(pool.acquire());
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              seen.set(pool.leases());
            },
            "holder of a lease");
    holder.start();
    holder.join();

    assertThat(seen.get().get(0).thread()).isEqualTo("holder of a lease");
    assertThat(pool.leases().get(0).thread()).isEqualTo("thread-" + holder.getId());
    lease.get().close();
  }

  @Test
  void timeoutNamesTheThreeThatHoldForLongest() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 4);
    List<Lease<FakeConnection>> leases = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      leases.add(pool.acquire());
      time.advance(Duration.ofSeconds(1));
    }

    String thread = "'" + Thread.currentThread().getName() + "'";
    assertThatThrownBy(() -> pool.acquire(Duration.ZERO))
        .isInstanceOf(AcquireTimeoutException.class)
        .hasMessageEndingWith(
            " Leased for longest by thread %s for 4 s, %s for 3 s, %s for 2 s."
                .formatted(thread, thread, thread));
    leases.forEach(Lease::close);
  }

  @Test
  void timeoutOfAPoolWithoutClock_knowsThatTheHoldersAreOlderThanTheWait() throws Exception {
    ConnectionPool<FakeConnection> pool = clockless(1);
    Lease<FakeConnection> lease = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> late = pool.acquireAsync(Duration.ofSeconds(5));

    time.advance(Duration.ofSeconds(5));

    assertThatThrownBy(() -> get(late))
        .rootCause()
        .isInstanceOf(AcquireTimeoutException.class)
        .hasMessageEndingWith(
            " Leased for longest by thread '%s' for at least 5 s."
                .formatted(Thread.currentThread().getName()));
    lease.close();
  }

  @Test
  void evictedLease_goesOn_andItsConnectionIsClosedWhenItEnds() throws Exception {
    ConnectionPool<FakeConnection> pool = clockless(2);
    Lease<FakeConnection> lease = pool.acquire();
    Lease<FakeConnection> other = pool.acquire();
    String id = idOf(pool, lease);

    assertThat(pool.evictLease(id)).isTrue();
    assertThat(pool.evictLease(id)).as("twice").isTrue();

    assertThat(lease.isClosed()).isFalse();
    assertThat(server.closed).isEmpty();
    FakeConnection evicted = lease.connection();
    FakeConnection spared = other.connection();
    lease.close();
    other.close();
    assertThat(server.closed).hasSize(1).first().isSameAs(evicted).isNotSameAs(spared);
    assertThat(pool.stats().retired().get(RetireReason.EVICTED)).isEqualTo(1);
    assertThat(pool.size()).as("replaced").isEqualTo(2);
    assertThat(pool.evictLease(id)).as("ended").isFalse();
  }

  @Test
  void revokedLease_isClosedAtOnce_withItsConnection() throws Exception {
    ConnectionPool<FakeConnection> pool = clockless(1);
    Lease<FakeConnection> lease = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();
    FakeConnection revoked = lease.connection();
    String id = idOf(pool, lease);

    assertThat(pool.revokeLease(id)).isTrue();

    assertThat(lease.isClosed()).isTrue();
    assertThat(server.closed).hasSize(1).first().isSameAs(revoked);
    assertThat(get(waiting).connection()).isNotSameAs(revoked);
    assertThat(pool.revokeLease(id)).as("ended").isFalse();
    lease.close();
    assertThat(pool.inUse()).as("the lease of the other caller").isEqualTo(1);
    get(waiting).close();
    assertThat(pool.stats().retired().get(RetireReason.EVICTED)).isEqualTo(1);
  }

  @Test
  void leaseThatEndsWhileItIsRevoked_isNotTakenForTheNextOfItsConnection() throws Exception {
    ConnectionPool<FakeConnection> pool = clockless(1);
    Lease<FakeConnection> lease = pool.acquire();
    String id = pool.leases().get(0).id();
    OpenLeases.Out<FakeConnection> found =
        Objects.requireNonNull(pool.parts().core.openLeases.withId(id));

    // Neither end nor beginning of a lease needs the lock that the operator holds.
    lease.close();
    Lease<FakeConnection> next = pool.acquire();

    assertThat(found.epoch()).isEqualTo(lease.epoch());
    assertThat(found.slot().seize(found.epoch())).isFalse();
    assertThat(found.slot().markLease(found.epoch())).isFalse();
    assertThat(next.isClosed()).isFalse();
    next.close();
  }

  @Test
  void idThatIsUnknown_changesNothing() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    try (Lease<FakeConnection> lease = pool.acquire()) {
      String id = idOf(pool, lease);
      for (String other : List.of("", "x", "1-", id + "0", "-" + id)) {
        assertThat(pool.evictLease(other)).as(other).isFalse();
        assertThat(pool.revokeLease(other)).as(other).isFalse();
      }
      assertThat(lease.isClosed()).isFalse();
    }
    assertThat(server.closed).isEmpty();
  }

  private static String idOf(ConnectionPool<?> pool, Lease<?> lease) {
    String prefix = lease.slot().number + "-";
    return pool.leases().stream()
        .map(LeaseInfo::id)
        .filter(id -> id.startsWith(prefix))
        .findFirst()
        .orElseThrow();
  }
}

package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pools.Arguments;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * The Python module whose members this pool has was found to have these faults; each test is named
 * after one, and shows that this pool does not have it.
 */
class SeedFaultsTest extends ConnectionTestBase {

  @Test
  void fault01_startThrowsItsConnectionsAway() {
    ConnectionPool<FakeConnection> pool = sized(2, 2);

    assertThat(pool.available()).isEqualTo(2);
  }

  @Test
  void fault02_theRefillAfterAnUnfitReleaseIsThrownAway() throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder().minSize(1).checkOnReturn(true));
    get(pool.start());
    Lease<FakeConnection> lease = pool.acquire();
    lease.connection().healthy.set(false);

    lease.close();

    assertThat(server.made).hasSize(2);
    assertThat(pool.available()).isEqualTo(1);
  }

  @Test
  void fault03_maintenanceHandsOutAConnectionThatIsInUse() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(1, 1);
    Lease<FakeConnection> lease = pool.acquire();

    time.advance(Duration.ofMinutes(1));
    get(pool.maintain());

    assertThat(pool.available()).isZero();
    assertThat(pool.tryAcquire()).isEmpty();
    lease.close();
  }

  @Test
  void fault04_aConnectionReleasedDuringMaintenanceIsLost() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(2, 2);
    Lease<FakeConnection> lease = pool.acquire();
    time.advance(Duration.ofSeconds(29));
    held.hold();
    time.advance(Duration.ofSeconds(1));
    assertThat(pool.stats().checking()).isEqualTo(1);

    lease.close();
    held.letGo();

    assertThat(pool.available()).isEqualTo(2);
  }

  @Test
  void fault05_oneFailureStopsMaintenanceForGood() {
    ConnectionPool<FakeConnection> pool = sized(1, 1);
    server.onCheck.set(
        () -> {
          throw new IOException("check");
        });
    server.refusal.set(new IOException("down"));
    time.advance(Duration.ofMinutes(2));
    assertThat(pool.available()).isZero();

    server.onCheck.set(() -> {});
    server.refusal.set(null);
    time.advance(Duration.ofMinutes(1));

    assertThat(pool.available()).isEqualTo(1);
  }

  @Test
  void fault06_aWaiterHangsWhileCapacityIsFree() throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder().maxSize(1).checkOnReturn(true));
    Lease<FakeConnection> lease = pool.acquire();
    lease.connection().healthy.set(false);
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();

    lease.close();

    assertThat(get(waiting).connection()).isSameAs(server.made.get(1));
  }

  @Test
  void fault07_refillAndStopLeaveWaitersHanging() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    server.refusal.set(new IOException("down"));
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(Duration.ofHours(1));
    server.refusal.set(null);
    time.advance(Duration.ofMinutes(1));
    assertThat(get(waiting).connection()).isNotNull();

    CompletableFuture<Lease<FakeConnection>> next = pool.acquireAsync(Duration.ofHours(1));
    pool.stop();

    assertThatThrownBy(next::get).hasCauseInstanceOf(PoolStoppedException.class);
  }

  @Test
  void fault08_aDoubleReleaseGivesOneConnectionToTwoUsers() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 2);
    FakeConnection connection = pool.acquire().connection();
    pool.release(connection);
    assertThatThrownBy(() -> pool.release(connection)).isInstanceOf(IllegalReleaseException.class);

    assertThat(pool.acquire().connection()).isNotSameAs(pool.acquire().connection());
  }

  @Test
  void fault09_foreignObjectsAreAcceptedAndTheBoundCountsOnlyIdleOnes() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    pool.acquire();

    assertThatThrownBy(() -> pool.release(new FakeConnection(9, Arguments.none())))
        .isInstanceOf(IllegalReleaseException.class);

    assertThat(pool.acquireAsync()).isNotDone();
    assertThat(server.mostExisting).hasValue(1);
  }

  @Test
  void fault10_oneSlowCreationStopsEveryAcquire() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 3);
    Lease<FakeConnection> lease = pool.acquire();
    held.hold();
    CompletableFuture<Lease<FakeConnection>> slow = pool.acquireAsync();
    assertThat(slow).isNotDone();

    lease.close();

    assertThat(pool.stats().waiting()).as("served with the one that came back").isZero();
    assertThat(pool.stats().creating()).isEqualTo(1);
    held.letGo();
    get(slow);
  }

  @Test
  void fault11_aCancelledAcquireLosesTheConnectionBeingMade() {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    held.hold();
    CompletableFuture<Lease<FakeConnection>> cancelled = pool.acquireAsync();

    cancelled.cancel(true);
    held.letGo();

    assertThat(pool.available()).isEqualTo(1);
  }

  @Test
  void fault12_noTimeoutAndNoOrderAmongWaiters() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    Lease<FakeConnection> lease = pool.acquire();
    List<Integer> served = Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 2_000; i++) {
      int number = i;
      pool.acquireAsync()
          .thenAccept(
              next -> {
                served.add(number);
                next.close();
              });
    }
    assertThatThrownBy(() -> pool.acquire(Duration.ZERO))
        .isInstanceOf(AcquireTimeoutException.class);

    lease.close();

    // Past a depth the chain goes on in another thread.
    await().until(() -> served.size() == 2_000 && pool.inUse() == 0);
    assertThat(served).isSorted();
  }

  @Test
  void fault13_aHealthCheckThatThrowsLosesTheConnection() throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder().maxSize(1).checkOnReturn(true));
    server.onCheck.set(
        () -> {
          throw new IOException("check");
        });

    pool.acquire().close();

    assertThat(server.closed).as("it is closed, and its place is free").hasSize(1);
    assertThat(pool.acquire().connection()).isNotNull();
  }

  @Test
  void fault14_anAsyncCheckerCountsAsHealthyByNotBeingNull() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .asyncHealthChecker(connection -> CompletableFuture.completedFuture(false))
                .checkOnReturn(true));

    pool.acquire().close();

    assertThat(pool.available()).isZero();
  }

  @Test
  void fault15_maxLifeIsNotEnforcedInTheBackground() {
    ConnectionPool<FakeConnection> pool = build(builder().minSize(1).maxLife(Duration.ofHours(1)));
    get(pool.start());

    time.advance(Duration.ofMinutes(61));

    assertThat(server.closed).hasSize(1);
    assertThat(pool.available()).as("the least number is restored in the same round").isEqualTo(1);
  }

  @Test
  void fault16_theBirthTimeOfAConnectionOutlivesIt() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(builder().maxSize(1).maxLife(Duration.ofHours(1)).idleTimeout(Duration.ZERO));
    pool.acquire().invalidate();
    time.advance(Duration.ofMinutes(59));
    pool.acquire().close();

    time.advance(Duration.ofMinutes(30));

    assertThat(server.closed).as("the second one is 30 minutes old").hasSize(1);
  }

  @Test
  void fault17_argumentsSeemToSelectAConnection() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    pool.acquire(Arguments.of("db1")).close(Arguments.of("unused, because nothing is made"));

    Lease<FakeConnection> lease = pool.acquire(Arguments.of("db2"));

    assertThat(lease.connection().madeWith).as("as documented").isEqualTo(Arguments.of("db1"));
    assertThat(server.made).hasSize(1);
  }

  @Test
  void fault18_stopTakesConnectionsFromTheirUsersAndThePoolGoesOnAfterIt() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(2, 2);
    Lease<FakeConnection> lease = pool.acquire();
    server.onClose.set(
        () -> {
          throw new IOException("while closing");
        });

    CompletableFuture<Void> stopped = pool.stop();

    assertThat(lease.isClosed()).isFalse();
    assertThat(server.closed).hasSize(1);
    assertThatThrownBy(pool::acquire).isInstanceOf(PoolStoppedException.class);
    lease.close();
    assertThat(stopped).isCompleted();
    assertThat(pool.available()).isZero();
    get(pool.start());
    get(pool.start());
    assertThat(pool.available()).isEqualTo(2);
  }

  @Test
  void fault19_connectionsMustBeHashableAndResizingWakesNoWaiter() throws Exception {
    // FakeConnection refuses equals and hashCode, so that every test here shows the first half.
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    pool.acquire();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();

    get(pool.resize(0, 2));

    assertThat(get(waiting).connection()).isNotNull();
    assertThat(pool.size()).isEqualTo(2);
    assertThatThrownBy(() -> pool.resize(2, 1)).isInstanceOf(IllegalArgumentException.class);
  }
}

package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.TestThreads;
import dev.pools.connection.ConnectionPoolStats.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SuspendTest extends ConnectionTestBase {

  @ParameterizedTest
  @EnumSource
  void callersWaitBesideAnIdleConnectionUntilThePoolIsResumed(Fairness fairness) throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder().fairness(fairness));
    pool.acquire().close();
    pool.suspend();
    List<String> served = new ArrayList<>();
    CompletableFuture<?> first = pool.acquireAsync().thenAccept(lease -> served.add("first"));
    TestThreads.Started blocked = blocked(pool);

    assertThat(first).isNotDone();
    assertThat(pool.tryAcquire()).isEmpty();
    assertThat(pool.stats().state()).isEqualTo(State.SUSPENDED);
    assertThat(pool.stats().waiting()).isEqualTo(2);
    assertThat(pool.available()).isEqualTo(1);
    assertThat(server.made).hasSize(1);

    pool.resume();

    blocked.awaitEnd();
    get(first);
    assertThat(served).containsExactly("first");
    assertThat(pool.stats().state()).isEqualTo(State.RUNNING);
  }

  private static TestThreads.Started blocked(ConnectionPool<?> pool) {
    return startWaiter(pool, () -> pool.acquire(Duration.ofSeconds(5)).close());
  }

  @ParameterizedTest
  @EnumSource
  void leasesGoOnAndWhatComesBackIsNotHandedOut(Fairness fairness) throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder().maxSize(1).fairness(fairness));
    Lease<FakeConnection> leased = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();
    pool.suspend();

    assertThat(leased.connection()).isNotNull();
    leased.close();

    assertThat(waiting).isNotDone();
    assertThat(pool.available()).isEqualTo(1);
    pool.resume();
    assertThat(get(waiting).connection()).isSameAs(server.made.get(0));
  }

  @Test
  void timeOutsRunAndTheErrorSaysThatThePoolIsSuspended() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(1, 1);
    pool.suspend();
    TestThreads.Started blocked = blocked(pool);
    CompletableFuture<Lease<FakeConnection>> async = pool.acquireAsync(Duration.ofSeconds(5));

    assertThatThrownBy(() -> pool.acquire(Duration.ZERO))
        .isInstanceOf(AcquireTimeoutException.class);
    time.advance(Duration.ofSeconds(5));

    assertThat(blocked.failure())
        .isInstanceOf(AcquireTimeoutException.class)
        .hasMessageContaining("is suspended")
        .hasMessageContaining("Resume it");
    assertThatThrownBy(async::get).hasCauseInstanceOf(AcquireTimeoutException.class);
    assertThat(pool.stats().waiting()).isZero();
    pool.resume();
    pool.acquire().close();
  }

  @Test
  void waiterThatGivesUpDuringTheSuspension_leavesTheQueue() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(1, 1);
    pool.suspend();
    TestThreads.Started blocked = blocked(pool);
    CompletableFuture<Lease<FakeConnection>> cancelled = pool.acquireAsync();
    CompletableFuture<Lease<FakeConnection>> last = pool.acquireAsync();

    blocked.interrupt();
    cancelled.cancel(true);

    assertThat(blocked.failure()).isInstanceOf(InterruptedException.class);
    assertThat(pool.stats().waiting()).isEqualTo(1);
    pool.resume();
    assertThat(get(last).connection()).isNotNull();
  }

  @Test
  void nothingIsMadeAndNothingCheckedMeanwhile() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(builder().minSize(2).maxSize(4).checkOnReturn(true));
    get(pool.start());
    Lease<FakeConnection> leased = pool.acquire();
    FakeConnection kept = leased.connection();
    Lease<FakeConnection> broken = pool.acquire();
    pool.suspend();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(Duration.ofHours(1));

    leased.close();
    broken.invalidate();
    time.advance(Duration.ofMinutes(5));
    get(pool.maintain());

    assertThat(server.attempts).hasValue(2);
    assertThat(server.checks).hasValue(0);
    pool.resume();
    assertThat(server.checks).as("what was not checked on return is, before its use").hasValue(1);
    assertThat(get(waiting).connection()).isSameAs(kept);
    assertThat(pool.size()).as("filled up").isEqualTo(2);
  }

  @Test
  void connectionReturnedUnchecked_isCheckedBeforeItsNextLease() throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder().checkOnReturn(true));
    Lease<FakeConnection> leased = pool.acquire();
    pool.suspend();
    leased.close();
    assertThat(server.checks).hasValue(0);
    pool.resume();

    pool.acquire();

    assertThat(server.checks).hasValue(1);
  }

  @Test
  void resumingAPoolThatIsNotSuspendedDoesNothing() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(1, 1);
    pool.resume();
    assertThat(pool.stats().state()).isEqualTo(State.RUNNING);
    get(pool.stop());

    pool.resume();

    assertThat(pool.stats().state()).isEqualTo(State.STOPPED);
  }

  @Test
  void connectionBeingCreated_isKeptForTheFirstWaiter() {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    held.hold();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();
    pool.suspend();
    held.letGo();

    assertThat(waiting).isNotDone();
    assertThat(pool.available()).isEqualTo(1);
    pool.resume();
    assertThat(get(waiting).connection()).isSameAs(server.made.get(0));
  }

  @Test
  void connectionThatIsTooOld_isClosedWhileThePoolIsSuspended() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(1, 1);
    pool.suspend();
    time.advance(Duration.ofHours(2));

    assertThat(server.closed).hasSize(1);
    pool.resume();
    assertThat(pool.available()).isEqualTo(1);
  }

  @Test
  void aSuspendedPoolCanBeStoppedAndStartsAfreshUnsuspended() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(1, 1);
    pool.suspend();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();

    get(pool.stop());

    assertThatThrownBy(waiting::get).hasCauseInstanceOf(PoolStoppedException.class);
    assertThat(server.closed).hasSize(1);
    assertThatThrownBy(pool::suspend).isInstanceOf(PoolStoppedException.class);
    assertThat(pool.stats().state()).isEqualTo(State.STOPPED);
    get(pool.start());
    assertThat(pool.stats().state()).isEqualTo(State.RUNNING);
    pool.acquire().close();
  }

  @Test
  void aPoolSuspendedBeforeItsStartMakesItsConnectionsWhenItIsResumed() {
    ConnectionPool<FakeConnection> pool = build(builder().minSize(1));
    pool.suspend();
    pool.suspend();
    CompletableFuture<Void> started = pool.start();

    assertThat(server.attempts).hasValue(0);
    assertThat(started).isNotDone();
    assertThat(pool.stats().state()).isEqualTo(State.SUSPENDED);
    pool.resume();
    get(started);
    assertThat(pool.available()).isEqualTo(1);
  }

  @Test
  void limitOfWaitersHoldsDuringTheSuspension() throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder().minSize(1).waiterLimit(1));
    get(pool.start());
    pool.suspend();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();

    assertThatThrownBy(pool::acquire).isInstanceOf(WaiterLimitException.class);

    pool.resume();
    get(waiting).close();
  }
}

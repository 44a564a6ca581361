package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.Arguments;
import dev.pools.TestThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A check that has passed counts for the next lease, although no caller waited for it. */
class FreshProofTest extends ConnectionTestBase {

  private ConnectionPool<FakeConnection> alwaysChecking(
      ConnectionPoolBuilder<FakeConnection> builder) {
    ConnectionPool<FakeConnection> pool =
        build(builder.minSize(2).maxSize(2).idleBypass(Duration.ZERO));
    get(pool.start());
    time.advance(Duration.ofSeconds(1));
    return pool;
  }

  private int served(ConnectionPool<FakeConnection> pool, Duration pause) {
    int served = 0;
    for (int i = 0; i < 100; i++) {
      Optional<Lease<FakeConnection>> lease = pool.tryAcquire();
      if (lease.isPresent()) {
        lease.get().close();
        served++;
      }
      time.advance(pause);
    }
    return served;
  }

  @Test
  void tryAcquireGetsWhatItsLastCallHadChecked() {
    ConnectionPool<FakeConnection> pool = alwaysChecking(builder());

    assertThat(served(pool, Duration.ofMillis(10))).isGreaterThanOrEqualTo(49);
    assertThat(server.checks.get()).as("each lease has its own").isGreaterThanOrEqualTo(49);
  }

  @Test
  void tryAcquireThatComesRarelyGetsIt() {
    assertThat(served(alwaysChecking(builder()), Duration.ofSeconds(5))).isGreaterThanOrEqualTo(45);
  }

  @Test
  void tryAcquireThatComesMoreRarelyThanTheBackgroundChecksGetsIt() {
    assertThat(served(alwaysChecking(builder()), Duration.ofMinutes(2))).isGreaterThanOrEqualTo(45);
  }

  @Test
  void tryAcquireGetsItWithSameArgumentsToo() {
    assertThat(
            served(
                alwaysChecking(builder().argumentMatching(ArgumentMatching.SAME)),
                Duration.ofMillis(10)))
        .isGreaterThanOrEqualTo(49);
  }

  @Test
  void aProofServesOneLeaseOnly() throws Exception {
    ConnectionPool<FakeConnection> pool = alwaysChecking(builder());
    pool.tryAcquire();
    assertThat(server.checks).hasValue(1);

    pool.acquire().close();
    assertThat(server.checks).as("the proof is used up").hasValue(1);
    pool.acquire().close();

    assertThat(server.checks).hasValue(2);
  }

  @Test
  void aConnectionThatIsSuspectIsCheckedAgainAlthoughItHasJustPassed() throws Exception {
    ConnectionPool<FakeConnection> pool = alwaysChecking(builder());
    pool.tryAcquire();

    time.jumpWall(Duration.ofDays(1));
    pool.acquire().close();

    assertThat(server.checks).hasValue(2);
  }

  @Test
  void connectionOfTheStart_isChecked_whenEachBorrowIs() throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder().minSize(1).idleBypass(Duration.ZERO));
    get(pool.start());

    pool.acquire().close();

    assertThat(server.checks).hasValue(1);
  }

  @Test
  void aCheckOnReturnCountsForTheNextLease() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(builder().maxSize(1).checkOnReturn(true).idleBypass(Duration.ZERO));
    pool.acquire().close();
    assertThat(server.checks).hasValue(1);

    pool.acquire();

    assertThat(server.checks).hasValue(1);
  }

  @Test
  void callerWithZeroTimeout_waitsForTheCheckOfAnIdleConnection() {
    ConnectionPool<FakeConnection> pool = alwaysChecking(builder());
    held.hold();

    CompletableFuture<Lease<FakeConnection>> first = pool.acquireAsync(Duration.ZERO);
    CompletableFuture<Lease<FakeConnection>> second = pool.acquireAsync(Duration.ZERO);
    CompletableFuture<Lease<FakeConnection>> third = pool.acquireAsync(Duration.ZERO);

    assertThat(first).isNotDone();
    assertThat(second).isNotDone();
    assertThatThrownBy(third::get).hasCauseInstanceOf(AcquireTimeoutException.class);
    held.letGo();
    assertThat(get(first).connection()).isNotSameAs(get(second).connection());
  }

  @Test
  void blockingCallerWithZeroTimeout_isServedEachTime() throws Exception {
    ConnectionPool<FakeConnection> pool = alwaysChecking(builder());

    for (int i = 0; i < 20; i++) {
      pool.acquire(Duration.ZERO).close();
    }

    assertThat(pool.stats().acquired()).isEqualTo(20);
    assertThat(pool.stats().timeouts()).isZero();
  }

  @Test
  void callerWithZeroTimeout_waitsNoLongerThanTheLimitOfACheck() {
    callsAreHeldInside();
    ConnectionPool<FakeConnection> pool =
        alwaysChecking(builder().healthCheckTimeout(Duration.ofSeconds(3)));
    held.hold();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(Duration.ZERO);

    time.advance(Duration.ofSeconds(3));
    held.letGo();

    assertThatThrownBy(waiting::get).hasCauseInstanceOf(AcquireTimeoutException.class);
  }

  @Test
  void callerWithAnotherTimeout_waitsForACheckNoLongerThanThat() {
    ConnectionPool<FakeConnection> pool =
        alwaysChecking(builder().healthCheckTimeout(Duration.ofSeconds(3)));
    held.hold();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(Duration.ofMillis(100));

    time.advance(Duration.ofMillis(99));
    assertThat(pool.stats().waiting()).isEqualTo(1);
    time.advance(Duration.ofMillis(1));

    assertThat(pool.stats().waiting()).isZero();
    assertThat(pool.stats().checking()).isEqualTo(1);
    held.letGo();
    assertThatThrownBy(waiting::get).hasCauseInstanceOf(AcquireTimeoutException.class);
  }

  @Test
  void callerWithZeroTimeout_isRejectedWhenTheLastCheckFails() {
    ConnectionPool<FakeConnection> pool = alwaysChecking(builder());
    server.made.forEach(made -> made.healthy.set(false));
    held.hold();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(Duration.ZERO);

    while (pool.stats().checking() > 0) {
      held.runOne();
    }
    assertThat(pool.stats().waiting()).as("it does not wait for a new one").isZero();
    held.letGo();

    assertThatThrownBy(waiting::get).hasCauseInstanceOf(AcquireTimeoutException.class);
  }

  @Test
  void callerWithZeroTimeout_isRejectedAtOnceWhenNoneIsIdle() throws Exception {
    ConnectionPool<FakeConnection> pool = alwaysChecking(builder());
    List<Lease<FakeConnection>> all = new ArrayList<>(List.of(pool.acquire(), pool.acquire()));

    assertThatThrownBy(() -> pool.acquire(Duration.ZERO))
        .isInstanceOf(AcquireTimeoutException.class);

    all.forEach(Lease::close);
  }

  @Test
  void callerOfAPoolWithoutWaiters_waitsForTheCheckThatItStarts() throws Exception {
    ConnectionPool<FakeConnection> pool = alwaysChecking(builder().waiterLimit(0));

    for (int i = 0; i < 20; i++) {
      pool.acquire().close();
    }

    assertThat(pool.stats().acquired()).isEqualTo(20);
    assertThat(pool.stats().refusedByLimit()).isZero();
  }

  @Test
  void poolWithoutWaiters_letsNoMoreCallersWaitThanConnectionsAreChecked() {
    ConnectionPool<FakeConnection> pool = alwaysChecking(builder().waiterLimit(0));
    held.hold();

    CompletableFuture<Lease<FakeConnection>> first = pool.acquireAsync();
    CompletableFuture<Lease<FakeConnection>> second = pool.acquireAsync();
    CompletableFuture<Lease<FakeConnection>> third = pool.acquireAsync();

    assertThatThrownBy(third::get).hasCauseInstanceOf(WaiterLimitException.class);
    held.letGo();
    assertThat(get(first).connection()).isNotSameAs(get(second).connection());
    assertThat(pool.stats().refusedByLimit()).isEqualTo(1);
  }

  @Test
  void callerOfAPoolWithoutWaiters_isRejectedWhenItsCheckFails() {
    ConnectionPool<FakeConnection> pool = alwaysChecking(builder().waiterLimit(0));
    server.made.forEach(made -> made.healthy.set(false));
    held.hold();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();

    while (pool.stats().checking() > 0) {
      held.runOne();
    }
    assertThat(pool.stats().waiting()).isZero();
    held.letGo();

    assertThatThrownBy(waiting::get).hasCauseInstanceOf(WaiterLimitException.class);
    assertThat(pool.stats().refusedByLimit()).isEqualTo(1);
  }

  @Test
  void callerWithZeroTimeout_waitsOnlyForTheCheckOfItsOwnKind() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(
            builder().maxSize(2).argumentMatching(ArgumentMatching.SAME).idleBypass(Duration.ZERO));
    pool.acquire(Arguments.of("a")).close();
    Lease<FakeConnection> other = pool.acquire(Arguments.of("b"));
    time.advance(Duration.ofSeconds(1));
    held.hold();

    CompletableFuture<Lease<FakeConnection>> own =
        pool.acquireAsync(Arguments.of("a"), Duration.ZERO);
    CompletableFuture<Lease<FakeConnection>> foreign =
        pool.acquireAsync(Arguments.of("b"), Duration.ZERO);

    assertThat(own).isNotDone();
    assertThatThrownBy(foreign::get).hasCauseInstanceOf(AcquireTimeoutException.class);
    held.letGo();
    assertThat(get(own).connection().madeWith).isEqualTo(Arguments.of("a"));
    other.close();
  }

  /** The connections that were used last are due for a check, and one is not. */
  private ConnectionPool<FakeConnection> oneIsReady(
      ConnectionPoolBuilder<FakeConnection> builder, int due) throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder.maxSize(due + 1));
    get(pool.start());
    time.advance(Duration.ofSeconds(5));
    List<Lease<FakeConnection>> old = new ArrayList<>();
    for (int i = 0; i < due; i++) {
      old.add(pool.acquire());
    }
    time.advance(Duration.ofSeconds(10));
    Lease<FakeConnection> young = pool.acquire();
    time.advance(Duration.ofMillis(19_900));
    young.close();
    time.advance(Duration.ofMillis(200));
    old.forEach(Lease::close);
    time.advance(Duration.ofMillis(100));
    assertThat(pool.available()).isEqualTo(due + 1);
    assertThat(server.checks).as("no round of the maintenance has come").hasValue(0);
    held.hold();
    return pool;
  }

  private void assertLeasedUnchecked(@Nullable Lease<FakeConnection> lease) {
    assertThat(lease).isNotNull();
    assertThat(lease.connection()).isSameAs(server.made.get(server.made.size() - 1));
    assertThat(server.checks).hasValue(0);
  }

  @Test
  void callerGetsTheConnectionThatNeedsNoCheck_thoughOthersWereUsedLater() throws Exception {
    assertLeasedUnchecked(
        oneIsReady(builder().onReturn(connection -> {}), 2).acquireAsync().getNow(null));
  }

  @Test
  void callerGetsTheConnectionThatNeedsNoCheck_withSameArgumentsToo() throws Exception {
    assertLeasedUnchecked(
        oneIsReady(builder().argumentMatching(ArgumentMatching.SAME), 2)
            .acquireAsync()
            .getNow(null));
  }

  @Test
  void tryAcquireGetsTheConnectionThatNeedsNoCheck_thoughAnotherWasUsedLater() throws Exception {
    assertLeasedUnchecked(
        oneIsReady(builder().onReturn(connection -> {}), 1).tryAcquire().orElse(null));
  }

  @Test
  void tryAcquireGetsTheConnectionThatNeedsNoCheck_withSameArgumentsToo() throws Exception {
    assertLeasedUnchecked(
        oneIsReady(builder().argumentMatching(ArgumentMatching.SAME), 1).tryAcquire().orElse(null));
  }

  @Test
  void aThreadThatBringsNoTimeSleepsUntilTheCheckIsOver() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    ConnectionPool<FakeConnection> pool =
        alwaysChecking(
            builder()
                .asyncHealthChecker(
                    connection -> {
                      asked.countDown();
                      return answer;
                    }));
    TestThreads.Started caller = TestThreads.start(() -> pool.acquire(Duration.ZERO).close());
    asked.await();

    answer.complete(true);

    caller.awaitEnd();
  }
}

package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.Arguments;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class HealthTest extends ConnectionTestBase {

  private void makeIdleFor(ConnectionPool<FakeConnection> pool, Duration idle) throws Exception {
    pool.acquire().close();
    time.advance(idle);
  }

  @Test
  void aConnectionThatWasJustUsedIsNotChecked() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    makeIdleFor(pool, Duration.ofMillis(499));

    pool.acquire().close();

    assertThat(server.checks).hasValue(0);
  }

  @Test
  void aConnectionThatWasIdleIsCheckedBeforeItIsLeased() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    makeIdleFor(pool, Duration.ofMillis(500));

    assertThat(pool.acquire().connection()).isSameAs(server.made.get(0));

    assertThat(server.checks).hasValue(1);
  }

  @Test
  void withAZeroBypassEveryBorrowIsChecked() throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder().idleBypass(Duration.ZERO));

    for (int i = 0; i < 5; i++) {
      pool.acquire().close();
    }

    assertThat(server.checks).as("all but the first, which was just made").hasValue(4);
  }

  @Test
  void anUnfitConnectionIsReplacedWithoutTheCallerNoticing() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    makeIdleFor(pool, Duration.ofSeconds(1));
    server.made.get(0).healthy.set(false);

    assertThat(pool.acquire().connection()).isSameAs(server.made.get(1));

    assertThat(server.closed).hasSize(1);
    assertThat(pool.stats().retired()).containsEntry(RetireReason.UNHEALTHY, 1L);
  }

  @Test
  void aCheckThatThrowsMeansUnfit() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    makeIdleFor(pool, Duration.ofSeconds(1));
    server.onCheck.set(
        () -> {
          throw new IOException("reset by peer");
        });

    assertThat(pool.acquire().connection()).isSameAs(server.made.get(1));
  }

  @Test
  void aCheckThatHangsMeansUnfit() throws Exception {
    callsAreHeldInside();
    ConnectionPool<FakeConnection> pool =
        build(builder().maxSize(1).healthCheckTimeout(Duration.ofSeconds(5)));
    makeIdleFor(pool, Duration.ofSeconds(1));
    held.hold();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();
    assertThat(pool.stats().checking()).isEqualTo(1);

    time.advance(Duration.ofSeconds(5));

    assertThat(pool.stats().checking()).isZero();
    held.letGo();
    assertThat(get(waiting).connection()).isSameAs(server.made.get(1));
  }

  /** As after a failover that the pool was not told about. */
  @Test
  void deadConnectionPutsOlderOnesInDoubt_andItsWaiterGetsANewOne() throws Exception {
    callsAreHeldInside();
    ConnectionPool<FakeConnection> pool = sized(5, 5);
    time.advance(Duration.ofSeconds(1));
    held.hold();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();
    assertThat(pool.stats().checking()).isEqualTo(1);

    time.advance(Duration.ofSeconds(1));

    assertThat(pool.stats().checking()).as("all others, four at a time").isEqualTo(4);
    assertThat(pool.stats().closing()).as("the dead one").isEqualTo(1);
    held.runLast(); // the cleaner
    assertThat(pool.stats().creating()).as("in its place, for the waiter").isEqualTo(1);
    held.runLast(); // the factory
    held.runLast(); // the caller's completion
    assertThat(get(waiting).connection()).isSameAs(server.made.get(5));
    held.letGo();
    assertThat(pool.available()).as("the others are fit after all").isEqualTo(4);
  }

  @Test
  void aDoubtfulConnectionThatIsPassedOverStaysWithThePool() throws Exception {
    callsAreHeldInside();
    ConnectionPool<FakeConnection> pool =
        build(builder().minSize(3).maxSize(4).maxConcurrentCreates(1));
    get(pool.start());
    time.advance(Duration.ofSeconds(1));
    held.hold();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();

    time.advance(Duration.ofSeconds(1));

    assertThat(pool.stats().checking()).as("one of the others, one at a time").isEqualTo(1);
    assertThat(pool.stats().creating()).as("rather than to wait for the last").isEqualTo(1);
    held.letGo();
    get(waiting).close();
    assertThat(pool.available()).isEqualTo(3);
  }

  @Test
  void callerThatCancelsDuringTheCheck_leavesTheConnectionToThePool() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    makeIdleFor(pool, Duration.ofSeconds(1));
    held.hold();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();

    waiting.cancel(true);
    held.letGo();

    assertThat(pool.available()).isEqualTo(1);
    assertThat(pool.inUse()).isZero();
  }

  @Test
  void anAsynchronousCheckerThatSaysNoIsBelieved() throws Exception {
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    ConnectionPool<FakeConnection> pool =
        build(builder().maxSize(1).asyncHealthChecker(connection -> answer));
    makeIdleFor(pool, Duration.ofSeconds(1));
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();
    assertThat(waiting).isNotDone();

    answer.complete(false);

    assertThat(get(waiting).connection()).isSameAs(server.made.get(1));
  }

  @Test
  void checkOnReturnKeepsAnUnfitConnectionOut() throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder().checkOnReturn(true));
    Lease<FakeConnection> lease = pool.acquire();
    lease.connection().healthy.set(false);

    lease.close();

    assertThat(server.checks).hasValue(1);
    assertThat(pool.available()).isZero();
    assertThat(server.closed).hasSize(1);
  }

  @Test
  void withoutCheckOnBorrowNothingIsCheckedThen() throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder().checkOnBorrow(false));
    makeIdleFor(pool, Duration.ofSeconds(20));

    pool.acquire().close();

    assertThat(server.checks).hasValue(0);
  }

  @Test
  void idleConnectionsAreCheckedInTheBackground() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(builder().minSize(1).maintenanceInterval(Duration.ofSeconds(10)));
    get(pool.start());
    server.made.get(0).healthy.set(false);

    time.advance(Duration.ofSeconds(30));

    assertThat(server.checks).hasValue(1);
    assertThat(server.closed).hasSize(1);
    assertThat(pool.available()).as("replaced").isEqualTo(1);
  }

  @Test
  void afterASuspendEveryConnectionIsCheckedBeforeItsNextUse() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    pool.acquire().close();
    server.made.get(0).healthy.set(false);

    time.suspend(Duration.ofHours(8));

    assertThat(pool.acquire().connection()).isSameAs(server.made.get(1));
  }

  @Test
  void aClockThatIsSetBackMakesConnectionsSuspectButKillsNone() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    pool.acquire().close();

    time.jumpWall(Duration.ofDays(-1));

    assertThat(pool.acquire().connection()).isSameAs(server.made.get(0));
    assertThat(server.checks).hasValue(1);
  }

  @Test
  void machineThatSleepsDuringOnAcquire_hasTheConnectionCheckedOnceMore() {
    Hook hook = new Hook();
    ConnectionPool<FakeConnection> pool = build(builder().maxSize(1).asyncOnAcquire(hook::run));
    CompletableFuture<Lease<FakeConnection>> caller = pool.acquireAsync();
    assertThat(hook.calls).hasSize(1);
    server.made.get(0).healthy.set(false);

    time.suspend(Duration.ofHours(8));
    hook.end(0);
    assertThat(server.checks).hasValue(1);
    hook.end(1);

    assertThat(get(caller).connection().number).isEqualTo(2);
  }

  @Test
  void machineThatSleepsDuringOnAcquireOfANewConnection_hasItCheckedOnceMore() {
    Hook hook = new Hook();
    ConnectionPool<FakeConnection> pool = build(builder().maxSize(1).asyncOnAcquire(hook::run));
    CompletableFuture<Lease<FakeConnection>> caller = pool.acquireAsync();
    // From now on a connection joins the pool only after its hook.
    hook.calls.get(0).completeExceptionally(new IllegalStateException("cannot be adapted"));
    assertThat(hook.calls).hasSize(2);
    int checks = server.checks.get();
    server.made.get(1).healthy.set(false);

    time.suspend(Duration.ofHours(8));
    hook.end(1);
    assertThat(server.checks).hasValue(checks + 1);
    hook.end(2);

    assertThat(get(caller).connection().number).isEqualTo(3);
  }

  /** A checker whose answers the test gives. */
  private ConnectionPool<FakeConnection> answered(
      List<CompletableFuture<Boolean>> answers, boolean checkOnCreate) {
    return build(
        builder()
            .maxSize(1)
            .checkOnCreate(checkOnCreate)
            .asyncHealthChecker(
                connection -> {
                  CompletableFuture<Boolean> answer = new CompletableFuture<>();
                  answers.add(answer);
                  return answer;
                }));
  }

  @Test
  void machineThatSleepsDuringACheck_hasTheConnectionCheckedOnceMore() throws Exception {
    List<CompletableFuture<Boolean>> answers = new ArrayList<>();
    ConnectionPool<FakeConnection> pool = answered(answers, /* checkOnCreate= */ false);
    makeIdleFor(pool, Duration.ofSeconds(1));
    CompletableFuture<Lease<FakeConnection>> caller = pool.acquireAsync();
    assertThat(answers).hasSize(1);

    time.suspend(Duration.ofHours(8));
    answers.get(0).complete(true);
    assertThat(caller).as("the answer may be from before").isNotDone();
    answers.get(1).complete(true);

    get(caller).close();
    assertThat(answers).hasSize(2);
  }

  @Test
  void sleepDuringACheckThatIsNoticedBeforeItsEnd_isNotForgotten() throws Exception {
    List<CompletableFuture<Boolean>> answers = new ArrayList<>();
    ConnectionPool<FakeConnection> pool = answered(answers, /* checkOnCreate= */ false);
    makeIdleFor(pool, Duration.ofSeconds(1));
    CompletableFuture<Lease<FakeConnection>> caller = pool.acquireAsync();

    time.suspend(Duration.ofHours(8));
    get(pool.maintain());
    answers.get(0).complete(true);
    assertThat(caller).isNotDone();
    answers.get(1).complete(true);

    get(caller).close();
    assertThat(answers).hasSize(2);
  }

  @Test
  void machineThatSleepsDuringTheFirstCheck_hasTheConnectionCheckedOnceMore() {
    List<CompletableFuture<Boolean>> answers = new ArrayList<>();
    ConnectionPool<FakeConnection> pool = answered(answers, /* checkOnCreate= */ true);
    CompletableFuture<Lease<FakeConnection>> caller = pool.acquireAsync();
    assertThat(answers).hasSize(1);

    time.suspend(Duration.ofHours(8));
    answers.get(0).complete(true);
    assertThat(caller).isNotDone();
    answers.get(1).complete(true);

    get(caller).close();
    assertThat(answers).hasSize(2);
  }

  @Test
  void machineThatSleepsDuringACreation_hasTheConnectionCheckedBeforeItIsLeased() throws Exception {
    CompletableFuture<FakeConnection> creation = new CompletableFuture<>();
    ConnectionPool<FakeConnection> pool =
        build(
            ConnectionPool.<FakeConnection>asyncBuilder(arguments -> creation)
                .healthChecker(server::check)
                .cleaner(server::close)
                .executor(held)
                .minSize(0)
                .maxSize(1)
                .time(time));
    CompletableFuture<Lease<FakeConnection>> caller = pool.acquireAsync();
    FakeConnection connection = server.open(Arguments.none());

    time.suspend(Duration.ofHours(8));
    creation.complete(connection);

    assertThat(server.checks).hasValue(1);
    get(caller).close();
  }

  @Test
  void jumpOfTheClocks_costsAPoolWithoutChecksNothing() throws Exception {
    ConnectionPool<FakeConnection> pool = build(withoutChecker().maxSize(1));
    pool.acquire().close();

    time.jumpWall(Duration.ofHours(1));
    get(pool.maintain());

    Lease<FakeConnection> lease = pool.acquire();
    lease.close();
    assertThat(lease.slot().isMarked()).as("the next lease needs the lock").isFalse();
  }

  @Test
  void isHealthyAsksTheChecker() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    FakeConnection connection = pool.acquire().connection();

    assertThat(pool.isHealthy(connection)).isTrue();
    connection.healthy.set(false);
    assertThat(pool.isHealthy(connection)).isFalse();
    assertThat(pool.inUse()).as("whatever it says").isEqualTo(1);
  }

  @Test
  void afterASuspendEvenAPoolThatDoesNotCheckOnBorrowChecksOnce() throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder().maxSize(1).checkOnBorrow(false));
    pool.acquire().close();

    time.suspend(Duration.ofHours(8));

    pool.acquire().close();
    pool.acquire().close();
    assertThat(server.checks).hasValue(1);
  }

  @Test
  void aCheckThatAStopHasOvertakenBeforeItBeganIsLeftOut() throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder().maxSize(1));
    makeIdleFor(pool, Duration.ofSeconds(1));
    held.hold();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();
    CompletableFuture<Void> stopped = pool.stop(Duration.ZERO);

    held.letGo();

    get(stopped);
    assertThat(server.checks).as("the connection is closed").hasValue(0);
    assertThat(waiting).isCompletedExceptionally();
  }
}

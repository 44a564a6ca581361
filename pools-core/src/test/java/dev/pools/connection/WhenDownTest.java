package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pools.Arguments;
import dev.pools.internal.Durations;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class WhenDownTest extends ConnectionTestBase {

  private static final AcquireOptions FAIL = AcquireOptions.whenDown(WhenDown.FAIL);

  private final IOException down = new IOException("refused");

  /** A pool whose last attempt has failed just now. */
  private ConnectionPool<FakeConnection> cutOff(ConnectionPoolBuilder<FakeConnection> builder) {
    ConnectionPool<FakeConnection> pool = build(builder.name("cut-off"));
    get(pool.start());
    server.refusal.set(down);
    pool.tryAcquire();
    assertThat(pool.stats().consecutiveCreateFailures()).isEqualTo(1);
    return pool;
  }

  private void assertDown(CompletableFuture<?> refused) {
    assertThat(refused).isCompletedExceptionally();
    assertThatThrownBy(refused::get).hasCauseInstanceOf(BackendDownException.class);
  }

  @Test
  void callerThatDoesNotWait_isToldTheCauseAndWhenToRetry() {
    ConnectionPool<FakeConnection> pool = cutOff(builder());

    BackendDownException refused =
        catchThrowableOfType(BackendDownException.class, () -> pool.acquire(FAIL).close());

    assertThat(refused)
        .hasCause(down)
        .hasMessageContaining("Pool 'cut-off'")
        .hasMessageContaining("1 attempt has failed")
        .hasMessageContaining("may start in " + Durations.text(refused.nextAttempt()));
    assertThat(refused.nextAttempt()).isPositive().isLessThan(Duration.ofSeconds(1));
    assertDown(pool.acquireAsync(FAIL));
    assertDown(pool.useAsync(FAIL, connection -> CompletableFuture.completedFuture("unused")));
    assertThatThrownBy(() -> pool.use(FAIL, connection -> "unused"))
        .isInstanceOf(BackendDownException.class);
    assertThat(pool.stats().refusedDown()).isEqualTo(4);
    assertThat(pool.stats().waiting()).isZero();
    assertThat(server.attempts).hasValue(1);
  }

  @Test
  void waiterIsServedWhenTheServerIsBack_besideOneThatFailsAtOnce() {
    ConnectionPool<FakeConnection> pool = cutOff(builder());
    CompletableFuture<Lease<FakeConnection>> patient = pool.acquireAsync();
    assertDown(pool.acquireAsync(FAIL));
    assertThat(patient).isNotDone();

    server.refusal.set(null);
    time.advance(Duration.ofSeconds(1));

    assertThat(get(patient).connection()).isNotNull();
  }

  @Test
  void theBuilderSaysItForAllAndOneAcquireMaySayOtherwise() {
    ConnectionPool<FakeConnection> pool = cutOff(builder().whenDown(WhenDown.FAIL));

    assertDown(pool.acquireAsync());
    assertDown(pool.acquireAsync(Arguments.of("db1"), Duration.ofSeconds(1)));
    assertThatThrownBy(pool::acquire).isInstanceOf(BackendDownException.class);
    CompletableFuture<Lease<FakeConnection>> patient =
        pool.acquireAsync(AcquireOptions.whenDown(WhenDown.WAIT));

    assertThat(patient).isNotDone();
    patient.cancel(true);
  }

  @Test
  void callersDoNotWaitForTheProbeOfThePool() throws Exception {
    ConnectionPool<FakeConnection> pool = cutOff(builder());
    held.hold();
    time.advance(Duration.ofSeconds(1));
    assertThat(pool.stats().creating()).as("though no caller asks").isEqualTo(1);

    CompletableFuture<Lease<FakeConnection>> first = pool.acquireAsync(FAIL);

    assertDown(first);
    assertThatThrownBy(first::get).hasMessageContaining("is due or running");
    server.refusal.set(null);
    held.letGo();
    assertThat(pool.acquire(FAIL).connection()).isNotNull();
  }

  @Test
  void aCallerIsToldOfTheProbesThatHaveFailed() {
    ConnectionPool<FakeConnection> pool = cutOff(builder());
    time.advance(Duration.ofSeconds(1));

    CompletableFuture<Lease<FakeConnection>> first = pool.acquireAsync(FAIL);

    assertDown(first);
    assertThat(server.attempts).hasValueGreaterThan(1);
    assertThatThrownBy(first::get).hasMessageContaining(server.attempts + " attempts in a row");
  }

  @Test
  void thoseInLineAreToldWhenTheServerGoesDownMeanwhileAndAnAttemptHangs() {
    callsAreHeldInside();
    ConnectionPool<FakeConnection> pool =
        build(builder().maxSize(1).createTimeout(Duration.ofSeconds(5)));
    held.hold();
    CompletableFuture<Lease<FakeConnection>> impatient = pool.acquireAsync(FAIL);
    CompletableFuture<Lease<FakeConnection>> patient = pool.acquireAsync();
    assertThat(impatient).isNotDone();

    time.advance(Duration.ofSeconds(5));
    held.letGo();

    assertDown(impatient);
    patient.cancel(true);
  }

  @Test
  void failedAttemptDoesNotSpoilTheOthers() {
    ConnectionPool<FakeConnection> pool = sized(0, 2);
    held.hold();
    CompletableFuture<Lease<FakeConnection>> first = pool.acquireAsync(FAIL);
    CompletableFuture<Lease<FakeConnection>> second = pool.acquireAsync(FAIL);
    server.refusal.set(down);
    held.runOne();
    assertThat(first).isNotDone();
    assertThat(second).isNotDone();

    server.refusal.set(null);
    held.letGo();
    time.advance(Duration.ofSeconds(1));

    assertThat(get(first)).isNotNull();
    assertThat(get(second)).isNotNull();
  }

  @Test
  void aConnectionInUseIsWorthWaitingFor() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 2);
    Lease<FakeConnection> alive = pool.acquire();
    server.refusal.set(down);
    pool.tryAcquire();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(FAIL);
    assertThat(waiting).isNotDone();

    alive.close();

    assertThat(get(waiting).connection()).isSameAs(server.made.get(0));
  }

  @Test
  void thoseInLineAreToldWhenTheLastConnectionBreaksDuringThePause() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 2);
    Lease<FakeConnection> alive = pool.acquire();
    server.refusal.set(down);
    pool.tryAcquire();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(FAIL);

    alive.invalidate();

    assertDown(waiting);
  }

  @Test
  void whileThePoolIsSuspendedNothingIsKnown() {
    ConnectionPool<FakeConnection> pool = cutOff(builder());
    pool.suspend();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(FAIL);
    assertThat(waiting).isNotDone();

    pool.resume();

    assertDown(waiting);
  }

  @Test
  void badOptionsAreRejected() {
    assertThatThrownBy(() -> FAIL.withTimeout(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("timeout is PT-1S");
    assertThat(FAIL.withTimeout(Duration.ZERO).withArguments(Arguments.of("db1")))
        .isEqualTo(new AcquireOptions(Arguments.of("db1"), Duration.ZERO, WhenDown.FAIL, null));
  }

  @Test
  void timeOutsAndArgumentsOfTheOptionsCount() {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    AcquireOptions options =
        AcquireOptions.DEFAULT
            .withArguments(Arguments.of("db1"))
            .withTimeout(Duration.ofSeconds(3));
    Lease<FakeConnection> lease = get(pool.acquireAsync(options));
    assertThat(lease.connection().madeWith).isEqualTo(Arguments.of("db1"));

    CompletableFuture<Lease<FakeConnection>> late = pool.acquireAsync(options);
    time.advance(Duration.ofSeconds(3));

    assertThat(late).isCompletedExceptionally();
    assertThatThrownBy(late::get).hasCauseInstanceOf(AcquireTimeoutException.class);
  }
}

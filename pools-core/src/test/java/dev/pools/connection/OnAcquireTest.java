package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.Arguments;
import dev.pools.internal.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The hook that adapts a connection before each lease. */
class OnAcquireTest extends ConnectionTestBase {

  private final List<Integer> prepared = new ArrayList<>();
  private final AtomicReference<@Nullable RuntimeException> refusal = new AtomicReference<>();

  private ConnectionPoolBuilder<FakeConnection> preparing() {
    return builder()
        .maxSize(1)
        .onAcquire(
            connection -> {
              prepared.add(connection.number);
              RuntimeException refused = refusal.get();
              if (refused != null) {
                throw refused;
              }
            });
  }

  @Test
  void eachLease_comesAfterOneRunOfTheHook() throws Exception {
    ConnectionPool<FakeConnection> pool = build(preparing());

    pool.acquire().close();
    pool.acquire(Duration.ZERO).close();
    pool.acquire(Arguments.of("any")).close();
    get(pool.acquireAsync()).close();
    pool.use(connection -> 1);
    get(pool.useAsync(connection -> CompletableFuture.completedFuture(1)));

    assertThat(prepared).containsExactly(1, 1, 1, 1, 1, 1);
    assertThat(pool.stats().acquired()).isEqualTo(6);
  }

  @Test
  void tryAcquire_hasAConnectionPreparedForTheNextCall() {
    ConnectionPool<FakeConnection> pool = build(preparing());

    assertThat(pool.tryAcquire()).as("one is created").isEmpty();
    Lease<FakeConnection> lease = pool.tryAcquire().orElseThrow();
    lease.close();

    assertThat(pool.tryAcquire()).as("it is prepared").isEmpty();
    assertThat(prepared).containsExactly(1, 1);
    pool.tryAcquire().orElseThrow().close();
    assertThat(prepared).containsExactly(1, 1);
  }

  /** Time in which a call ends at its limit, before the pool is told that it is overdue. */
  private static final class JustInTime extends ManualTime {
    private @Nullable Runnable atTheLimit;

    @Override
    public Timer schedule(long delayNanos, Runnable action) {
      Runnable first = atTheLimit;
      // The first timer that is set when the limit of a call is over.
      if (first != null && delayNanos == TimeUnit.SECONDS.toNanos(1)) {
        atTheLimit = null;
        first.run();
      }
      return super.schedule(delayNanos, action);
    }
  }

  @Test
  void firstCheckThatPassesAtItsLimit_doesNotCloseTheConnectionDuringItsHook() {
    JustInTime justInTime = new JustInTime();
    Hook hook = new Hook();
    CompletableFuture<Boolean> check = new CompletableFuture<>();
    ConnectionPool<FakeConnection> pool =
        build(
            withoutChecker()
                .maxSize(1)
                .asyncHealthChecker(connection -> check)
                .healthCheckTimeout(Duration.ofSeconds(3))
                .asyncOnAcquire(hook::run)
                .hookTimeout(Duration.ofMinutes(1))
                .time(justInTime));
    CompletableFuture<Lease<FakeConnection>> caller = pool.acquireAsync();
    hook.calls.get(0).completeExceptionally(new IllegalStateException("not prepared"));
    assertThat(pool.stats().creating()).as("the next must pass both").isEqualTo(1);

    justInTime.atTheLimit = () -> check.complete(true);
    justInTime.advance(Duration.ofSeconds(3));

    assertThat(hook.calls).hasSize(2);
    assertThat(server.closed).as("closed during its hook").hasSize(1);
    assertThat(pool.stats().createFailures()).isZero();
    hook.end(1);
    get(caller).close();
  }

  @Test
  void dueCheck_comesBeforeTheHook() throws Exception {
    Hook hook = new Hook();
    ConnectionPool<FakeConnection> pool =
        build(builder().maxSize(1).idleBypass(Duration.ZERO).asyncOnAcquire(hook::run));
    CompletableFuture<Lease<FakeConnection>> first = pool.acquireAsync();
    hook.end(0);
    get(first).close();
    List<Integer> callsAtCheck = new ArrayList<>();
    server.onCheck.set(() -> callsAtCheck.add(hook.calls.size()));

    CompletableFuture<Lease<FakeConnection>> second = pool.acquireAsync();
    assertThat(callsAtCheck).containsExactly(1);
    assertThat(hook.calls).hasSize(2);
    assertThat(second).isNotDone();
    hook.end(1);

    get(second).close();
  }

  @Test
  void callerWithoutTime_waitsForTheHookOfAnIdleConnection() {
    Hook hook = new Hook();
    ConnectionPool<FakeConnection> pool =
        build(builder().maxSize(1).hookTimeout(Duration.ofSeconds(4)).asyncOnAcquire(hook::run));
    CompletableFuture<Lease<FakeConnection>> first = pool.acquireAsync();
    hook.end(0);
    get(first).close();

    CompletableFuture<Lease<FakeConnection>> second = pool.acquireAsync(Duration.ZERO);
    time.advance(Duration.ofMillis(3900));
    assertThat(second).isNotDone();
    hook.end(1);

    get(second).close();
  }

  @Test
  void callerThatGivesUpDuringTheHook_leavesThePreparedConnectionToTheNext() {
    Hook hook = new Hook();
    ConnectionPool<FakeConnection> pool = build(builder().maxSize(1).asyncOnAcquire(hook::run));
    CompletableFuture<Lease<FakeConnection>> cancelled = pool.acquireAsync();
    CompletableFuture<Lease<FakeConnection>> timedOut = pool.acquireAsync(Duration.ofSeconds(1));
    CompletableFuture<Lease<FakeConnection>> next = pool.acquireAsync();

    cancelled.cancel(false);
    time.advance(Duration.ofSeconds(1));
    assertThat(timedOut).isCompletedExceptionally();
    hook.end(0);
    get(next).close();
    CompletableFuture<Lease<FakeConnection>> last = pool.acquireAsync();
    last.cancel(false);
    hook.end(1);

    assertThat(pool.tryAcquire()).as("it is prepared and idle").isPresent();
    assertThat(hook.calls).hasSize(2);
  }

  @Test
  void preparedConnection_isLeasedBeforeOneThatIsNot() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(preparing().maxSize(2).idleBypass(Duration.ofMinutes(1)));
    Lease<FakeConnection> first = pool.acquire();
    Lease<FakeConnection> second = pool.acquire();
    first.close();
    assertThat(pool.tryAcquire()).isEmpty();
    time.advance(Duration.ofSeconds(1));
    second.close();

    assertThat(pool.tryAcquire().orElseThrow().connection().number).isEqualTo(1);
  }

  @Test
  void interruptedCaller_ownsNothing() throws Exception {
    Hook hook = new Hook();
    ConnectionPool<FakeConnection> pool = build(builder().maxSize(1).asyncOnAcquire(hook::run));

    Thread.currentThread().interrupt();
    assertThatThrownBy(pool::acquire).isInstanceOf(InterruptedException.class);
    hook.end(0);

    assertThat(pool.stats().idle()).isEqualTo(1);
    assertThat(pool.tryAcquire()).isPresent();
  }

  @Test
  void hookThatFails_closesTheConnectionAndTheCallerGetsAnother() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .maxSize(2)
                .onAcquire(
                    connection -> {
                      if (connection.number == 1) {
                        throw new IllegalStateException("cannot be adapted");
                      }
                    }));

    assertThat(pool.acquire().connection().number).isEqualTo(2);

    assertThat(server.closed).hasSize(1);
    assertThat(pool.stats().retired()).containsEntry(RetireReason.PREPARATION_FAILED, 1L);
    assertThat(pool.stats().createFailures()).isZero();
  }

  @Test
  void hookThatHangs_isCancelledAndTheCallerGetsAnother() {
    Hook hook = new Hook();
    ConnectionPool<FakeConnection> pool =
        build(builder().maxSize(1).hookTimeout(Duration.ofSeconds(3)).asyncOnAcquire(hook::run));
    CompletableFuture<Lease<FakeConnection>> caller = pool.acquireAsync();

    time.advance(Duration.ofMillis(2999));
    assertThat(server.closed).isEmpty();
    time.advance(Duration.ofMillis(1));
    assertThat(hook.calls.get(0)).isCancelled();
    assertThat(server.closed).hasSize(1);
    hook.end(1);

    assertThat(get(caller).connection().number).isEqualTo(2);
    assertThat(pool.stats().retired()).containsEntry(RetireReason.PREPARATION_FAILED, 1L);
  }

  @Test
  void hookThatKeepsFailing_costsAttemptsWithPausesAndNamesItsFailure() {
    refusal.set(new IllegalStateException("cannot be adapted"));
    ConnectionPool<FakeConnection> pool =
        build(
            preparing()
                .maxSize(4)
                .backoff(Duration.ofMillis(100), Duration.ofSeconds(1))
                .acquireTimeout(Duration.ofSeconds(10)));
    CompletableFuture<Lease<FakeConnection>> caller = pool.acquireAsync();

    for (int i = 0; i < 1000; i++) {
      time.advance(Duration.ofMillis(10));
    }

    assertThat(server.attempts).hasValueLessThan(30);
    assertThat(pool.stats().createFailures()).isEqualTo(server.attempts.get() - 1);
    assertThat(pool.stats().lastCreateFailure()).hasRootCause(refusal.get());
    assertThat(caller)
        .failsWithin(Duration.ofSeconds(PATIENCE_SECONDS))
        .withThrowableOfType(java.util.concurrent.ExecutionException.class)
        .withCauseInstanceOf(AcquireTimeoutException.class)
        .withStackTraceContaining("cannot be adapted");

    refusal.set(null);
    caller = pool.acquireAsync();
    time.advance(Duration.ofSeconds(1));
    get(caller).close();
    int attempts = server.attempts.get();
    get(pool.acquireAsync()).close();
    assertThat(server.attempts).hasValue(attempts);
  }

  @Test
  void hookThatFailsOnNewConnectionsOnly_costsAttemptsWithPauses() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .maxSize(2)
                .backoff(Duration.ofMillis(100), Duration.ofSeconds(1))
                .onAcquire(
                    connection -> {
                      if (connection.number > 1) {
                        throw new IllegalStateException("cannot be adapted");
                      }
                    }));
    Lease<FakeConnection> old = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> second = pool.acquireAsync(Duration.ofSeconds(30));

    for (int i = 0; i < 1000; i++) {
      time.advance(Duration.ofMillis(10));
      if (i % 10 == 0) {
        old.close();
        CompletableFuture<Lease<FakeConnection>> again = pool.acquireAsync();
        get(second).close();
        old = get(again);
        second = pool.acquireAsync(Duration.ofSeconds(30));
      }
    }

    assertThat(server.attempts).hasValueLessThan(30);
    second.cancel(false);
    old.close();
  }

  @Test
  void failureBeforeAnyFailedCreation_isTheCauseOfATimeout() {
    Hook hook = new Hook();
    ConnectionPool<FakeConnection> pool =
        build(builder().maxSize(1).hookTimeout(Duration.ofSeconds(1)).asyncOnAcquire(hook::run));
    CompletableFuture<Lease<FakeConnection>> caller = pool.acquireAsync(Duration.ofMillis(1500));

    time.advance(Duration.ofSeconds(1));
    time.advance(Duration.ofMillis(500));

    assertThat(caller)
        .failsWithin(Duration.ofSeconds(PATIENCE_SECONDS))
        .withThrowableOfType(java.util.concurrent.ExecutionException.class)
        .withStackTraceContaining("onAcquire has not ended within 1 s (hookTimeout)");
  }

  @Test
  void preparedConnection_isNotThereforeProven() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(preparing().idleBypass(Duration.ZERO).healthCheckInterval(Duration.ofHours(1)));
    pool.acquire().close();
    time.advance(Duration.ofSeconds(1));

    pool.acquire().close();
    time.advance(Duration.ofSeconds(1));
    pool.acquire().close();

    assertThat(server.checks).hasValue(2);
  }

  @Test
  void doubtThatArisesDuringAHook_isLookedAtBeforeTheLease() {
    assertLooksAtDoubtThatArisesDuringTheHook(/* hasFailed= */ false);
  }

  @Test
  void doubtThatArisesDuringTheHookOfANewConnection_isLookedAtBeforeTheLease() {
    assertLooksAtDoubtThatArisesDuringTheHook(/* hasFailed= */ true);
  }

  /**
   * One connection is found broken while another one is prepared.
   *
   * @param hasFailed whether the hook has failed once: then a connection joins the pool only after
   *     its hook
   */
  private void assertLooksAtDoubtThatArisesDuringTheHook(boolean hasFailed) {
    Hook hook = new Hook();
    ConnectionPool<FakeConnection> pool = build(builder().maxSize(2).asyncOnAcquire(hook::run));
    CompletableFuture<Lease<FakeConnection>> one = pool.acquireAsync();
    hook.end(0);
    Lease<FakeConnection> first = get(one);
    CompletableFuture<Lease<FakeConnection>> two = pool.acquireAsync();
    if (hasFailed) {
      hook.calls.get(1).completeExceptionally(new IllegalStateException("cannot be adapted"));
    }
    int last = hasFailed ? 2 : 1;
    assertThat(hook.calls).hasSize(last + 1);

    first.invalidate();
    int checks = server.checks.get();
    hook.end(last);

    get(two).close();
    assertThat(server.checks).hasValue(checks + 1);
  }

  @Test
  void doubtThatArisesDuringAReset_isLookedAtBeforeTheLease() {
    Hook hook = new Hook();
    ConnectionPool<FakeConnection> pool = build(builder().maxSize(2).asyncOnReturn(hook::run));
    Lease<FakeConnection> first = get(pool.acquireAsync());
    Lease<FakeConnection> second = get(pool.acquireAsync());
    second.close();

    first.invalidate();
    int checks = server.checks.get();
    hook.end(0);

    assertThat(server.checks).hasValue(checks + 1);
  }

  @Test
  void resetOfOneConnection_doesNotKeepAnIdleOneFromACaller() {
    Hook reset = new Hook();
    ConnectionPool<FakeConnection> pool = build(preparing().maxSize(2).asyncOnReturn(reset::run));
    FakeConnection idle = idleWhileTheOtherIsReset(pool, reset);

    Lease<FakeConnection> third = get(pool.acquireAsync());

    assertThat(third.connection()).isSameAs(idle);
    reset.end(1);
    third.close();
    reset.end(2);
  }

  /** Leases both connections, and returns the first, which is idle again. */
  private static FakeConnection idleWhileTheOtherIsReset(
      ConnectionPool<FakeConnection> pool, Hook reset) {
    Lease<FakeConnection> first = get(pool.acquireAsync());
    Lease<FakeConnection> second = get(pool.acquireAsync());
    FakeConnection idle = first.connection();
    first.close();
    reset.end(0);
    second.close();
    return idle;
  }

  @Test
  void resetOfAPreparedConnection_isFollowedByAnotherPreparation() {
    List<String> calls = new ArrayList<>();
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .maxSize(1)
                .onAcquire(connection -> calls.add("prepare"))
                .onReturn(connection -> calls.add("reset")));

    assertThatThrownBy(
            () ->
                pool.use(
                    connection -> {
                      pool.release(connection);
                      assertThat(pool.tryAcquire()).as("it is prepared").isEmpty();
                      throw new IllegalStateException("after the end of the lease");
                    }))
        .isInstanceOf(IllegalStateException.class);
    get(pool.acquireAsync()).close();

    assertThat(calls).containsExactly("prepare", "reset", "prepare", "reset", "prepare", "reset");
  }

  @Test
  void resetOfOneConnection_doesNotKeepTryAcquireFromHavingAnotherPrepared() {
    for (ArgumentMatching matching : ArgumentMatching.values()) {
      Hook reset = new Hook();
      ConnectionPool<FakeConnection> pool =
          build(preparing().maxSize(2).argumentMatching(matching).asyncOnReturn(reset::run));
      FakeConnection idle = idleWhileTheOtherIsReset(pool, reset);

      assertThat(pool.tryAcquire()).as("it is prepared").isEmpty();
      Lease<FakeConnection> third = pool.tryAcquire().orElseThrow();

      assertThat(third.connection()).isSameAs(idle);
      reset.end(1);
      third.close();
      reset.end(2);
    }
  }

  @Test
  void preparationThatTakesLong_doesNotKeepOtherConnectionsFromBeingChecked() {
    Hook hook = new Hook();
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .maxConcurrentCreates(1)
                .hookTimeout(Duration.ofHours(1))
                .asyncOnAcquire(hook::run));
    CompletableFuture<Lease<FakeConnection>> first = pool.acquireAsync();
    hook.end(0);
    CompletableFuture<Lease<FakeConnection>> second = pool.acquireAsync();
    hook.end(1);
    get(first).close();
    get(second).close();
    CompletableFuture<Lease<FakeConnection>> next = pool.acquireAsync(Duration.ofHours(1));
    assertThat(hook.calls).hasSize(3);

    time.advance(Duration.ofMinutes(1));

    assertThat(server.checks).as("of the other one").hasPositiveValue();
    hook.end(2);
    get(next).close();
  }

  @Test
  void suspension_keepsAPreparedConnectionFromCallersUntilItIsOver() {
    Hook hook = new Hook();
    ConnectionPool<FakeConnection> pool = build(builder().maxSize(1).asyncOnAcquire(hook::run));
    CompletableFuture<Lease<FakeConnection>> caller = pool.acquireAsync();

    pool.suspend();
    hook.end(0);
    assertThat(caller).isNotDone();
    pool.resume();

    get(caller).close();
    assertThat(hook.calls).hasSize(1);
  }

  @Test
  void stopDuringTheHook_closesTheConnectionOnce() {
    Hook hook = new Hook();
    ConnectionPool<FakeConnection> pool = build(builder().maxSize(1).asyncOnAcquire(hook::run));
    CompletableFuture<Lease<FakeConnection>> caller = pool.acquireAsync();

    CompletableFuture<Void> stopped = pool.stop();
    assertThat(caller).isCompletedExceptionally();
    hook.end(0);

    get(stopped);
    assertThat(server.closed).hasSize(1);
  }

  @Test
  void stopAtItsDeadlineDuringTheHook_closesTheConnectionOnce() {
    Hook hook = new Hook();
    ConnectionPool<FakeConnection> pool = build(builder().maxSize(1).asyncOnAcquire(hook::run));
    pool.acquireAsync();

    get(pool.stop(Duration.ZERO));
    hook.end(0);

    assertThat(server.closed).hasSize(1);
  }

  @Test
  void stopWhileANewConnectionMustPassTheHook_closesTheConnectionOnce() {
    Hook hook = new Hook();
    ConnectionPool<FakeConnection> pool = build(builder().maxSize(1).asyncOnAcquire(hook::run));
    pool.acquireAsync();
    hook.calls.get(0).completeExceptionally(new IllegalStateException("cannot be adapted"));
    assertThat(pool.stats().creating()).isEqualTo(1);

    get(pool.stop());
    hook.end(1);

    assertThat(server.closed).hasSize(2);
  }

  @Test
  void evictionDuringTheHook_closesTheConnectionAndTheCallerGetsAnother() {
    Hook hook = new Hook();
    ConnectionPool<FakeConnection> pool = build(builder().maxSize(1).asyncOnAcquire(hook::run));
    CompletableFuture<Lease<FakeConnection>> caller = pool.acquireAsync();

    pool.softEvict();
    hook.end(0);
    hook.end(1);

    assertThat(get(caller).connection().number).isEqualTo(2);
  }

  @Test
  void waiterLimit_letsACallerWaitForTheHookOfAnIdleConnection() {
    Hook hook = new Hook();
    ConnectionPool<FakeConnection> pool =
        build(builder().maxSize(1).waiterLimit(0).asyncOnAcquire(hook::run));
    assertThat(pool.tryAcquire()).isEmpty();

    CompletableFuture<Lease<FakeConnection>> caller = pool.acquireAsync();
    assertThat(caller).isNotDone();
    hook.end(0);

    get(caller).close();
  }

  @Test
  void sameArguments_havePreparedWhatTheCallerGets() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(preparing().maxSize(2).argumentMatching(ArgumentMatching.SAME));
    Arguments one = Arguments.of("one");
    Arguments two = Arguments.of("two");

    pool.acquire(one).close();
    pool.acquire(two).close();
    pool.acquire(one).close();
    assertThat(pool.tryAcquire(two)).isEmpty();
    pool.tryAcquire(two).orElseThrow().close();

    assertThat(prepared).containsExactly(1, 2, 1, 2);
  }

  @Test
  void tenantWhoseHookFails_delaysNoOther() {
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .maxSize(2)
                .argumentMatching(ArgumentMatching.SAME)
                .onAcquire(
                    connection -> {
                      if (connection.madeWith.equals(Arguments.of("bad"))) {
                        throw new IllegalStateException("cannot be adapted");
                      }
                    }));
    CompletableFuture<Lease<FakeConnection>> bad = pool.acquireAsync(Arguments.of("bad"));

    for (int i = 0; i < 100; i++) {
      get(pool.acquireAsync(Arguments.of("good"))).close();
      time.advance(Duration.ofMillis(10));
    }

    assertThat(bad).isNotDone();
    assertThat(server.attempts).hasValueLessThan(15);
    bad.cancel(false);
  }

  @Test
  void leaseThatOvertakes_isPrepared() throws Exception {
    ConnectionPool<FakeConnection> pool = build(preparing().fairness(Fairness.THROUGHPUT));
    Lease<FakeConnection> lease = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();

    lease.close();

    get(waiting).close();
    assertThat(prepared).containsExactly(1, 1);
  }

  @Test
  void leakDetection_beginsAfterTheHook() {
    Hook hook = new Hook();
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .maxSize(1)
                .hookTimeout(Duration.ofMinutes(5))
                .leakThreshold(Duration.ofMinutes(1))
                .asyncOnAcquire(hook::run));
    CompletableFuture<Lease<FakeConnection>> caller = pool.acquireAsync(Duration.ofHours(1));

    time.advance(Duration.ofMinutes(2));
    get(pool.maintain());
    assertThat(pool.stats().leaks()).isZero();
    hook.end(0);

    get(caller).close();
  }
}

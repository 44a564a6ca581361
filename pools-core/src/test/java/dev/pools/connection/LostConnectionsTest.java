package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import dev.pools.Arguments;
import dev.pools.internal.LogOf;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Connections that are lost after their first lease, one after another, although each is created.
 */
class LostConnectionsTest extends ConnectionTestBase {

  /** How a pool loses each connection after its first lease. */
  private enum Loss {
    RESET,
    BROKEN,
    INVALIDATED,
    CHECK_ON_RETURN,
    CHECK_ON_BORROW,
    PREPARATION
  }

  private boolean loses = true;

  private ConnectionPoolBuilder<FakeConnection> quick() {
    return builder().maxSize(4).backoff(Duration.ofMillis(100), Duration.ofSeconds(1));
  }

  private ConnectionPool<FakeConnection> losing(Loss how) {
    ConnectionPoolBuilder<FakeConnection> builder = quick();
    return build(
        switch (how) {
          case RESET -> builder.onReturn(this::failIfUsed);
          case BROKEN, INVALIDATED -> builder;
          case CHECK_ON_RETURN ->
              builder.checkOnReturn(true).healthChecker(connection -> !isLost(connection));
          case CHECK_ON_BORROW ->
              builder.idleBypass(Duration.ZERO).healthChecker(connection -> !isLost(connection));
          case PREPARATION -> builder.onAcquire(this::failIfUsed);
        });
  }

  private boolean isLost(FakeConnection connection) {
    return loses && connection.owners.get() > 0;
  }

  private void failIfUsed(FakeConnection connection) {
    if (isLost(connection)) {
      throw new IllegalStateException("lost");
    }
  }

  /** Ends the lease as a caller does that meets this fault. */
  private void end(Lease<FakeConnection> lease, Loss how) {
    lease.connection().owners.incrementAndGet();
    if (loses && how == Loss.BROKEN) {
      lease.fail(new IOException("the server has closed the session"));
    } else if (loses && how == Loss.INVALIDATED) {
      lease.invalidate();
    } else {
      lease.close();
    }
  }

  /** One caller after another, for some seconds; returns how many were served. */
  private int serve(ConnectionPool<FakeConnection> pool, Loss how, int seconds) {
    int served = 0;
    CompletableFuture<Lease<FakeConnection>> caller = pool.acquireAsync(Duration.ofHours(1));
    for (int i = 0; i < seconds * 100; i++) {
      time.advance(Duration.ofMillis(10));
      for (int burst = 0; burst < 10 && caller.isDone(); burst++) {
        end(get(caller), how);
        served++;
        caller = pool.acquireAsync(Duration.ofHours(1));
      }
    }
    caller.cancel(false);
    if (!caller.isCancelled()) {
      end(get(caller), how);
    }
    return served;
  }

  @ParameterizedTest
  @EnumSource
  void eachConnectionThatIsLostAfterItsFirstLease_costsAttemptsWithPauses(Loss how) {
    ConnectionPool<FakeConnection> pool = losing(how);

    int served = serve(pool, how, 10);

    assertThat(server.attempts).hasValueLessThan(30);
    assertThat(served).as("callers are served at this rate").isGreaterThan(10);
    assertThat(pool.stats().createFailures()).as("no creation has failed").isZero();

    loses = false;
    serve(pool, how, 2);
    int before = server.attempts.get();
    List<Lease<FakeConnection>> leases = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      leases.add(get(pool.acquireAsync()));
    }
    assertThat(server.attempts.get() - before).as("without pauses").isGreaterThan(1);
    leases.forEach(Lease::close);
  }

  @Test
  void warningsAreRare_andSayHowManyWereLeftOut() {
    try (LogOf resets = new LogOf(ConnectionRelease.class);
        LogOf series = new LogOf(CreationReports.class)) {
      ConnectionPool<FakeConnection> pool = losing(Loss.RESET);

      serve(pool, Loss.RESET, 59);
      assertThat(resets.at(Level.WARN, "because onReturn, which resets it, failed for it"))
          .hasSize(1);
      assertThat(series.at(Level.WARN, "the last 5 new connections in a row were closed after"))
          .hasSize(1);

      serve(pool, Loss.RESET, 2);
      int lost = pool.stats().retired().get(RetireReason.RESET_FAILED).intValue();
      assertThat(resets.at(Level.WARN, "failed for it")).hasSize(2);
      assertThat(resets.at(Level.WARN, "failed for it. Since the last such line this has happened"))
          .hasSize(1);
      assertThat(resets.at(Level.DEBUG, "failed for it")).hasSize(lost - 2);
    }
  }

  @Test
  void callerThatTimesOut_learnsWhyCreationsPause() {
    ConnectionPool<FakeConnection> pool = losing(Loss.RESET);
    serve(pool, Loss.RESET, 5);

    CompletableFuture<Lease<FakeConnection>> caller = pool.acquireAsync(Duration.ofMillis(1));
    time.advance(Duration.ofMillis(1));

    assertThatThrownBy(caller::join)
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOf(AcquireTimeoutException.class)
        .hasMessageContaining(
            "new connections in a row were closed after their first lease, the last of them as RESET_FAILED")
        .hasCauseInstanceOf(LostConnectionsException.class);
  }

  @Test
  void callersThatDoNotWaitWhileDown_areServed() {
    ConnectionPool<FakeConnection> pool =
        build(quick().whenDown(WhenDown.FAIL).onReturn(this::failIfUsed));

    assertThat(serve(pool, Loss.RESET, 5)).isGreaterThan(5);
    assertThat(pool.stats().refusedDown()).isZero();
  }

  // ---- What is no series

  @Test
  void applicationThatInvalidatesSingleConnections_isNotSlowed() {
    ConnectionPool<FakeConnection> pool = build(quick().maxSize(1));

    for (int i = 0; i < 100; i++) {
      get(pool.acquireAsync()).invalidate();
      get(pool.acquireAsync()).invalidate();
      get(pool.acquireAsync()).invalidate();
      get(pool.acquireAsync()).close();
      get(pool.acquireAsync()).invalidate();
    }

    assertThat(server.attempts).hasValue(400);
  }

  @Test
  void oneEventThatKillsAllConnections_isNoSeries() {
    ConnectionPool<FakeConnection> pool = build(quick().maxSize(10));
    for (int event = 0; event < 2; event++) {
      List<Lease<FakeConnection>> leases = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        leases.add(get(pool.acquireAsync()));
      }

      leases.forEach(lease -> lease.fail(new IOException("the server has gone")));
    }

    List<Lease<FakeConnection>> leases = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      leases.add(get(pool.acquireAsync()));
    }
    leases.forEach(Lease::close);
  }

  @Test
  void connectionsThatLiveForLong_doNotCount() {
    ConnectionPool<FakeConnection> pool = build(quick().maxSize(2));

    for (int i = 0; i < 20; i++) {
      Lease<FakeConnection> lease = get(pool.acquireAsync());
      Lease<FakeConnection> other = get(pool.acquireAsync());
      time.advance(Duration.ofSeconds(2));
      lease.invalidate();
      other.invalidate();
    }

    assertThat(server.attempts).hasValue(40);
  }

  @Test
  void lossesThatAreFarApart_areNoSeries() {
    ConnectionPool<FakeConnection> pool = build(quick().maxSize(2));

    for (int i = 0; i < 20; i++) {
      get(pool.acquireAsync()).invalidate();
      get(pool.acquireAsync()).invalidate();
      time.advance(Duration.ofSeconds(4));
    }

    assertThat(server.attempts).hasValue(40);
  }

  /** A burst of callers, long after the last loss, need not wait for one that is leased again. */
  @Test
  void seriesIsForgotten_ifNothingIsLostForLong() {
    ConnectionPool<FakeConnection> pool = losing(Loss.INVALIDATED);
    serve(pool, Loss.INVALIDATED, 10);
    loses = false;

    time.advance(Duration.ofSeconds(8));

    List<CompletableFuture<Lease<FakeConnection>>> burst = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      burst.add(pool.acquireAsync());
    }
    assertThat(burst).allMatch(CompletableFuture::isDone);
    burst.forEach(lease -> get(lease).close());
  }

  // ---- What ends a series, and what does not

  @Test
  void oldConnectionThatGoesRoundAndRound_doesNotHideThatEachNewOneIsLost() {
    ConnectionPool<FakeConnection> pool =
        build(
            quick()
                .maxSize(2)
                .onReturn(
                    connection -> {
                      if (connection.number > 1) {
                        throw new IllegalStateException("cannot be reset");
                      }
                    }));
    Lease<FakeConnection> old = get(pool.acquireAsync());
    CompletableFuture<Lease<FakeConnection>> second = pool.acquireAsync(Duration.ofHours(1));
    for (int i = 0; i < 1000; i++) {
      time.advance(Duration.ofMillis(10));
      if (second.isDone()) {
        get(second).close();
        old.close();
        old = get(pool.acquireAsync());
        second = pool.acquireAsync(Duration.ofHours(1));
      }
    }

    assertThat(server.attempts).hasValueLessThan(30);
    second.cancel(false);
    old.close();
  }

  @Test
  void newConnectionThatIsLeasedAgain_endsThePausesAtOnce() {
    ConnectionPool<FakeConnection> pool = losing(Loss.INVALIDATED);
    serve(pool, Loss.INVALIDATED, 10);
    loses = false;
    CompletableFuture<Lease<FakeConnection>> first = pool.acquireAsync(Duration.ofHours(1));
    CompletableFuture<Lease<FakeConnection>> next = pool.acquireAsync(Duration.ofHours(1));
    CompletableFuture<Lease<FakeConnection>> last = pool.acquireAsync(Duration.ofHours(1));
    while (!first.isDone()) {
      time.advance(Duration.ofMillis(10));
    }
    assertThat(next).as("one in each pause").isNotDone();

    get(first).close();

    assertThat(next).as("leased again").isCompleted();
    assertThat(last).as("without a pause").isCompleted();
    get(next).close();
    get(last).close();
  }

  @Test
  void newStart_forgetsTheSeries() {
    ConnectionPool<FakeConnection> pool = losing(Loss.INVALIDATED);
    serve(pool, Loss.INVALIDATED, 10);

    get(pool.stop(Duration.ZERO));
    get(pool.start());

    for (int i = 1; i < CreationBackoff.LOSSES_FOR_PAUSES; i++) {
      get(pool.acquireAsync()).invalidate();
    }
  }

  @Test
  void tenantThatLosesItsConnections_delaysNoOther() {
    ConnectionPool<FakeConnection> pool =
        build(
            quick()
                .argumentMatching(ArgumentMatching.SAME)
                .onReturn(
                    connection -> {
                      if (connection.madeWith.equals(Arguments.of("bad"))) {
                        throw new IllegalStateException("cannot be reset");
                      }
                    }));
    CompletableFuture<Lease<FakeConnection>> bad =
        pool.acquireAsync(Arguments.of("bad"), Duration.ofHours(1));
    int served = 0;
    for (int i = 0; i < 1000; i++) {
      for (int burst = 0; burst < 10 && bad.isDone(); burst++) {
        get(bad).close();
        served++;
        bad = pool.acquireAsync(Arguments.of("bad"), Duration.ofHours(1));
      }
      get(pool.acquireAsync(Arguments.of("good"))).close();
      get(pool.acquireAsync(Arguments.of("good"))).invalidate();
      time.advance(Duration.ofMillis(10));
    }

    assertThat(served).isBetween(10, 30);
    bad.cancel(false);
    if (!bad.isCancelled()) {
      get(bad).close();
    }
  }

  @Test
  void resetsThatAreNotCalledBecauseTooManyHang_costNoStorm() {
    Hook reset = new Hook();
    ConnectionPool<FakeConnection> pool =
        build(
            quick()
                .hookTimeout(Duration.ofSeconds(1))
                .asyncOnReturn(connection -> reset.run(connection).minimalCompletionStage()));

    serve(pool, Loss.RESET, 120);

    assertThat(pool.stats().callsOverdue()).isGreaterThanOrEqualTo(OverdueCalls.LEAST_BOUND);
    assertThat(server.attempts).hasValueLessThan(300);
    reset.calls.forEach(call -> call.complete(null));
  }
}

package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.Arguments;
import dev.pools.OptionChange;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Options change while the pool runs. */
class ReconfigureTest extends ConnectionTestBase {

  /** A pool that notes no lease, and reads no clock for one. */
  private ConnectionPoolBuilder<FakeConnection> plain() {
    return withoutChecker()
        .maxSize(3)
        .maxLife(Duration.ZERO)
        .maxLifeJitter(0)
        .idleTimeout(Duration.ZERO);
  }

  private List<Lease<FakeConnection>> acquire(ConnectionPool<FakeConnection> pool, int count) {
    return Stream.generate(() -> get(pool.acquireAsync())).limit(count).toList();
  }

  /** Creates so many connections, which are idle then. */
  private void fill(ConnectionPool<FakeConnection> pool, int count) {
    acquire(pool, count).forEach(Lease::close);
  }

  // ---- The change itself

  @Test
  void changeTellsWhatHasChanged_andKeepsWhatItDoesNotName() {
    ConnectionPool<FakeConnection> pool = build(builder().acquireTimeout(Duration.ofSeconds(9)));
    Map<String, Object> before = pool.options();

    List<OptionChange> changes =
        pool.reconfigure(
            change -> change.acquireTimeout(Duration.ofSeconds(2)).maxSize(5).minSize(0));

    assertThat(changes)
        .containsExactly(
            new OptionChange("maxSize", 2, 5),
            new OptionChange("acquireTimeout", Duration.ofSeconds(9), Duration.ofSeconds(2)));
    assertThat(changes.get(0)).hasToString("maxSize was 2 and is 5");
    assertThat(pool.acquireTimeout()).isEqualTo(Duration.ofSeconds(2));
    assertThat(pool.maxSize()).isEqualTo(5);
    Map<String, Object> after = pool.options();
    after.put("maxSize", 2);
    after.put("acquireTimeout", Duration.ofSeconds(9));
    assertThat(after).isEqualTo(before);
    assertThat(pool.reconfigure(change -> change.maxSize(5))).isEmpty();
  }

  @Test
  void invalidChangeChangesNothing_andSaysWhatTheBuilderSays() {
    ConnectionPool<FakeConnection> pool = build(builder().listener(listener()));
    Map<String, Object> before = pool.options();

    assertThatThrownBy(
            () ->
                pool.reconfigure(
                    change -> change.maxUses(7).acquireTimeout(Duration.ofSeconds(-1)).maxSize(50)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("acquireTimeout is PT-1S, but must be zero (do not wait) or positive.");
    assertThatThrownBy(() -> pool.reconfigure(change -> change.minSize(3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("minSize is 3, but must be from 0 to maxSize, which is 2.");
    assertThatThrownBy(
            () ->
                pool.reconfigure(
                    change -> {
                      change.maxUses(7);
                      throw new IllegalStateException("changed my mind");
                    }))
        .hasMessage("changed my mind");

    assertThat(pool.options()).isEqualTo(before);
    assertThat(told).isEmpty();
  }

  @Test
  void previewSaysWhatWouldChange_andChangesNothing() {
    ConnectionPool<FakeConnection> pool = build(builder().listener(listener()));
    Map<String, Object> before = pool.options();

    assertThat(pool.preview(change -> change.maxSize(5).acquireTimeout(pool.acquireTimeout())))
        .containsExactly(new OptionChange("maxSize", 2, 5));
    assertThatThrownBy(() -> pool.preview(change -> change.minSize(3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("minSize is 3, but must be from 0 to maxSize, which is 2.");

    assertThat(pool.options()).isEqualTo(before);
    assertThat(told).isEmpty();
  }

  @Test
  void optionsCanBeSetByName_exceptThoseThatAreFixed() {
    ConnectionPool<FakeConnection> pool = build(builder());
    Map<String, Object> options = pool.options();
    for (String option : ConnectionPoolChange.options()) {
      assertThat(options).containsKey(option);
      assertThat(pool.reconfigure(change -> change.set(option, options.get(option)))).isEmpty();
    }

    assertThat(pool.reconfigure(change -> change.set("whenDown", WhenDown.FAIL))).hasSize(1);
    assertThatThrownBy(() -> pool.reconfigure(change -> change.set("argumentMatching", "SAME")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "argumentMatching cannot change while the pool runs. The options that can are minSize, maxSize,");
    assertThatThrownBy(() -> pool.reconfigure(change -> change.set("maxSize", "5")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxSize is of type String, but must be of type Integer.");
  }

  @Test
  void eachOptionOfTheChange_hasTheNameAndTheValueOfTheBuilder() {
    ConnectionPool<FakeConnection> pool = build(builder());

    List<OptionChange> changes =
        pool.reconfigure(
            change ->
                change
                    .minSize(1)
                    .maxSize(20)
                    .maxLife(Duration.ofHours(2))
                    .maxLifeJitter(0.2)
                    .idleTimeout(Duration.ofMinutes(3))
                    .maxUses(1_000)
                    .createTimeout(Duration.ofSeconds(31))
                    .maxConcurrentCreates(7)
                    .backoff(Duration.ofMillis(123), Duration.ofSeconds(4))
                    .healthCheckTimeout(Duration.ofSeconds(6))
                    .checkOnCreate(true)
                    .checkOnBorrow(false)
                    .idleBypass(Duration.ofSeconds(7))
                    .checkOnReturn(true)
                    .healthCheckInterval(Duration.ofSeconds(70))
                    .hookTimeout(Duration.ofSeconds(8))
                    .closeTimeout(Duration.ofSeconds(11))
                    .maxConcurrentCloses(3)
                    .acquireTimeout(Duration.ofSeconds(12))
                    .fairness(Fairness.THROUGHPUT)
                    .waiterLimit(13)
                    .whenDown(WhenDown.FAIL)
                    .leakThreshold(Duration.ofSeconds(14))
                    .reclaimAfter(Duration.ofSeconds(15))
                    .maintenanceInterval(Duration.ofSeconds(16)));

    assertThat(changes.stream().map(OptionChange::option))
        .containsExactlyInAnyOrderElementsOf(ConnectionPoolChange.options());
    assertThat(pool.maxLife()).isEqualTo(Duration.ofHours(2));
    assertThat(pool.closeTimeout()).isEqualTo(Duration.ofSeconds(11));
  }

  @Test
  void changeThatItsCallerKeeps_changesNothingLater() {
    ConnectionPool<FakeConnection> pool = build(builder());
    List<ConnectionPoolChange> kept = new ArrayList<>();
    pool.reconfigure(kept::add);

    kept.get(0).maxSize(9);

    assertThat(pool.maxSize()).isEqualTo(2);
  }

  private final List<List<OptionChange>> told = new ArrayList<>();

  private ConnectionPoolListener<FakeConnection> listener() {
    return new ConnectionPoolListener<>() {
      @Override
      public void reconfigured(List<OptionChange> changes) {
        told.add(changes);
        throw new IllegalStateException("a faulty listener");
      }
    };
  }

  @Test
  void listenersAreToldOfEachChange_andOfEachResize() {
    ConnectionPool<FakeConnection> pool = build(builder().listener(listener()));

    pool.reconfigure(change -> change.maxUses(5));
    pool.reconfigure(change -> change.maxUses(5));
    pool.resize(0, 2);
    pool.resize(0, 3);

    assertThat(told)
        .containsExactly(
            List.of(new OptionChange("maxUses", 0, 5)), List.of(new OptionChange("maxSize", 2, 3)));
  }

  @Test
  void stoppedPoolKeepsTheChangeForItsNextStart() {
    ConnectionPool<FakeConnection> pool = sized(1, 2);
    get(pool.stop());

    pool.reconfigure(change -> change.minSize(3).maxSize(4));

    assertThat(pool.size()).isZero();
    get(pool.start());
    assertThat(pool.size()).isEqualTo(3);
  }

  @Test
  void changeThatIsMadeByAListener_takesEffect() throws Exception {
    AtomicReference<ConnectionPool<FakeConnection>> itself = new AtomicReference<>();
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .listener(
                    new ConnectionPoolListener<>() {
                      @Override
                      public void acquired(FakeConnection connection, Duration waited) {
                        itself.get().reconfigure(change -> change.waiterLimit(4));
                      }
                    }));
    itself.set(pool);

    pool.acquire().close();

    assertThat(pool.options()).containsEntry("waiterLimit", 4);
  }

  // ---- Callers

  @Test
  void callerThatWaitsKeepsItsTimeout_andTheNextHasTheNewOne() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(builder().maxSize(1).acquireTimeout(Duration.ofSeconds(10)));
    Lease<FakeConnection> only = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> early = pool.acquireAsync();

    pool.reconfigure(change -> change.acquireTimeout(Duration.ofSeconds(3)));
    CompletableFuture<Lease<FakeConnection>> late = pool.acquireAsync();
    time.advance(Duration.ofSeconds(3));

    assertThat(late).isCompletedExceptionally();
    assertThat(early).isNotDone();
    time.advance(Duration.ofSeconds(7));
    assertThat(early).isCompletedExceptionally();
    pool.reconfigure(change -> change.acquireTimeout(Duration.ZERO));
    assertThatThrownBy(() -> pool.acquire(Arguments.of(1)).close())
        .isInstanceOf(AcquireTimeoutException.class);
    only.close();
  }

  @Test
  void lowerWaiterLimitLeavesCallersInLine_andAHigherOneLetsMoreIn() throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder().maxSize(1).waiterLimit(2));
    Lease<FakeConnection> only = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> first = pool.acquireAsync();
    CompletableFuture<Lease<FakeConnection>> second = pool.acquireAsync();

    pool.reconfigure(change -> change.waiterLimit(1));

    assertThat(pool.stats().waiting()).isEqualTo(2);
    assertThat(pool.acquireAsync()).isCompletedExceptionally();
    pool.reconfigure(change -> change.waiterLimit(3));
    CompletableFuture<Lease<FakeConnection>> third = pool.acquireAsync();
    assertThat(third).isNotDone();
    only.close();
    get(first).close();
    get(second).close();
    get(third).close();
  }

  @Test
  void whenDownCountsForCallersThatAskFromNowOn() throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder());
    get(pool.start());
    server.refusal.set(new IOException("refused"));
    pool.tryAcquire();
    CompletableFuture<Lease<FakeConnection>> patient = pool.acquireAsync();

    pool.reconfigure(change -> change.whenDown(WhenDown.FAIL));

    assertThat(patient).isNotDone();
    assertThatThrownBy(() -> pool.acquire().close()).isInstanceOf(BackendDownException.class);
    server.refusal.set(null);
    time.advance(Duration.ofSeconds(2));
    get(patient).close();
  }

  // ---- Sizes

  @Test
  void largerMaximumServesWaitersAtOnce_andASmallerOneClosesIdleConnections() {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    acquire(pool, 1).forEach(lease -> {});
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();

    pool.reconfigure(change -> change.maxSize(3));

    get(waiting).close();
    assertThat(pool.size()).isEqualTo(2);
    pool.reconfigure(change -> change.maxSize(1));
    assertThat(pool.size()).isEqualTo(1);
    assertThat(pool.stats().retired()).containsEntry(RetireReason.RESIZED, 1L);
  }

  // ---- Connections

  @Test
  void shorterIdleTimeoutClosesWhatIsIdleForThatLong_andTheTimerIsSetByIt() {
    ConnectionPool<FakeConnection> pool = build(builder().maxSize(3));
    fill(pool, 2);
    time.advance(Duration.ofMinutes(2));
    Lease<FakeConnection> used = get(pool.acquireAsync());
    used.close();

    pool.reconfigure(change -> change.idleTimeout(Duration.ofMinutes(1)));

    assertThat(pool.stats().retired()).containsEntry(RetireReason.IDLE, 1L);
    pool.reconfigure(change -> change.idleTimeout(Duration.ofSeconds(5)));
    time.advance(Duration.ofSeconds(5));
    time.advance(Duration.ofSeconds(5));
    assertThat(pool.size()).isZero();
  }

  @Test
  void shorterLifeEndsTheLivesOfConnectionsThatExist_andALongerOneLetsThemLive() {
    ConnectionPool<FakeConnection> pool =
        build(builder().maxLife(Duration.ofMinutes(30)).maxLifeJitter(0));
    fill(pool, 2);
    time.advance(Duration.ofMinutes(9));

    pool.reconfigure(change -> change.maxLife(Duration.ofMinutes(60)).idleTimeout(Duration.ZERO));
    time.advance(Duration.ofMinutes(41));
    assertThat(pool.stats().retired()).containsEntry(RetireReason.MAX_LIFE, 0L);
    pool.reconfigure(change -> change.maxLife(Duration.ofMinutes(50)));

    assertThat(pool.stats().retired()).containsEntry(RetireReason.MAX_LIFE, 2L);
  }

  @Test
  void newLimitOfLifeIsKept_thoughLeasesReadNoClock() {
    ConnectionPool<FakeConnection> pool = build(plain());
    fill(pool, 1);
    assertThat(pool.parts().core.gate.notes).isFalse();

    pool.reconfigure(change -> change.maxLife(Duration.ofMinutes(10)));
    time.advance(Duration.ofMinutes(9));
    get(pool.acquireAsync()).close();
    assertThat(server.made).hasSize(1);
    time.advance(Duration.ofMinutes(1));

    assertThat(get(pool.acquireAsync()).connection()).isSameAs(server.made.get(1));
    assertThat(pool.parts().core.gate.notes).isFalse();
  }

  @Test
  void limitOfLifeThatIsTakenAway_leavesNoTimer() {
    ConnectionPool<FakeConnection> pool = build(plain().maxLife(Duration.ofMinutes(10)));
    fill(pool, 1);
    time.advance(Duration.ofMinutes(9).plusSeconds(55));

    pool.reconfigure(change -> change.maxLife(Duration.ZERO));
    time.advance(Duration.ofHours(1));

    assertThat(get(pool.acquireAsync()).connection()).isSameAs(server.made.get(0));
  }

  @Test
  void shortLifeMakesLeasesReadTheClock() {
    ConnectionPool<FakeConnection> pool = build(plain());
    fill(pool, 1);

    pool.reconfigure(change -> change.maxLife(Duration.ofMillis(50)));

    assertThat(pool.parts().core.gate.notes).isTrue();
    get(pool.acquireAsync()).close();
    time.advance(Duration.ofMillis(50));
    assertThat(get(pool.acquireAsync()).connection()).isSameAs(server.made.get(1));
  }

  @Test
  void jitterDrawsLivesAgain() {
    ConnectionPool<FakeConnection> pool =
        build(builder().maxLife(Duration.ofMinutes(10)).maxLifeJitter(0).maxSize(1));
    fill(pool, 1);
    Slot<FakeConnection> slot = pool.parts().core.slots.present()[0];
    long before = slot.lifeNanos;

    pool.reconfigure(change -> change.maxUses(1_000));
    assertThat(slot.lifeNanos).isEqualTo(before);
    pool.reconfigure(change -> change.maxLifeJitter(0.5));

    assertThat(slot.lifeNanos).isLessThan(before);
  }

  @Test
  void fewerUsesCloseIdleConnectionsThatHadMore() {
    ConnectionPool<FakeConnection> pool = build(plain());
    fill(pool, 1);
    get(pool.acquireAsync()).close();

    pool.reconfigure(change -> change.maxUses(2));

    assertThat(pool.stats().retired()).containsEntry(RetireReason.MAX_USES, 1L);
  }

  @Test
  void shorterCheckIntervalChecksWhatIsDueAtOnce_andSetsTheTimer() {
    ConnectionPool<FakeConnection> pool =
        build(builder().healthCheckInterval(Duration.ZERO).idleTimeout(Duration.ZERO));
    fill(pool, 1);
    time.advance(Duration.ofSeconds(25));
    int before = server.checks.get();

    pool.reconfigure(change -> change.healthCheckInterval(Duration.ofSeconds(20)));

    assertThat(server.checks.get()).isEqualTo(before + 1);
    time.advance(Duration.ofSeconds(21));
    assertThat(server.checks.get()).isEqualTo(before + 2);
  }

  @Test
  void checkOnReturnCountsForLeasesThatAreOut() {
    ConnectionPool<FakeConnection> pool = build(builder());
    Lease<FakeConnection> out = get(pool.acquireAsync());
    int before = server.checks.get();

    pool.reconfigure(change -> change.checkOnReturn(true));
    out.close();

    assertThat(server.checks.get()).isEqualTo(before + 1);
    Lease<FakeConnection> next = get(pool.acquireAsync());
    int then = server.checks.get();
    pool.reconfigure(change -> change.checkOnReturn(false));
    next.close();
    assertThat(server.checks.get()).isEqualTo(then);
  }

  @Test
  void maintenanceIntervalSetsTheTimerAnew() {
    ConnectionPool<FakeConnection> pool =
        build(
            plain()
                .maintenanceInterval(Duration.ofHours(1))
                .reclaimForgotten(true)
                .minSize(1)
                .maxSize(1));
    get(pool.start());
    FakeConnection first = server.made.get(0);
    assertThat(first).isNotNull();

    pool.reconfigure(change -> change.maintenanceInterval(Duration.ofSeconds(5)));

    assertThat(time.untilNextTimer()).isEqualTo(Duration.ofSeconds(5));
    pool.reconfigure(change -> change.leakThreshold(Duration.ofSeconds(2)));
    assertThat(time.untilNextTimer()).isEqualTo(Duration.ofSeconds(2));
  }

  // ---- Leases

  @Test
  void leakThresholdThatIsTurnedOn_countsForALeaseThatIsOutFromThenOn() {
    ConnectionPool<FakeConnection> pool = build(plain());
    Lease<FakeConnection> waited = get(pool.acquireAsync());
    Lease<FakeConnection> second = get(pool.acquireAsync());
    time.advance(Duration.ofMinutes(5));
    second.close();
    Lease<FakeConnection> passed = get(pool.acquireAsync());

    pool.reconfigure(change -> change.leakThreshold(Duration.ofSeconds(10)));

    assertThat(pool.parts().core.gate.notes).isTrue();
    time.advance(Duration.ofSeconds(9));
    // The first lease was noted under the lock, so its age is known.
    assertThat(pool.stats().leaks()).isEqualTo(1);
    time.advance(Duration.ofSeconds(2));
    assertThat(pool.stats().leaks()).isEqualTo(2);
    passed.close();
    waited.close();
    assertThat(pool.stats().leaksReturned()).isEqualTo(2);
    get(pool.acquireAsync());
    time.advance(Duration.ofSeconds(20));
    assertThat(pool.leases().get(0).acquiredAt()).isNotNull();
    assertThat(pool.stats().leaks()).isEqualTo(3);
  }

  @Test
  void leakThresholdThatIsTurnedOff_reportsNoMore() {
    ConnectionPool<FakeConnection> pool = build(plain().leakThreshold(Duration.ofSeconds(10)));
    Lease<FakeConnection> out = get(pool.acquireAsync());

    pool.reconfigure(change -> change.leakThreshold(Duration.ZERO));
    time.advance(Duration.ofMinutes(5));

    assertThat(pool.stats().leaks()).isZero();
    out.close();
    Lease<FakeConnection> next = get(pool.acquireAsync());
    assertThat(pool.leases().get(0).acquiredAt()).isNull();
    next.close();
  }

  @Test
  void reclaimThatIsTurnedOn_takesBackALeaseThatWasOutBefore() {
    ConnectionPool<FakeConnection> pool = build(plain());
    fill(pool, 1);
    Lease<FakeConnection> out = get(pool.acquireAsync());

    pool.reconfigure(change -> change.reclaimAfter(Duration.ofMinutes(1)));
    time.advance(Duration.ofSeconds(59));
    assertThat(pool.inUse()).isEqualTo(1);
    time.advance(Duration.ofSeconds(1));

    assertThat(pool.inUse()).isZero();
    assertThat(pool.stats().retired()).containsEntry(RetireReason.RECLAIMED, 1L);
    out.close();
  }

  // ---- Creating and closing

  @Test
  void moreConcurrentCreationsServeMoreWaitersAtOnce() {
    ConnectionPool<FakeConnection> pool = build(builder().maxSize(5).maxConcurrentCreates(1));
    get(pool.start());
    held.hold();
    List<CompletableFuture<Lease<FakeConnection>>> waiting =
        Stream.generate(pool::acquireAsync).limit(4).toList();
    assertThat(pool.stats().creating()).isEqualTo(1);

    pool.reconfigure(change -> change.maxConcurrentCreates(3));

    assertThat(pool.stats().creating()).isEqualTo(3);
    held.letGo();
    waiting.forEach(one -> get(one).close());
  }

  @Test
  void moreConcurrentCreationsServeMoreWaitersOfOneTenantAtOnce() {
    ConnectionPool<FakeConnection> pool =
        build(builder().maxSize(6).maxConcurrentCreates(2).argumentMatching(ArgumentMatching.SAME));
    get(pool.start());
    held.hold();
    Arguments arguments = Arguments.of("sales");
    List<CompletableFuture<Lease<FakeConnection>>> waiting =
        Stream.generate(() -> pool.acquireAsync(arguments)).limit(4).toList();
    assertThat(pool.stats().creating()).as("one tenant never uses the last attempt").isEqualTo(1);

    pool.reconfigure(change -> change.maxConcurrentCreates(4));

    assertThat(pool.stats().creating()).isEqualTo(3);
    held.letGo();
    waiting.forEach(one -> get(one).close());
  }

  @Test
  void checkOnBorrowThatIsTurnedOff_servesTheCallerThatWaitsForACheck() throws Exception {
    for (ArgumentMatching matching : ArgumentMatching.values()) {
      ConnectionPool<FakeConnection> pool =
          build(builder().idleBypass(Duration.ZERO).argumentMatching(matching));
      Arguments arguments = Arguments.of("sales");
      Lease<FakeConnection> one = pool.acquire(arguments);
      pool.acquire(arguments).close();
      one.close();
      time.advance(Duration.ofSeconds(1));
      held.hold();
      CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(arguments);
      assertThat(pool.stats().checking()).isEqualTo(1);
      assertThat(waiting).isNotDone();

      pool.reconfigure(change -> change.checkOnBorrow(false));

      assertThat(pool.stats().waiting()).as("%s", matching).isZero();
      held.letGo();
      get(waiting).close();
    }
  }

  @Test
  void backOffCountsFromTheNextFailureOn() {
    ConnectionPool<FakeConnection> pool =
        build(builder().backoff(Duration.ofMinutes(1), Duration.ofMinutes(1)));
    get(pool.start());
    server.refusal.set(new IOException("refused"));
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(Duration.ofMinutes(10));
    assertThat(server.attempts).hasValue(1);

    pool.reconfigure(change -> change.backoff(Duration.ofMillis(10), Duration.ofMillis(10)));
    time.advance(Duration.ofMinutes(1));
    assertThat(server.attempts.get()).isGreaterThan(1);
    int then = server.attempts.get();
    time.advance(Duration.ofMillis(10));
    assertThat(server.attempts.get()).isGreaterThan(then);
    server.refusal.set(null);
    time.advance(Duration.ofSeconds(1));
    get(waiting).close();
  }

  @Test
  void createTimeoutCountsForTheNextCreation() {
    ConnectionPool<FakeConnection> pool = build(builder().createTimeout(Duration.ofMinutes(1)));
    get(pool.start());
    pool.reconfigure(change -> change.createTimeout(Duration.ofSeconds(1)));
    callsAreHeldInside();
    ConnectionPool<FakeConnection> slow = build(builder().createTimeout(Duration.ofMinutes(1)));
    get(slow.start());
    slow.reconfigure(change -> change.createTimeout(Duration.ofSeconds(1)));
    held.hold();
    CompletableFuture<Lease<FakeConnection>> waiting = slow.acquireAsync();

    time.advance(Duration.ofSeconds(1));

    assertThat(slow.stats().createFailures()).isEqualTo(1);
    held.letGo();
    time.advance(Duration.ofSeconds(5));
    get(waiting).close();
  }

  @Test
  void moreConcurrentClosingsStartThoseThatWait() {
    ConnectionPool<FakeConnection> pool = build(plain().maxConcurrentCloses(1));
    fill(pool, 3);
    held.hold();
    pool.softEvict();
    assertThat(held.waiting()).isEqualTo(1);

    pool.reconfigure(change -> change.maxConcurrentCloses(3));

    assertThat(held.waiting()).isEqualTo(3);
    held.letGo();
    assertThat(server.closed).hasSize(3);
  }
}

package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.Arguments;
import dev.pools.TestThreads;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each lease that is told has one end that is told, and so has each connection. */
class PairedEventsTest extends ConnectionTestBase {

  /** What a pool has told, by connection, without the beginnings and ends of connections. */
  private static final class Told implements ConnectionPoolListener<FakeConnection> {

    final Map<FakeConnection, List<String>> leases =
        Collections.synchronizedMap(new IdentityHashMap<>());
    final Map<FakeConnection, List<String>> lives =
        Collections.synchronizedMap(new IdentityHashMap<>());
    volatile Consumer<FakeConnection> whenAcquired = connection -> {};

    private static void add(
        Map<FakeConnection, List<String>> events, FakeConnection connection, String event) {
      events.computeIfAbsent(connection, key -> new CopyOnWriteArrayList<>()).add(event);
    }

    @Override
    public void acquired(FakeConnection connection, Duration waited) {
      add(leases, connection, "acquired");
      whenAcquired.accept(connection);
    }

    @Override
    public void released(FakeConnection connection, Duration used) {
      add(leases, connection, "released");
    }

    @Override
    public void takenBack(FakeConnection connection, Duration used, RetireReason reason) {
      add(leases, connection, "taken back: " + reason + " after " + used.toSeconds() + " s");
    }

    @Override
    public void created(FakeConnection connection, Duration took) {
      add(lives, connection, "created");
    }

    @Override
    public void retired(FakeConnection connection, RetireReason reason) {
      add(lives, connection, "retired: " + reason);
    }

    List<String> onlyLife() {
      assertThat(lives).as("connections").hasSize(1);
      return lives.values().iterator().next();
    }

    List<String> onlyLeases() {
      assertThat(leases).as("connections that were leased").hasSize(1);
      return leases.values().iterator().next();
    }
  }

  private final Told told = new Told();

  private ConnectionPoolBuilder<FakeConnection> listened() {
    return builder().maxSize(1).listener(told);
  }

  @AfterEach
  void everyBeginningHasOneEnd() {
    everyPoolEndsWithItsBooksInOrder();
    // The beginning of the next lease of a connection may be told before the end of the last one.
    told.leases.forEach(
        (connection, events) ->
            assertThat(events.stream().filter("acquired"::equals))
                .as("%s: %s", connection, events)
                .hasSize(events.size() / 2)
                .hasSameSizeAs(
                    events.stream().filter(event -> !event.equals("acquired")).toList()));
    told.lives.forEach(
        (connection, events) -> {
          assertThat(events).as("%s", connection).hasSize(2).startsWith("created");
          assertThat(events.get(1)).startsWith("retired: ");
        });
  }

  // ---- Leases

  @Test
  void leaseThatItsUserEnds_isReleased() throws Exception {
    ConnectionPool<FakeConnection> pool = build(listened().maxSize(2));
    pool.acquire().close();
    pool.tryAcquire().orElseThrow().close();
    pool.release(pool.acquire().connection(), Arguments.of("next", 1));
    get(pool.useAsync(connection -> CompletableFuture.completedFuture(1)));
    assertThatThrownBy(
            () ->
                pool.use(
                    connection -> {
                      throw new IllegalStateException();
                    }))
        .isInstanceOf(IllegalStateException.class);
    Lease<FakeConnection> evicted = pool.acquire();
    assertThat(pool.evictLease(pool.leases().get(0).id())).isTrue();
    evicted.close();
    pool.acquire().invalidate();

    assertThat(told.leases.values())
        .flatExtracting(events -> events)
        .containsOnly("acquired", "released");
    assertThat(told.lives.values())
        .extracting(events -> events.get(events.size() - 1))
        .contains("retired: EVICTED", "retired: INVALIDATED");
  }

  @Test
  void leaseThatIsReclaimed_isTakenBack() throws Exception {
    ConnectionPool<FakeConnection> pool = build(listened().reclaimAfter(Duration.ofSeconds(10)));
    Lease<FakeConnection> lease = pool.acquire();

    time.advance(Duration.ofSeconds(10));
    lease.close();

    assertThat(told.onlyLeases()).containsExactly("acquired", "taken back: RECLAIMED after 10 s");
  }

  @Test
  void leaseThatIsForgotten_isTakenBack() throws Exception {
    ConnectionPool<FakeConnection> pool = build(listened().reclaimForgotten(true));
    assertThat(pool.acquire().isClosed()).isFalse();

    Awaitility.await()
        .until(
            () -> {
              System.gc();
              get(pool.maintain());
              return told.onlyLeases().size() == 2;
            });

    assertThat(told.onlyLeases()).containsExactly("acquired", "taken back: RECLAIMED after 0 s");
  }

  @Test
  void leaseThatAnOperatorRevokes_isTakenBack() throws Exception {
    ConnectionPool<FakeConnection> pool = build(listened());
    Lease<FakeConnection> lease = pool.acquire();
    time.advance(Duration.ofSeconds(3));

    assertThat(pool.revokeLease(pool.leases().get(0).id())).isTrue();
    lease.close();

    assertThat(told.onlyLeases()).containsExactly("acquired", "taken back: EVICTED after 3 s");
  }

  @Test
  void leaseAtTheDeadlineOfAStop_isTakenBackAndAnIdleConnectionIsNot() throws Exception {
    ConnectionPool<FakeConnection> pool = build(listened().maxSize(2));
    Lease<FakeConnection> out = pool.acquire();
    pool.acquire().close();

    CompletableFuture<Void> stopped = pool.stop(Duration.ofSeconds(5));
    time.advance(Duration.ofSeconds(5));
    get(stopped);
    out.close();

    assertThat(told.leases.get(server.made.get(0)))
        .containsExactly("acquired", "taken back: STOPPED after 5 s");
    assertThat(told.leases.get(server.made.get(1))).containsExactly("acquired", "released");
  }

  @Test
  void leaseThatEndsBeforeItsBeginningIsTold_isTakenBackAfterThat() throws Exception {
    for (boolean waits : List.of(false, true)) {
      ConnectionPool<FakeConnection> pool = build(builder().maxSize(1).listener(told));
      Lease<FakeConnection> before = pool.acquire();
      told.leases.clear();
      told.whenAcquired =
          connection -> {
            told.whenAcquired = none -> {};
            assertThat(pool.revokeLease(pool.leases().get(0).id())).isTrue();
          };
      if (waits) {
        CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();
        before.close();
        assertThat(get(waiting).isClosed()).isTrue();
      } else {
        before.close();
        told.leases.clear();
        assertThat(pool.acquire().isClosed()).isTrue();
      }

      assertThat(told.onlyLeases())
          .filteredOn(event -> !event.equals("released"))
          .containsExactly("acquired", "taken back: EVICTED after 0 s");
      told.leases.clear();
    }
  }

  @Test
  void leaseThatItsCallerHasGivenUp_ends() throws Exception {
    ConnectionPool<FakeConnection> pool = build(listened());
    Lease<FakeConnection> before = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();
    // Its lease is granted, and on its way to the future.
    told.whenAcquired = connection -> waiting.cancel(true);

    before.close();

    assertThat(waiting).isCancelled();
    assertThat(told.onlyLeases())
        .containsExactlyInAnyOrder("acquired", "released", "acquired", "released");
    assertThat(pool.available()).isEqualTo(1);
  }

  @Test
  void leaseThatIsUndone_endsIfItsBeginningWasTold() throws Exception {
    ConnectionPool<FakeConnection> pool = build(listened());

    pool.acquire().undo();

    assertThat(told.onlyLeases()).containsExactly("acquired", "released");
  }

  @Test
  void callerInAThread_isToldOfItsLeaseOnce() throws Exception {
    ConnectionPool<FakeConnection> pool = build(listened());
    Lease<FakeConnection> before = pool.acquire();
    TestThreads.Started waiter = startWaiter(pool, () -> pool.acquire().close());

    before.close();
    waiter.join();

    assertThat(told.onlyLeases())
        .containsExactlyInAnyOrder("acquired", "released", "acquired", "released");
  }

  // ---- Connections

  @Test
  void creationThatFails_beginsNothing() throws Exception {
    server.refusal.set(new IllegalStateException("no"));
    ConnectionPool<FakeConnection> pool = build(listened());

    assertThat(pool.tryAcquire()).isEmpty();

    assertThat(told.lives).isEmpty();
  }

  @Test
  void connectionThatIsUnfitOrUnprepared_isCreatedAndRetired() throws Exception {
    server.onCheck.set(
        () -> {
          throw new IllegalStateException("unfit");
        });
    ConnectionPool<FakeConnection> unfit = build(listened().checkOnCreate(true));
    assertThat(unfit.tryAcquire()).isEmpty();
    assertThat(told.onlyLife()).containsExactly("created", "retired: UNHEALTHY");
    get(unfit.stop(Duration.ZERO));
    told.lives.clear();

    ConnectionPool<FakeConnection> unprepared =
        build(
            listened()
                .onCreate(
                    connection -> {
                      throw new IllegalStateException("unprepared");
                    }));
    assertThat(unprepared.tryAcquire()).isEmpty();
    assertThat(told.onlyLife()).containsExactly("created", "retired: PREPARATION_FAILED");
  }

  @Test
  void connectionThatComesTooLate_isCreatedAndRetired() {
    callsAreHeldInside();
    ConnectionPool<FakeConnection> pool = build(listened().createTimeout(Duration.ofSeconds(5)));
    held.hold();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(Duration.ofSeconds(20));
    time.advance(Duration.ofSeconds(11));
    waiting.cancel(true);
    held.letGo();

    assertThat(told.lives.values()).contains(List.of("created", "retired: LATE"));
  }

  @Test
  void connectionWhoseFirstCheckAStopEnds_isCreatedAndRetired() {
    callsAreHeldInside();
    ConnectionPool<FakeConnection> pool = build(listened().checkOnCreate(true));
    held.hold();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();
    held.runOne(); // the factory

    CompletableFuture<Void> stopped = pool.stop(Duration.ZERO);
    held.letGo();
    get(stopped);

    assertThat(waiting).isCompletedExceptionally();
    assertThat(told.onlyLife()).containsExactly("created", "retired: STOPPED");
  }

  @Test
  void connectionThatDoesNotBelongToThePool_isNotTold() throws Exception {
    ConnectionPool<FakeConnection> pool = build(listened());
    FakeConnection connection = get(pool.createConnection());
    assertThat(told.lives).isEmpty();
    server.close(connection, Arguments.none());

    ConnectionPool<FakeConnection> unprepared =
        build(
            listened()
                .onCreate(
                    created -> {
                      throw new IllegalStateException("unprepared");
                    }));
    assertThat(unprepared.createConnection()).isCompletedExceptionally();

    assertThat(server.closed).as("closed all the same").hasSize(2);
    assertThat(told.lives).isEmpty();
  }

  @Test
  void connectionThatDoesNotBelongToThePoolAndComesTooLate_isNotTold() {
    callsAreHeldInside();
    ConnectionPool<FakeConnection> pool = build(listened().createTimeout(Duration.ofSeconds(5)));
    held.hold();
    CompletableFuture<FakeConnection> creation = pool.createConnection();
    time.advance(Duration.ofSeconds(5));
    assertThat(creation).isCompletedExceptionally();
    held.letGo();

    assertThat(server.closed).hasSize(1);
    assertThat(told.lives).isEmpty();
  }
}

package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SoftEvictTest extends ConnectionTestBase {

  private List<Integer> closed() {
    return server.closed.stream().map(connection -> connection.number).toList();
  }

  @Test
  void idleOnesAreClosedAtOnceAndThoseInUseWhenTheyComeBack() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 2);
    Lease<FakeConnection> leased = pool.acquire();
    pool.acquire().close();

    CompletableFuture<Integer> over = pool.softEvict();

    assertThat(closed()).containsExactly(2);
    assertThat(leased.isClosed()).isFalse();
    assertThat(over).isNotDone();
    leased.close();
    assertThat(closed()).containsExactly(2, 1);
    assertThat(get(over)).isEqualTo(2);
    assertThat(pool.stats().retired()).containsEntry(RetireReason.EVICTED, 2L);
  }

  @Test
  void connectionCreatedAfterTheEviction_stays() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(1, 2);
    get(pool.softEvict());

    assertThat(pool.available()).as("filled up again").isEqualTo(1);
    pool.acquire().close();
    time.advance(Duration.ofMinutes(1));

    assertThat(server.made).hasSize(2);
    assertThat(server.closed).hasSize(1);
  }

  @Test
  void anEmptyPoolHasNothingToWaitFor() {
    assertThat(get(sized(0, 2).softEvict())).isZero();
    ConnectionPool<FakeConnection> neverStarted = build(builder());
    assertThat(get(neverStarted.softEvict())).isZero();
    assertThat(neverStarted.stats().state()).isEqualTo(ConnectionPoolStats.State.CREATED);
  }

  @Test
  void waiterKeepsItsPlaceAndGetsANewConnection() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    Lease<FakeConnection> leased = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();
    pool.softEvict();
    assertThat(waiting).isNotDone();

    leased.close();

    assertThat(get(waiting).connection()).isSameAs(server.made.get(1));
    assertThat(server.mostExisting).hasValue(1);
  }

  @Test
  void connectionBeingCreatedIsClosedWhenItArrives_andItsCallerGetsAnother() {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    held.hold();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();

    CompletableFuture<Integer> over = pool.softEvict();
    assertThat(over).isNotDone();
    held.letGo();

    assertThat(get(waiting).connection()).isSameAs(server.made.get(1));
    assertThat(closed()).containsExactly(1);
    assertThat(get(over)).as("those being made do not count").isZero();
  }

  @Test
  void creationThatFails_endsTheEviction() {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    held.hold();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();
    CompletableFuture<Integer> over = pool.softEvict();

    server.refusal.set(new IOException("down"));
    held.letGo();

    assertThat(get(over)).isZero();
    waiting.cancel(true);
  }

  @Test
  void connectionInACheck_isClosedAfterTheCheck() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    pool.acquire().close();
    time.advance(Duration.ofSeconds(10));
    held.hold();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();
    assertThat(pool.stats().checking()).isEqualTo(1);

    CompletableFuture<Integer> over = pool.softEvict();
    held.letGo();

    assertThat(get(over)).isEqualTo(1);
    assertThat(get(waiting).connection()).isSameAs(server.made.get(1));
  }

  @Test
  void aSecondOneEndsAfterTheFirst() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 2);
    Lease<FakeConnection> old = pool.acquire();
    CompletableFuture<Integer> first = pool.softEvict();
    Lease<FakeConnection> younger = pool.acquire();
    CompletableFuture<Integer> second = pool.softEvict();

    old.close();

    assertThat(get(first)).isEqualTo(1);
    assertThat(second).isNotDone();
    younger.close();
    assertThat(get(second)).isEqualTo(2);
    assertThat(server.closed).hasSize(2);
  }

  @Test
  void cleanerThatHangs_isAwaitedAndHoldsUpNoOtherEviction() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 2);
    pool.acquire().close();
    held.hold();

    CompletableFuture<Integer> over = pool.softEvict();
    CompletableFuture<Lease<FakeConnection>> another = pool.acquireAsync();
    held.runLast();
    held.runLast();

    assertThat(get(another).connection()).isSameAs(server.made.get(1));
    assertThat(over).isNotDone();
    held.letGo();
    assertThat(get(over)).isEqualTo(1);
  }

  @Test
  void aCreationThatHangsIsNotWaitedForAndWhatItBringsIsClosed() throws Exception {
    callsAreHeldInside();
    ConnectionPool<FakeConnection> pool =
        build(builder().maxSize(2).createTimeout(Duration.ofSeconds(1)));
    Lease<FakeConnection> leased = pool.acquire();
    held.hold();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();
    CompletableFuture<Integer> before = pool.softEvict();
    time.advance(Duration.ofMinutes(1));
    CompletableFuture<Integer> after = pool.softEvict();

    assertThat(before).as("the lease is out").isNotDone();
    leased.close();
    held.runLast();

    assertThat(get(before)).isEqualTo(1);
    assertThat(get(after)).isEqualTo(1);
    waiting.cancel(true);
    held.letGo();
    get(pool.softEvict());
    assertThat(server.closed).hasSameSizeAs(server.made);
  }

  @Test
  void cancelledEvictionOrStopMeanwhile_leavesTheCountsRight() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    Lease<FakeConnection> leased = pool.acquire();
    CompletableFuture<Integer> cancelled = pool.softEvict();
    CompletableFuture<Integer> other = pool.softEvict();
    cancelled.cancel(true);

    CompletableFuture<Void> stopped = pool.stop(Duration.ofSeconds(5));
    time.advance(Duration.ofSeconds(5));

    get(stopped);
    assertThat(get(other)).isEqualTo(1);
    leased.close();
    assertThat(server.made.get(0).closings).hasValue(1);
  }
}

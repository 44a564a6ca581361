package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.Arguments;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What becomes of the place of a connection that was displaced in a pool of {@code minSize}. */
class DisplacementTest extends ConnectionTestBase {

  private static final Arguments A = Arguments.of("a");
  private static final Arguments B = Arguments.of("b");
  private static final Arguments C = Arguments.of("c");

  private ConnectionPoolBuilder<FakeConnection> full() {
    return builder().minSize(2).maxSize(2).argumentMatching(ArgumentMatching.SAME);
  }

  private final Set<Arguments> down = new HashSet<>();
  private final AtomicInteger refusals = new AtomicInteger();

  private FakeConnection open(Arguments arguments) throws Exception {
    if (down.contains(arguments)) {
      refusals.incrementAndGet();
      throw new IOException("down");
    }
    return server.open(arguments);
  }

  private ConnectionPoolBuilder<FakeConnection> ofThree() {
    return ConnectionPool.builder(this::open)
        .cleaner(server::close)
        .executor(held)
        .minSize(3)
        .maxSize(3)
        .time(time)
        .argumentMatching(ArgumentMatching.SAME);
  }

  /** A full pool where the last attempt with {@link #A} has failed, and the pause is over. */
  private ConnectionPool<FakeConnection> failed(WhenDown whenDown) {
    ConnectionPool<FakeConnection> pool = build(ofThree().whenDown(whenDown));
    get(pool.start());
    down.add(A);
    CompletableFuture<Lease<FakeConnection>> first = pool.acquireAsync(A, Duration.ofMillis(10));
    time.advance(Duration.ofMillis(10));
    assertThat(first).isCompletedExceptionally();
    time.advance(Duration.ofSeconds(1));
    assertThat(refusals).hasValue(1);
    assertThat(server.closed).hasSize(1);
    fill(pool);
    return pool;
  }

  /** Other callers need all places of a pool of three. */
  private static void fill(ConnectionPool<FakeConnection> pool) {
    List<CompletableFuture<Lease<FakeConnection>>> all =
        List.of(pool.acquireAsync(), pool.acquireAsync(), pool.acquireAsync());
    all.forEach(lease -> get(lease).close());
    assertThat(pool.available()).isEqualTo(3);
  }

  private List<Arguments> madeWith() {
    return server.made.stream().map(connection -> connection.madeWith).toList();
  }

  @Test
  void tryAcquireFindsAtItsNextCallWhatThePoolHasCreatedForIt() {
    ConnectionPool<FakeConnection> pool = build(full());
    get(pool.start(List.of(A, B)));

    assertThat(pool.tryAcquire(C)).isEmpty();

    assertThat(madeWith()).containsExactly(A, B, C);
    assertThat(pool.tryAcquire(C)).isPresent();
    assertThat(server.closed).hasSize(1);
  }

  @Test
  void callerWithoutTimeFindsAtItsNextCallWhatThePoolHasCreatedForIt() throws Exception {
    ConnectionPool<FakeConnection> pool = build(full());
    get(pool.start());

    assertThatThrownBy(() -> pool.acquire(A, Duration.ZERO))
        .isInstanceOf(AcquireTimeoutException.class);

    pool.acquire(A, Duration.ZERO).close();
    assertThat(server.closed).hasSize(1);
  }

  @Test
  void callerOverTheLimitFindsAtItsNextCallWhatThePoolHasCreatedForIt() throws Exception {
    ConnectionPool<FakeConnection> pool = build(full().waiterLimit(0));
    get(pool.start());

    assertThatThrownBy(() -> pool.acquire(A)).isInstanceOf(WaiterLimitException.class);

    pool.acquire(A).close();
    assertThat(server.closed).hasSize(1);
  }

  @Test
  void callersThatGiveUpBeforeTheDisplacedOneIsClosed_areServedLater() throws Exception {
    callsAreHeldInside();
    ConnectionPool<FakeConnection> pool = build(full());
    get(pool.start());
    held.hold();
    CompletableFuture<Lease<FakeConnection>> late = pool.acquireAsync(A, Duration.ofMillis(50));
    CompletableFuture<Lease<FakeConnection>> cancelled = pool.acquireAsync(A);
    time.advance(Duration.ofMillis(50));
    cancelled.cancel(true);

    held.letGo();

    assertThat(late).isCompletedExceptionally();
    assertThat(madeWith().subList(2, 4)).containsOnly(A);
    assertThat(pool.acquireAsync(A)).isCompleted();
  }

  @Test
  void callerThatTakesThePlaceInItsTurn_leavesNothingToCreateForTheOneThatGaveUp()
      throws Exception {
    callsAreHeldInside();
    ConnectionPool<FakeConnection> pool = build(full());
    get(pool.start());
    held.hold();
    pool.acquireAsync(A).cancel(true);
    CompletableFuture<Lease<FakeConnection>> next = pool.acquireAsync(B);
    held.letGo();
    get(next).invalidate();

    assertThat(madeWith()).containsExactly(Arguments.none(), Arguments.none(), B, B);
  }

  @Test
  void callerThatMadeRoomWaitsForTheAttempt_althoughItsServerWasDown() {
    ConnectionPool<FakeConnection> pool = failed(WhenDown.FAIL);
    down.clear();
    held.hold();

    CompletableFuture<Lease<FakeConnection>> finder = pool.acquireAsync(A);
    CompletableFuture<Lease<FakeConnection>> next = pool.acquireAsync(A);

    assertThat(finder).isNotDone();
    assertThat(next)
        .as("one caller finds out")
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .withCauseInstanceOf(BackendDownException.class);
    held.letGo();
    get(finder).close();
    assertThat(server.closed).hasSize(2);
  }

  @Test
  void callerThatMadeRoomIsRefusedWhenTheAttemptFails() {
    ConnectionPool<FakeConnection> pool = failed(WhenDown.FAIL);

    CompletableFuture<Lease<FakeConnection>> finder = pool.acquireAsync(A);

    assertThat(finder)
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .withCauseInstanceOf(BackendDownException.class);
    assertThat(refusals).hasValue(2);
  }

  @Test
  void attemptsOfATenantThatFails_displaceOneConnection_howeverManyWait() {
    ConnectionPool<FakeConnection> pool = failed(WhenDown.WAIT);
    for (int i = 0; i < 5; i++) {
      pool.acquireAsync(A, Duration.ofMinutes(1));
    }

    for (int i = 0; refusals.get() < 22; i++) {
      assertThat(i).as("pauses").isLessThan(100);
      time.advance(Duration.ofMillis(500));
    }

    assertThat(server.closed).as("one for the first attempt, one since").hasSize(2);
  }

  @Test
  void callersOfATenantThatFails_displaceOneConnection_howeverOftenTheyCome() {
    for (boolean waits : List.of(false, true)) {
      ConnectionPool<FakeConnection> pool = failed(WhenDown.FAIL);
      int closedBefore = server.closed.size();
      int refusedBefore = refusals.get();

      for (int i = 0; i < 20; i++) {
        if (waits) {
          assertThat(pool.acquireAsync(A)).isCompletedExceptionally();
        } else {
          assertThat(pool.tryAcquire(A)).isEmpty();
        }
        time.advance(Duration.ofSeconds(5));
      }

      assertThat(refusals).as("attempts").hasValue(refusedBefore + 20);
      assertThat(server.closed).hasSize(closedBefore + 1);
      assertThat(pool.size()).isEqualTo(2);
      get(pool.stop(Duration.ZERO));
      server.made.clear();
      server.closed.clear();
      refusals.set(0);
      down.clear();
    }
  }

  @Test
  void placeThatIsKept_isTakenByTheTenantWhenItsServerIsBack() throws Exception {
    ConnectionPool<FakeConnection> pool = failed(WhenDown.FAIL);
    assertThat(pool.tryAcquire(A)).isEmpty();
    assertThat(server.closed).hasSize(2);
    time.advance(Duration.ofSeconds(1));
    down.clear();

    get(pool.acquireAsync(A)).close();

    assertThat(server.closed).hasSize(2);
    assertThat(pool.size()).isEqualTo(3);
  }

  @Test
  void placeThatIsKept_isTakenByAnotherTenantThatNeedsIt() throws Exception {
    ConnectionPool<FakeConnection> pool = failed(WhenDown.FAIL);
    assertThat(pool.tryAcquire(A)).isEmpty();

    get(pool.acquireAsync(B)).close();

    assertThat(server.closed).hasSize(2);
    assertThat(pool.size()).isEqualTo(3);
    // It is not kept any more: what is closed now is replaced.
    get(pool.acquireAsync(B)).invalidate();
    assertThat(pool.size()).isEqualTo(3);
  }

  @Test
  void placeThatIsKept_isGivenToTheMinimumWhenNoAttemptHasFailedThereForLong() {
    ConnectionPool<FakeConnection> pool = failed(WhenDown.FAIL);
    assertThat(pool.tryAcquire(A)).isEmpty();
    assertThat(pool.size()).isEqualTo(2);

    time.advance(Duration.ofSeconds(60));

    assertThat(pool.size()).isEqualTo(3);
  }

  @Test
  void placeThatIsKept_leavesTheOtherPlacesToTheMinimum() throws Exception {
    ConnectionPool<FakeConnection> pool = failed(WhenDown.FAIL);
    assertThat(pool.tryAcquire(A)).isEmpty();
    assertThat(pool.size()).isEqualTo(2);

    get(pool.acquireAsync()).invalidate();

    assertThat(pool.size()).as("replaced").isEqualTo(2);
  }
}

package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.Arguments;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What becomes of the place of a connection that was displaced in a pool of {@code minSize}. */
class DisplacementTest extends ConnectionTestBase {

  private static final Arguments A = Arguments.of("a");
  private static final Arguments B = Arguments.of("b");
  private static final Arguments C = Arguments.of("c");

  private ConnectionPoolBuilder<FakeConnection> full() {
    return builder().minSize(2).maxSize(2).argumentMatching(ArgumentMatching.SAME);
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
}

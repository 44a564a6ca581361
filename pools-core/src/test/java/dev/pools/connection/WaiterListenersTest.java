package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.TestThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A listener has another one for each caller that waits in a future. */
class WaiterListenersTest extends ConnectionTestBase {

  private final List<String> heard = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger waiters = new AtomicInteger();

  /** Notes what it is told. */
  private final class Noting implements ConnectionPoolListener<FakeConnection> {
    private final String name;

    Noting(String name) {
      this.name = name;
    }

    @Override
    public ConnectionPoolListener<FakeConnection> forWaiter() {
      return new Noting(Thread.currentThread().getName() + " " + waiters.incrementAndGet());
    }

    @Override
    public void acquired(FakeConnection connection, Duration waited) {
      heard.add(name + " acquired");
    }

    @Override
    public void acquireTimedOut(Duration waited) {
      heard.add(name + " timed out");
    }

    @Override
    public void released(FakeConnection connection, Duration used) {
      heard.add(name + " released");
    }
  }

  private final String caller = Thread.currentThread().getName();

  /** A pool with one connection and this listener. */
  private ConnectionPool<FakeConnection> poolOfOne() {
    return build(builder().maxSize(1).listener(new Noting("pool")));
  }

  private static boolean hasListeners(CompletableFuture<Lease<FakeConnection>> waiter) {
    return ((Waiter<FakeConnection>) waiter).listeners != null;
  }

  private List<String> heardOf(String event) {
    return List.copyOf(heard).stream().filter(line -> line.endsWith(event)).toList();
  }

  @Test
  void callersThatWaitInFutures_areToldOfToTheirOwnListeners() throws Exception {
    ConnectionPool<FakeConnection> pool = poolOfOne();
    Lease<FakeConnection> only = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> first = pool.acquireAsync();
    CompletableFuture<Lease<FakeConnection>> second = pool.acquireAsync();

    TestThreads.start(only::close).awaitEnd();
    get(first).close();
    get(second).close();

    assertThat(heardOf("acquired"))
        .containsExactly("pool acquired", caller + " 1 acquired", caller + " 2 acquired");
    assertThat(heardOf("released"))
        .containsExactly("pool released", "pool released", "pool released");
  }

  @Test
  void callersThatAreServedAtOnceOrWaitInAThread_haveNone() throws Exception {
    ConnectionPool<FakeConnection> pool = poolOfOne();
    pool.acquire().close();
    get(pool.acquireAsync()).close();
    pool.tryAcquire().orElseThrow().close();
    Lease<FakeConnection> only = pool.acquire();
    TestThreads.Started waits = startWaiter(pool, () -> pool.acquire().close());

    only.close();
    waits.awaitEnd();

    assertThat(waiters).hasValue(0);
    assertThat(heardOf("acquired")).hasSize(5).containsOnly("pool acquired");
  }

  @Test
  void otherListeners_areToldAsBefore() throws Exception {
    AtomicInteger acquired = new AtomicInteger();
    ConnectionPoolListener<FakeConnection> counts =
        new ConnectionPoolListener<>() {
          @Override
          public void acquired(FakeConnection connection, Duration waited) {
            acquired.incrementAndGet();
          }
        };
    ConnectionPool<FakeConnection> pool =
        build(builder().listener(counts).listener(new Noting("pool")).listener(counts));

    get(pool.acquireAsync()).close();

    assertThat(acquired).hasValue(2);
    assertThat(heardOf("acquired")).containsExactly(caller + " 1 acquired");
  }

  @Test
  void listenerThatFailsToNameAnother_isToldItself() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .listener(
                    new ConnectionPoolListener<>() {
                      @Override
                      public ConnectionPoolListener<FakeConnection> forWaiter() {
                        throw new IllegalStateException("as planned");
                      }

                      @Override
                      public void acquired(FakeConnection connection, Duration waited) {
                        heard.add("acquired");
                      }
                    }));

    get(pool.acquireAsync()).close();

    assertThat(heard).containsExactly("acquired");
  }

  /** How the wait of a caller can end. */
  enum End {
    SERVED,
    TIMED_OUT,
    CANCELLED,
    COMPLETED_BY_ITS_USER,
    POOL_STOPPED
  }

  @ParameterizedTest
  @EnumSource
  void waiterThatHasLeftTheLine_keepsNoListeners(End end) throws Exception {
    ConnectionPool<FakeConnection> pool = poolOfOne();
    Lease<FakeConnection> only = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> waits = pool.acquireAsync(Duration.ofSeconds(5));
    assertThat(hasListeners(waits)).isTrue();

    switch (end) {
      case SERVED -> {
        only.close();
        get(waits).close();
      }
      case TIMED_OUT -> time.advance(Duration.ofSeconds(5));
      case CANCELLED -> waits.cancel(false);
      case COMPLETED_BY_ITS_USER -> waits.completeExceptionally(new IllegalStateException("late"));
      case POOL_STOPPED -> get(pool.stop(Duration.ZERO));
    }

    assertThat(waits).isDone();
    assertThat(hasListeners(waits)).isFalse();
    List<String> ofWaiter = List.copyOf(heard).stream().filter(h -> h.startsWith(caller)).toList();
    switch (end) {
      case SERVED -> assertThat(ofWaiter).containsExactly(caller + " 1 acquired");
      case TIMED_OUT -> assertThat(ofWaiter).containsExactly(caller + " 1 timed out");
      default -> assertThat(ofWaiter).isEmpty();
    }
  }

  @Test
  void callerThatIsRejected_keepsNoListeners() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(builder().maxSize(1).waiterLimit(1).listener(new Noting("pool")));
    Lease<FakeConnection> only = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> waits = pool.acquireAsync();

    CompletableFuture<Lease<FakeConnection>> rejected = pool.acquireAsync();

    assertThat(rejected).isCompletedExceptionally();
    assertThat(hasListeners(rejected)).isFalse();
    assertThat(hasListeners(waits)).isTrue();
    only.close();
    get(waits).close();
  }

  @Test
  void callerThatCancelsWhileItsLeaseIsOnItsWay_isToldOfToItsOwnListener() throws Exception {
    ConnectionPool<FakeConnection> pool = poolOfOne();
    Lease<FakeConnection> only = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> waits = pool.acquireAsync();
    held.hold();
    only.close();

    waits.cancel(false);
    held.letGo();

    assertThat(heardOf("acquired")).containsExactly("pool acquired", caller + " 1 acquired");
    assertThat(heardOf("released")).hasSize(2);
    assertThat(hasListeners(waits)).isFalse();
    assertThat(pool.available()).isEqualTo(1);
  }
}

package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pools.TestThreads;
import dev.pools.internal.ManualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class FairnessTest extends ConnectionTestBase {

  private ConnectionPool<FakeConnection> pool(Fairness fairness) {
    return build(builder().maxSize(1).fairness(fairness).acquireTimeout(Duration.ofMinutes(1)));
  }

  @Test
  void noCallerOvertakes_whenFairnessIsStrict() throws Exception {
    ConnectionPool<FakeConnection> pool = pool(Fairness.STRICT);
    Lease<FakeConnection> only = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();
    held.hold();

    only.close();
    CompletableFuture<Lease<FakeConnection>> newcomer = pool.acquireAsync();

    held.letGo();
    assertThat(waiting).isCompleted();
    assertThat(newcomer).isNotDone();
  }

  @Test
  void newcomerMayTakeTheConnectionOfAWaiterThatIsBeingWoken_forThroughput() throws Exception {
    ConnectionPool<FakeConnection> pool = pool(Fairness.THROUGHPUT);
    Lease<FakeConnection> only = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();
    held.hold();

    only.close();
    CompletableFuture<Lease<FakeConnection>> newcomer = pool.acquireAsync();

    assertThat(newcomer).as("it need not wait until a thread wakes up").isCompleted();
    held.letGo();
    assertThat(waiting).isNotDone();
    get(newcomer).close();
    assertThat(waiting).isCompleted();
  }

  @Test
  void callerThatDoesNotWait_overtakesNoWaiter() throws Exception {
    ConnectionPool<FakeConnection> pool = pool(Fairness.THROUGHPUT);
    Lease<FakeConnection> only = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();
    held.hold();
    only.close();

    assertThat(pool.tryAcquire()).isEmpty();

    held.letGo();
    assertThat(waiting).isCompleted();
  }

  @Test
  void waiterOfSomeMilliseconds_isNotOvertaken() throws Exception {
    ConnectionPool<FakeConnection> pool = pool(Fairness.THROUGHPUT);
    Lease<FakeConnection> only = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();
    time.advance(Duration.ofMillis(5));
    held.hold();

    only.close();
    CompletableFuture<Lease<FakeConnection>> newcomer = pool.acquireAsync();

    held.letGo();
    assertThat(waiting).isCompleted();
    assertThat(newcomer).isNotDone();
  }

  @Test
  void blockedWaiterThatIsWoken_takesTheConnection() throws Exception {
    ConnectionPool<FakeConnection> pool = pool(Fairness.THROUGHPUT);
    Lease<FakeConnection> only = pool.acquire();
    TestThreads.Started blocked = TestThreads.start(() -> pool.acquire().close());
    await().until(() -> time.parkedThreads() == 1);

    only.close();

    blocked.awaitEnd();
    assertThat(pool.available()).isEqualTo(1);
  }

  /** Time in which a thread that was woken does not get the processor yet. */
  private static final class SlowToWake extends ManualTime {
    private final CountDownLatch runs = new CountDownLatch(1);

    @Override
    public void park(Object blocker, long nanos) {
      super.park(blocker, nanos);
      try {
        runs.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Test
  void wokenWaiterGetsTheConnection_thoughTheCheckThatItMayWaitForHasEnded() throws Exception {
    SlowToWake slow = new SlowToWake();
    Hook resets = new Hook();
    CompletableFuture<Void> closing = new CompletableFuture<>();
    ConnectionPool<FakeConnection> pool =
        build(
            withoutChecker()
                .asyncCleaner(
                    (connection, arguments, reason) -> {
                      server.close(connection, arguments);
                      return closing;
                    })
                .asyncOnReturn(resets::run)
                .fairness(Fairness.THROUGHPUT)
                .time(slow));
    Lease<FakeConnection> one = pool.acquire();
    Lease<FakeConnection> other = pool.acquire();
    one.close();
    TestThreads.Started first =
        TestThreads.start(
            () -> {
              try (Lease<FakeConnection> lease = pool.acquire(Duration.ZERO)) {
                assertThat(lease.connection()).isSameAs(server.made.get(1));
              }
            });
    await().until(() -> slow.parkedThreads() == 1);
    CompletableFuture<Lease<FakeConnection>> next = pool.acquireAsync();
    other.close();
    // The first one is called for this connection.
    resets.end(1);

    // It waits only as long as a connection is reset.
    resets.calls.get(0).completeExceptionally(new IOException("cannot be reset"));

    slow.runs.countDown();
    first.awaitEnd();
    resets.end(2);
    assertThat(next).isCompleted();
    get(next).close();
    resets.end(3);
    closing.complete(null);
  }

  /** Otherwise the connection would be idle while the next one waits. */
  @Test
  void wokenWaiterThatGivesUp_wakesTheNext() throws Exception {
    ConnectionPool<FakeConnection> pool = pool(Fairness.THROUGHPUT);
    Lease<FakeConnection> only = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> called = pool.acquireAsync();
    CompletableFuture<Lease<FakeConnection>> next = pool.acquireAsync();
    held.hold();
    only.close();

    called.cancel(true);

    assertThat(pool.stats().waiting()).isZero();
    held.letGo();
    assertThat(next).isCompleted();
  }
}

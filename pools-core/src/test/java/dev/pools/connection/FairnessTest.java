package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pools.TestThreads;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
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

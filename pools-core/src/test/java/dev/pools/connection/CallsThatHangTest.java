package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Checks, hooks and creations by hand that never return: counted, bounded, and tried again. */
class CallsThatHangTest extends ConnectionTestBase {

  private static final Duration LIMIT = Duration.ofSeconds(1);
  private static final int BOUND = OverdueCalls.LEAST_BOUND;

  private final List<CompletableFuture<Object>> hanging = new ArrayList<>();
  private boolean hangs = true;

  /** Never returns, whatever is cancelled, unless the test says so. */
  private <V> CompletionStage<V> call(V answer) {
    if (!hangs) {
      return CompletableFuture.completedFuture(answer);
    }
    CompletableFuture<Object> never = new CompletableFuture<>();
    hanging.add(never);
    return never.thenApply(nothing -> answer).minimalCompletionStage();
  }

  private void letGo() {
    hangs = false;
    hanging.forEach(call -> call.complete("late"));
  }

  private CompletionStage<?> hook(FakeConnection connection) {
    return call("done");
  }

  /** Each caller is served, and each call that starts hangs. */
  private void serve(ConnectionPool<FakeConnection> pool, int callers) {
    for (int caller = 0; caller < callers; caller++) {
      CompletableFuture<Lease<FakeConnection>> lease = pool.acquireAsync(Duration.ofMinutes(1));
      for (int i = 0; i < 10 && !lease.isDone(); i++) {
        time.advance(LIMIT);
      }
      assertThat(lease).as("caller %d", caller).isCompleted();
      get(lease).close();
      time.advance(LIMIT);
    }
  }

  @Test
  void resetsThatNeverReturn_areBounded_andCallersAreServed() {
    ConnectionPool<FakeConnection> pool =
        build(builder().maxSize(2).hookTimeout(LIMIT).asyncOnReturn(this::hook));

    serve(pool, 100);

    assertThat(pool.stats().callsOverdue()).isEqualTo(hanging.size());
    assertThat(hanging).hasSizeBetween(BOUND, BOUND + 10);
    assertThat(pool.stats().retired()).containsEntry(RetireReason.RESET_FAILED, 100L);

    letGo();
    assertThat(pool.stats().callsOverdue()).isZero();
    get(pool.acquireAsync()).close();
    assertThat(pool.stats().idle()).as("it is reset").isEqualTo(1);
  }

  @Test
  void checksThatNeverReturn_areBounded_andCallersAreServed() {
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .maxSize(2)
                .idleBypass(Duration.ZERO)
                .healthCheckTimeout(LIMIT)
                .asyncHealthChecker(connection -> call(true)));

    serve(pool, 100);

    assertThat(hanging).hasSizeBetween(BOUND, BOUND + 10);
    assertThat(pool.stats().callsOverdue()).isEqualTo(hanging.size());
    assertThat(pool.isHealthy(new FakeConnection(0, dev.pools.Arguments.none())))
        .as("it is not asked")
        .isFalse();

    letGo();
    assertThat(pool.stats().callsOverdue()).isZero();
  }

  /** What is not known about one connection says nothing about the others. */
  @Test
  void checkThatDoesNotStart_closesItsConnectionAndNoOther() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .maxSize(3)
                .idleBypass(Duration.ofMinutes(10))
                .healthCheckInterval(Duration.ZERO)
                .healthCheckTimeout(LIMIT)
                .asyncHealthChecker(connection -> call(true)));
    for (int i = 0; i < BOUND; i++) {
      Lease<FakeConnection> doubted = pool.acquire();
      doubted.doubt();
      doubted.close();
      time.advance(LIMIT);
    }
    assertThat(pool.stats().callsOverdue()).isEqualTo(BOUND);
    Lease<FakeConnection> other = pool.acquire();
    Lease<FakeConnection> doubted = pool.acquire();
    other.close();
    doubted.doubt();

    doubted.close();

    assertThat(hanging).as("no more are called").hasSize(BOUND);
    assertThat(pool.stats().idle()).as("the other one").isEqualTo(1);
    letGo();
  }

  @Test
  void preparationsThatNeverReturn_areBounded_andTheErrorOfACallerNamesThem() {
    ConnectionPool<FakeConnection> pool =
        build(builder().name("prepares").maxSize(2).hookTimeout(LIMIT).asyncOnAcquire(this::hook));

    for (int caller = 0; caller < 10; caller++) {
      CompletableFuture<Lease<FakeConnection>> unserved = pool.acquireAsync(Duration.ofSeconds(20));
      time.advance(Duration.ofSeconds(20));
      assertThat(unserved).isCompletedExceptionally();
    }

    assertThat(hanging).hasSizeBetween(BOUND, BOUND + 10);
    CompletableFuture<Lease<FakeConnection>> unserved = pool.acquireAsync(Duration.ofSeconds(4));
    time.advance(Duration.ofSeconds(4));
    assertThatThrownBy(unserved::join)
        .cause()
        .isInstanceOf(AcquireTimeoutException.class)
        .hasMessageContaining("Pool 'prepares'")
        .hasMessageContaining(
            "onAcquire was not called, because " + hanging.size() + " earlier calls")
        .hasMessageContaining("1 s (hookTimeout)");

    hangs = false;
    CompletableFuture<Lease<FakeConnection>> served = pool.acquireAsync(Duration.ofMinutes(2));
    for (int i = 0; i < 62; i++) {
      time.advance(Duration.ofSeconds(1));
    }
    get(served).close();
    assertThat(pool.stats().callsOverdue()).as("these still hang").isEqualTo(hanging.size());
    serve(pool, 5);
    letGo();
  }

  @Test
  void creationsByHandThatNeverReturn_areBounded_andFailWithTheirNumber() {
    ConnectionPool<FakeConnection> pool =
        build(
            ConnectionPool.asyncBuilder(
                    arguments ->
                        hangs
                            ? this.<FakeConnection>call(new FakeConnection(0, arguments))
                            : CompletableFuture.completedFuture(server.open(arguments)))
                .name("by hand")
                .cleaner(
                    (connection, arguments) -> {
                      if (connection.number > 0) {
                        server.close(connection, arguments);
                      }
                    })
                .executor(held)
                .minSize(0)
                .createTimeout(LIMIT)
                .time(time));
    for (int i = 0; i < 30; i++) {
      pool.createConnection();
      time.advance(LIMIT);
    }
    assertThat(hanging).hasSizeBetween(BOUND, BOUND + 4);
    assertThat(pool.stats().callsOverdue()).isEqualTo(hanging.size());

    CompletableFuture<FakeConnection> refused = pool.createConnection();

    assertThat(refused).isCompletedExceptionally();
    assertThatThrownBy(refused::join)
        .cause()
        .isInstanceOf(ConnectionCreationException.class)
        .hasMessageStartingWith(
            "Pool 'by hand' could not create a connection: the factory for createConnection() was not called, because %d earlier calls of it have not returned within 1 s (createTimeout)",
            hanging.size());
    hangs = false;
    get(pool.acquireAsync()).close();
    time.advance(Duration.ofMinutes(1));
    FakeConnection own = get(pool.createConnection());
    assertThat(own.number).as("after a trial").isEqualTo(2);
    server.closed.add(own);
    own.closings.incrementAndGet();
  }

  @Test
  void stopAndNewStart_keepTheCountOfThreadsThatHang() {
    ConnectionPool<FakeConnection> pool =
        build(builder().maxSize(2).hookTimeout(LIMIT).asyncOnReturn(this::hook));
    serve(pool, BOUND + 1);
    int before = hanging.size();

    get(pool.stop());
    assertThat(pool.stats().callsOverdue()).isEqualTo(before);
    get(pool.start());
    assertThat(pool.stats().callsOverdue()).isEqualTo(before);
    assertThat(pool.toString()).contains("callsOverdue=" + before);

    letGo();
    assertThat(pool.stats().callsOverdue()).isZero();
  }

  @Test
  void stopDuringACallThatHangs_countsItAllTheSame() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(builder().maxSize(2).hookTimeout(LIMIT).asyncOnReturn(this::hook));
    pool.acquire().close();

    get(pool.stop(Duration.ZERO));
    time.advance(LIMIT);

    assertThat(pool.stats().callsOverdue()).isEqualTo(1);
    letGo();
    assertThat(pool.stats().callsOverdue()).isZero();
  }
}

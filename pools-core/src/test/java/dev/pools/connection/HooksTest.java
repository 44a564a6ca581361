package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pools.Arguments;
import dev.pools.TestThreads;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class HooksTest extends ConnectionTestBase {

  private final List<Integer> reset = new ArrayList<>();

  private ConnectionPoolBuilder<FakeConnection> resetting() {
    return builder().maxSize(1).onReturn(connection -> reset.add(connection.number));
  }

  @Test
  void everyEndOfALease_resetsTheConnection() throws Exception {
    ConnectionPool<FakeConnection> pool = build(resetting());

    pool.acquire().close();
    pool.release(pool.acquire().connection());
    pool.use(connection -> 1);
    get(pool.useAsync(connection -> CompletableFuture.completedFuture(1)));
    assertThatThrownBy(
            () ->
                pool.use(
                    connection -> {
                      throw new IllegalStateException();
                    }))
        .isInstanceOf(IllegalStateException.class);
    pool.tryAcquire().orElseThrow().close();

    assertThat(reset).containsExactly(1, 1, 1, 1, 1, 1);
    assertThat(pool.available()).isEqualTo(1);
  }

  @Test
  void connectionIsNotLeasedBeforeItsResetIsOver() throws Exception {
    CompletableFuture<Void> over = new CompletableFuture<>();
    ConnectionPool<FakeConnection> pool =
        build(builder().maxSize(1).asyncOnReturn(connection -> over));
    Lease<FakeConnection> lease = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> first = pool.acquireAsync();
    CompletableFuture<Lease<FakeConnection>> second = pool.acquireAsync();

    lease.close();
    assertThat(first).isNotDone();
    assertThat(pool.stats().checking()).isEqualTo(1);
    assertThat(pool.tryAcquire()).isEmpty();
    over.complete(null);

    assertThat(first).as("the first one in line").isCompleted();
    assertThat(second).isNotDone();
    get(first).close();
    get(second).close();
  }

  @Test
  void resetThatFails_closesTheConnection() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .maxSize(1)
                .onReturn(
                    connection -> {
                      throw new IllegalStateException("cannot be reset");
                    }));

    pool.acquire().close();

    assertThat(server.closed).hasSize(1);
    assertThat(pool.stats().retired()).containsEntry(RetireReason.RESET_FAILED, 1L);
    assertThat(pool.acquire().connection().number).isEqualTo(2);
  }

  @Test
  void resetThatHangs_closesTheConnectionWhenItsTimeIsOver() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .maxSize(1)
                .hookTimeout(Duration.ofSeconds(3))
                .asyncOnReturn(connection -> new CompletableFuture<>()));

    pool.acquire().close();
    time.advance(Duration.ofMillis(2999));
    assertThat(server.closed).isEmpty();
    time.advance(Duration.ofMillis(1));

    assertThat(server.closed).hasSize(1);
    assertThat(pool.stats().retired()).containsEntry(RetireReason.RESET_FAILED, 1L);
  }

  @Test
  void resetThatTakesLong_doesNotKeepOtherConnectionsFromBeingChecked() throws Exception {
    CompletableFuture<Void> over = new CompletableFuture<>();
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .maxConcurrentCreates(1)
                .hookTimeout(Duration.ofHours(1))
                .asyncOnReturn(
                    connection ->
                        connection.number == 1 ? over : CompletableFuture.completedFuture(null)));
    Lease<FakeConnection> first = pool.acquire();
    pool.acquire().close();
    first.close();
    assertThat(pool.stats().checking()).as("in its reset").isEqualTo(1);

    time.advance(Duration.ofMinutes(1));

    assertThat(server.checks).as("of the other one").hasPositiveValue();
    over.complete(null);
  }

  @Test
  void stopDuringAReset_closesTheConnectionOnce() throws Exception {
    CompletableFuture<Void> over = new CompletableFuture<>();
    ConnectionPool<FakeConnection> pool =
        build(builder().maxSize(1).asyncOnReturn(connection -> over));
    pool.acquire().close();

    CompletableFuture<Void> stopped = pool.stop();
    over.complete(null);

    get(stopped);
    assertThat(server.closed).hasSize(1);
  }

  @Test
  void brokenConnection_isClosedWithoutAReset() throws Exception {
    ConnectionPool<FakeConnection> pool = build(resetting());

    pool.acquire().invalidate();
    assertThatThrownBy(
            () ->
                pool.use(
                    connection -> {
                      throw new IOException();
                    }))
        .isInstanceOf(IOException.class);

    assertThat(reset).isEmpty();
    assertThat(server.closed).hasSize(2);
  }

  @Test
  void failureAfterTheEndOfTheLease_isNotLostDuringTheReset() {
    Hook reset = new Hook();
    ConnectionPool<FakeConnection> pool = build(builder().maxSize(1).asyncOnReturn(reset::run));

    failAfterTheRelease(pool, new IllegalStateException());
    reset.end(0);
    assertThat(server.checks).as("in doubt").hasValue(1);
    failAfterTheRelease(pool, new IOException("reset by peer"));
    reset.end(1);

    assertThat(pool.stats().retired()).containsEntry(RetireReason.BROKEN, 1L);
  }

  private static void failAfterTheRelease(ConnectionPool<FakeConnection> pool, Exception failure) {
    assertThatThrownBy(
            () ->
                pool.use(
                    connection -> {
                      pool.release(connection);
                      throw failure;
                    }))
        .isSameAs(failure);
  }

  @Test
  void brokenConnectionThatIsBeingReset_putsTheOthersInDoubtAtOnce() {
    Hook reset = new Hook();
    ConnectionPool<FakeConnection> pool = build(builder().asyncOnReturn(reset::run));
    Lease<FakeConnection> other = get(pool.acquireAsync());
    failAfterTheRelease(pool, new IOException("reset by peer"));

    other.close();
    reset.end(1);

    assertThat(server.checks).hasValue(1);
    reset.end(0);
  }

  @Test
  void newConnection_isPreparedBeforeAnyoneGetsIt() throws Exception {
    List<Integer> prepared = new ArrayList<>();
    ConnectionPool<FakeConnection> pool =
        build(builder().onCreate(connection -> prepared.add(connection.number)));

    assertThat(pool.acquire().connection().number).isEqualTo(1);

    assertThat(prepared).containsExactly(1);
  }

  @Test
  void preparationThatFails_isAFailedCreationAndClosesTheConnection() {
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .onCreate(
                    connection -> {
                      throw new IllegalStateException("cannot be prepared");
                    }));

    assertThat(pool.tryAcquire()).isEmpty();

    assertThat(server.closed).hasSize(1);
    assertThat(pool.stats().createFailures()).isEqualTo(1);
    assertThat(pool.stats().lastCreateFailure()).hasMessage("cannot be prepared");
    assertThat(pool.stats().retired()).containsEntry(RetireReason.PREPARATION_FAILED, 1L);
  }

  @Test
  void connectionThatCannotBePrepared_keepsItsPlaceUntilItIsClosed() {
    callsAreHeldInside();
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .maxSize(1)
                .closeTimeout(Duration.ofMinutes(1))
                .onCreate(
                    connection -> {
                      throw new IllegalStateException("cannot be prepared");
                    }));
    held.hold();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(Duration.ofHours(1));
    held.runOne(); // the factory

    time.advance(Duration.ofSeconds(10));

    assertThat(held.waiting()).as("the cleaner, and no other creation").isEqualTo(1);
    assertThat(pool.stats().closing()).isEqualTo(1);
    waiting.cancel(true);
  }

  @Test
  void overdueCreation_cancelsTheFactoryThatTheHookWaitsFor() {
    CompletableFuture<FakeConnection> never = new CompletableFuture<>();
    ConnectionPool<FakeConnection> pool =
        build(
            ConnectionPool.<FakeConnection>asyncBuilder(arguments -> never)
                .onCreate(connection -> {})
                .executor(held)
                .minSize(0)
                .time(time));
    CompletableFuture<FakeConnection> created = pool.createConnection();

    time.advance(Duration.ofSeconds(30));

    assertThat(never).isCancelled();
    assertThat(created).isCompletedExceptionally();
  }

  /** Its factory answers by this future, which a cancellation does not reach. */
  private ConnectionPoolBuilder<FakeConnection> answeredBy(CompletableFuture<FakeConnection> late) {
    return ConnectionPool.<FakeConnection>asyncBuilder(arguments -> late.minimalCompletionStage())
        .cleaner(server::close)
        .executor(held)
        .minSize(0)
        .time(time);
  }

  @Test
  void connectionThatComesDespiteTheCancellation_isPreparedAndClosed() throws Exception {
    CompletableFuture<FakeConnection> late = new CompletableFuture<>();
    List<FakeConnection> prepared = new ArrayList<>();
    ConnectionPool<FakeConnection> pool = build(answeredBy(late).onCreate(prepared::add));
    CompletableFuture<FakeConnection> created = pool.createConnection();
    time.advance(Duration.ofSeconds(30));
    assertThat(created).isCompletedExceptionally();

    late.complete(server.open(Arguments.none()));

    assertThat(prepared).hasSize(1);
    assertThat(server.closed).hasSize(1);
  }

  @Test
  void hookForAConnectionThatComesDespiteTheCancellation_hasALimitOfItsOwn() throws Exception {
    CompletableFuture<FakeConnection> late = new CompletableFuture<>();
    CompletableFuture<Void> never = new CompletableFuture<>();
    ConnectionPool<FakeConnection> pool =
        build(answeredBy(late).asyncOnCreate(connection -> never));
    CompletableFuture<FakeConnection> created = pool.createConnection();
    time.advance(Duration.ofSeconds(30));
    assertThat(created).isCompletedExceptionally();

    late.complete(server.open(Arguments.none()));
    time.advance(Duration.ofSeconds(29));
    assertThat(never).isNotDone();
    time.advance(Duration.ofSeconds(1));

    assertThat(never).isCancelled();
    assertThat(server.closed).hasSize(1);
  }

  /** Waits, and ignores interrupts. */
  private static void hang(CountDownLatch until) {
    boolean isOver = false;
    while (!isOver) {
      try {
        until.await();
        isOver = true;
      } catch (InterruptedException ignored) {
        // It goes on.
      }
    }
  }

  @Test
  void hookThatFollowsAFactoryThatIsOverdue_hasALimitOfItsOwn() throws Exception {
    CountDownLatch inFactory = new CountDownLatch(1);
    CountDownLatch factoryReturns = new CountDownLatch(1);
    CountDownLatch inHook = new CountDownLatch(1);
    server.onCreate.set(
        () -> {
          inFactory.countDown();
          hang(factoryReturns);
        });
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .executor(command -> TestThreads.start(command::run))
                .onCreate(
                    connection -> {
                      inHook.countDown();
                      new CountDownLatch(1).await();
                    }));
    CompletableFuture<FakeConnection> created = pool.createConnection();
    inFactory.await();
    time.advance(Duration.ofSeconds(30));
    assertThat(created).isCompletedExceptionally();

    factoryReturns.countDown();
    inHook.await();
    time.advance(Duration.ofSeconds(30));

    await().until(() -> server.closed.size() == 1);
  }

  @Test
  void hookThatIsOverdue_isCancelledAndItsConnectionClosed() {
    CompletableFuture<Void> never = new CompletableFuture<>();
    ConnectionPool<FakeConnection> pool =
        build(builder().asyncOnCreate(connection -> never).maxSize(1));
    CompletableFuture<FakeConnection> created = pool.createConnection();

    time.advance(Duration.ofSeconds(30));

    assertThat(never).isCancelled();
    assertThat(created).isCompletedExceptionally();
    assertThat(server.closed).hasSize(1);
  }

  @Test
  void hookOnCreate_doesNotRunOnTheThreadThatCompletesTheFactoryCall() throws Exception {
    List<String> threads = new CopyOnWriteArrayList<>();
    try (ConnectionPool<Object> pool =
        ConnectionPool.<Object>asyncBuilder(
                arguments -> {
                  CompletableFuture<Object> coming = new CompletableFuture<>();
                  new Thread(() -> coming.complete(new Object()), "driver").start();
                  return coming;
                })
            .onCreate(connection -> threads.add(Thread.currentThread().getName()))
            .minSize(0)
            .build()) {
      pool.acquire().close();
    }

    assertThat(threads).hasSize(1).doesNotContain("driver");
  }
}

package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.Arguments;
import dev.pools.FullDisk;
import dev.pools.TestThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Calls of user code that wait for a thread of an executor that is full. */
class CallThreadsTest extends ConnectionTestBase {

  @Test
  void aCheckThatHasNotBegunSaysNothingAboutTheConnection() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(2, 2);
    time.advance(Duration.ofSeconds(1));
    held.hold();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();
    assertThat(server.checks).hasValue(0);

    time.advance(Duration.ofMillis(499));
    assertThat(server.checks).hasValue(0);
    time.advance(Duration.ofMinutes(1));

    get(waiting).close();
    assertThat(pool.stats().retired().get(RetireReason.UNHEALTHY)).isZero();
  }

  @Test
  void aCreationThatHasNotBegunIsNoFailure() {
    ConnectionPool<FakeConnection> pool =
        build(builder().createTimeout(Duration.ofMillis(100)).maxSize(1));
    held.hold();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();

    time.advance(Duration.ofMinutes(1));

    get(waiting).close();
    assertThat(pool.stats().createFailures()).isZero();
    assertThat(server.attempts).hasValue(1);
  }

  @Test
  void aCallThatWasTakenOverRunsOnce() {
    ConnectionPool<FakeConnection> pool = build(builder().maxSize(1));
    held.hold();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();
    time.advance(Duration.ofSeconds(1));
    get(waiting).invalidate();
    time.advance(Duration.ofSeconds(1));

    held.letGo();

    assertThat(server.attempts).hasValue(1);
    assertThat(server.closed).hasSize(1);
    assertThat(pool.stats().closing()).isZero();
  }

  @Test
  void aLimitStartsWhenTheCallStarts() {
    ConnectionPool<FakeConnection> pool =
        build(
            ConnectionPool.<FakeConnection>asyncBuilder(arguments -> new CompletableFuture<>())
                .createTimeout(Duration.ofSeconds(5))
                .executor(held)
                .minSize(0)
                .time(time));
    held.hold();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();
    time.advance(Duration.ofMillis(400));
    held.runOne();

    time.advance(Duration.ofMillis(4_900));
    assertThat(pool.stats().createFailures()).isZero();
    time.advance(Duration.ofMillis(100));

    assertThat(pool.stats().createFailures()).isEqualTo(1);
    waiting.cancel(true);
  }

  @Test
  void aCallerThatTimesOutMeanwhileIsToldAboutTheExecutor() {
    ConnectionPool<FakeConnection> pool = build(builder());
    held.hold();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(Duration.ofMillis(200));

    time.advance(Duration.ofMillis(200));
    time.advance(Duration.ofSeconds(1));

    assertThatThrownBy(waiting::join).hasMessageContaining("executor");
  }

  @Test
  void tasksThatUseThePoolFromItsOwnExecutorAreServed() throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(2);
    try (ConnectionPool<Object> pool =
        ConnectionPool.builder(Object::new).minSize(0).maxSize(4).executor(executor).build()) {
      AtomicInteger served = new AtomicInteger();
      List<Future<?>> tasks = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        tasks.add(
            executor.submit(
                () -> {
                  pool.acquire().invalidate();
                  CompletableFuture<Lease<Object>> coming = pool.acquireAsync();
                  coming.get(PATIENCE_SECONDS, TimeUnit.SECONDS).close();
                  return served.incrementAndGet();
                }));
      }
      for (Future<?> task : tasks) {
        task.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      }

      assertThat(served).hasValue(4);
      assertThat(pool.stats().createFailures()).isZero();
      pool.maintain().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertThat(pool.isHealthy(new Object())).isTrue();
    } finally {
      executor.shutdownNow();
    }
  }

  @Test
  void anExecutorThatDropsCallsDoesNotHoldUpThePool() throws Exception {
    try (ConnectionPool<Object> pool =
        ConnectionPool.builder(Object::new).minSize(0).maxSize(1).executor(command -> {}).build()) {
      pool.acquire().invalidate();
      pool.acquireAsync().get(PATIENCE_SECONDS, TimeUnit.SECONDS).close();
      assertThat(pool.createConnection().get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isNotNull();
    }
  }

  @Test
  void executorThatKeepsAThread_holdsUpNoOther() throws Exception {
    CountDownLatch inExecutor = new CountDownLatch(1);
    CountDownLatch letGo = new CountDownLatch(1);
    AtomicInteger calls = new AtomicInteger();
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .minSize(0)
                .maxSize(3)
                .executor(
                    command -> {
                      calls.incrementAndGet();
                      inExecutor.countDown();
                      awaitLatch(letGo);
                      command.run();
                    }));
    CompletableFuture<Lease<FakeConnection>> first = new CompletableFuture<>();
    TestThreads.Started caller =
        TestThreads.start(() -> pool.acquireAsync().thenAccept(first::complete));
    awaitLatch(inExecutor);

    time.advance(Duration.ofMillis(500));
    Lease<FakeConnection> own = get(pool.acquireAsync());

    assertThat(calls).hasValue(1);
    own.close();
    letGo.countDown();
    caller.awaitEnd();
    get(first).close();
    get(pool.acquireAsync()).invalidate();
    get(pool.acquireAsync()).close();
    assertThat(calls).as("the executor is used again").hasValueGreaterThan(1);
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      assertThat(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aLogThatHangsDoesNotHoldUpTheCallsThatAnExecutorDropsOrRefuses() throws Exception {
    Executor refuses =
        command -> {
          throw new RejectedExecutionException();
        };
    for (Executor executor : List.<Executor>of(command -> {}, refuses)) {
      FullDisk.whileLoggersHang(
          ConnectionThreads.class.getName(),
          () -> {
            try (ConnectionPool<Object> pool =
                ConnectionPool.builder(Object::new)
                    .minSize(0)
                    .maxSize(1)
                    .executor(executor)
                    .build()) {
              pool.acquire(Duration.ofSeconds(PATIENCE_SECONDS)).close();
            }
          });
    }
  }

  @Test
  void anOverdueAsynchronousCreationIsCancelled() {
    CompletableFuture<FakeConnection> never = new CompletableFuture<>();
    ConnectionPool<FakeConnection> pool =
        build(
            ConnectionPool.<FakeConnection>asyncBuilder(arguments -> never)
                .executor(held)
                .minSize(0)
                .time(time));
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();

    time.advance(Duration.ofSeconds(30));

    assertThat(never).isCancelled();
    waiting.cancel(true);
  }

  @Test
  void aConnectionThatComesDespiteTheCancellationIsUsed() throws Exception {
    CompletableFuture<FakeConnection> late = new CompletableFuture<>();
    ConnectionPool<FakeConnection> pool =
        build(
            ConnectionPool.<FakeConnection>asyncBuilder(arguments -> late.minimalCompletionStage())
                .cleaner(server::close)
                .executor(held)
                .minSize(0)
                .maxSize(1)
                .time(time));
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(Duration.ofHours(1));
    time.advance(Duration.ofSeconds(30));

    late.complete(server.open(Arguments.none()));

    get(waiting).close();
    assertThat(pool.stats().createFailures()).isEqualTo(1);
    assertThat(server.closed).isEmpty();
  }

  @Test
  void aConnectionThatComesDespiteTheCancellationAndHasNoPlaceIsClosed() throws Exception {
    CompletableFuture<FakeConnection> late = new CompletableFuture<>();
    ConnectionPool<FakeConnection> pool =
        build(
            ConnectionPool.<FakeConnection>asyncBuilder(arguments -> late.minimalCompletionStage())
                .cleaner(server::close)
                .executor(held)
                .minSize(0)
                .maxSize(1)
                .time(time));
    CompletableFuture<FakeConnection> created = pool.createConnection();
    time.advance(Duration.ofSeconds(30));
    assertThat(created).isCompletedExceptionally();

    late.complete(server.open(Arguments.none()));

    assertThat(server.closed).hasSize(1);
  }

  @Test
  void userCodeRunsOnPlatformThreads() throws Exception {
    List<Thread> threads = new java.util.concurrent.CopyOnWriteArrayList<>();
    try (ConnectionPool<Object> pool =
        ConnectionPool.<Object>builder(
                () -> {
                  threads.add(Thread.currentThread());
                  return new Object();
                })
            .minSize(0)
            .idleBypass(Duration.ZERO)
            .healthChecker(connection -> threads.add(Thread.currentThread()))
            .cleaner((connection, arguments) -> threads.add(Thread.currentThread()))
            .build()) {
      pool.acquire().close();
      pool.acquire().close();
    }

    assertThat(threads).hasSizeGreaterThanOrEqualTo(3);
    assertThat(threads)
        .allSatisfy(
            thread -> assertThat(dev.pools.internal.ThreadKind.isVirtual(thread)).isFalse());
  }
}

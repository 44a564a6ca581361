package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pools.FullDisk;
import dev.pools.TestThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** No exception of a user's object stands between what the pool decides and the one who waits. */
class LostDecisionTest extends ConnectionTestBase {

  /** An exception none of whose texts can be had. */
  @SuppressWarnings({"OverrideThrowableToString", "serial"})
  private static final class Rude extends RuntimeException {
    @Override
    public String getMessage() {
      throw new IllegalStateException("no message");
    }

    @Override
    public String toString() {
      throw new IllegalStateException("no text");
    }
  }

  private ConnectionPool<FakeConnection> rude(ConnectionPoolBuilder<FakeConnection> builder) {
    server.refusal.set(new Rude());
    return build(builder);
  }

  private static Throwable failureOf(CompletableFuture<?> future) throws Exception {
    try {
      future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      throw new AssertionError("It has not failed.");
    } catch (ExecutionException e) {
      return e.getCause();
    }
  }

  @Test
  void callersInAThreadAreToldThatTheirTimeIsOverWhateverTheFailureSays() throws Exception {
    ConnectionPool<FakeConnection> pool = rude(builder());
    TestThreads.Started waiter = TestThreads.start(() -> pool.acquire(Duration.ofMillis(200)));
    await().until(() -> pool.stats().waiting() == 1 && pool.stats().createFailures() > 0);

    time.advance(Duration.ofSeconds(1));

    assertThat(waiter.failure())
        .isInstanceOf(AcquireTimeoutException.class)
        .hasMessageContaining(Rude.class.getName());
  }

  @Test
  void callersInAFutureAreToldThatTheirTimeIsOverWhateverTheFailureSays() throws Exception {
    ConnectionPool<FakeConnection> pool = rude(builder());
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(Duration.ofMillis(200));
    CompletableFuture<Integer> used =
        pool.useAsync(connection -> CompletableFuture.completedFuture(1));

    time.advance(Duration.ofMinutes(1));

    assertThat(failureOf(waiting)).isInstanceOf(AcquireTimeoutException.class);
    assertThat(failureOf(used)).isInstanceOf(AcquireTimeoutException.class);
  }

  @Test
  void startFailsWhateverTheFailureSays() throws Exception {
    ConnectionPool<FakeConnection> pool = rude(builder().minSize(1));

    CompletableFuture<Void> start = pool.start();

    assertThat(failureOf(start))
        .isInstanceOf(ConnectionCreationException.class)
        .hasMessageContaining(Rude.class.getName());
    assertThat(pool.stats().state()).isEqualTo(ConnectionPoolStats.State.STOPPED);
  }

  @Test
  void callersThatDoNotWaitForTheServerAreServedWhenItIsBack() throws Exception {
    ConnectionPool<FakeConnection> pool = rude(builder().maxSize(1).whenDown(WhenDown.FAIL));
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> pool.acquire(Duration.ofMillis(300)))
          .isInstanceOf(BackendDownException.class);
    }
    server.refusal.set(null);
    time.advance(Duration.ofSeconds(10));

    pool.acquire(Duration.ofSeconds(3)).close();

    assertThat(pool.stats().creating()).isZero();
  }

  @Test
  void aConnectionMadeByHandFailsWhateverTheFailureSays() throws Exception {
    ConnectionPool<FakeConnection> pool = rude(builder());

    assertThat(failureOf(pool.createConnection())).isInstanceOf(ConnectionCreationException.class);
  }

  @Test
  void dependantsOfAUseAreToldOfAFailureWithoutAText() {
    ConnectionPool<FakeConnection> pool = sized(1, 1);
    CompletableFuture<Integer> use = new CompletableFuture<>();
    CompletableFuture<Integer> dependant =
        pool.useAsync(connection -> use).thenApply(value -> value + 1);

    use.completeExceptionally(new Rude());

    assertThat(dependant.isCompletedExceptionally()).isTrue();
    assertThat(pool.inUse()).isZero();
  }

  @Test
  void dependantsOfAStartAreToldOfAPublisherThatFailsWithoutAText() {
    List<Flow.Subscriber<?>> subscribers = new ArrayList<>();
    CompletableFuture<Void> dependant =
        build(builder().minSize(1)).startFrom(subscribers::add).thenRun(() -> {});

    subscribers.get(0).onError(new Rude());

    assertThat(dependant.isCompletedExceptionally()).isTrue();
  }

  @Test
  void aCheckThatFailsWithoutATextClosesTheConnectionAndCompletes() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(1, 2);
    server.onCheck.set(
        () -> {
          throw new Rude();
        });
    time.advance(Duration.ofMinutes(1));

    get(pool.maintain());

    assertThat(pool.isHealthy(new FakeConnection(0, dev.pools.Arguments.none()))).isFalse();
    assertThat(pool.stats().retired().get(RetireReason.UNHEALTHY)).isPositive();
    assertThat(pool.stats().checking()).isZero();
  }

  @Test
  void aCleanerThatFailsWithoutATextGivesItsPlaceBack() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    server.onClose.set(
        () -> {
          throw new Rude();
        });

    pool.acquire().invalidate();
    Lease<FakeConnection> next = pool.acquire();
    CompletableFuture<Integer> evicted = pool.softEvict();
    next.close();

    assertThat(get(evicted)).isEqualTo(1);
    assertThat(pool.stats().closing()).isZero();
    get(pool.stop(Duration.ofSeconds(1)));
  }

  /** A listener that fails in each of its methods with an exception that has no text. */
  private static final class RudeListener implements ConnectionPoolListener<FakeConnection> {
    @Override
    public ConnectionPoolListener<FakeConnection> forWaiter() {
      throw new Rude();
    }

    @Override
    public void acquired(FakeConnection connection, Duration waited) {
      throw new Rude();
    }

    @Override
    public void acquireTimedOut(Duration waited) {
      throw new Rude();
    }

    @Override
    public void released(FakeConnection connection, Duration used) {
      throw new Rude();
    }

    @Override
    public void created(FakeConnection connection, Duration took) {
      throw new Rude();
    }

    @Override
    public void createFailed(Throwable cause, Duration took) {
      throw new Rude();
    }

    @Override
    public void retired(FakeConnection connection, RetireReason reason) {
      throw new Rude();
    }

    @Override
    public void cleanFailed(FakeConnection connection, Throwable cause) {
      throw new Rude();
    }

    @Override
    public String toString() {
      throw new Rude();
    }
  }

  @Test
  void aListenerThatAlwaysFailsChangesNothing() throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder().maxSize(1).listener(new RudeListener()));
    server.onClose.set(
        () -> {
          throw new Rude();
        });

    pool.acquire().close();
    Lease<FakeConnection> lease = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> inTime = pool.acquireAsync();
    CompletableFuture<Lease<FakeConnection>> tooLate = pool.acquireAsync(Duration.ofMillis(1));
    time.advance(Duration.ofMillis(1));
    lease.invalidate();
    get(inTime).close();

    assertThat(failureOf(tooLate)).isInstanceOf(AcquireTimeoutException.class);
    assertThat(pool.inUse()).isZero();
    get(pool.stop());
  }

  @Test
  void aLoggerThatFailsOnEachReportChangesNothing() throws Exception {
    FullDisk.whileLoggersFail(
        "dev.pools.connection",
        () -> {
          aListenerThatAlwaysFailsChangesNothing();
          aCheckThatFailsWithoutATextClosesTheConnectionAndCompletes();
          startFailsWhateverTheFailureSays();
        });
  }

  @Test
  void aCallThatNoThreadCanBeStartedForIsStartedLater() throws Exception {
    NoThreads threads = new NoThreads();
    ConnectionPool<FakeConnection> pool = build(builder().maxSize(1).minSize(0).executor(threads));
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();
    time.advance(Duration.ofSeconds(1));
    Lease<FakeConnection> first = get(waiting);
    threads.none = true;
    first.invalidate();
    threads.none = false;
    time.advance(Duration.ofSeconds(10));

    get(pool.acquireAsync()).close();

    assertThat(pool.stats().closing()).isZero();
  }

  private static final class NoThreads implements java.util.concurrent.Executor {
    private boolean none;

    @Override
    public void execute(Runnable command) {
      if (none) {
        throw new OutOfMemoryError("unable to create native thread");
      }
      command.run();
    }
  }

  @Test
  void aGuardedConnectionWithoutATextHasOneOfItsType() throws Exception {
    ConnectionPool<Runnable> pool =
        ConnectionPool.<Runnable>builder(RudeRunnable::new)
            .guard(Runnable.class)
            .minSize(0)
            .time(time)
            .build();
    try (pool;
        Lease<Runnable> lease = pool.acquire()) {
      assertThat(lease.connection().toString()).contains(RudeRunnable.class.getName());
    }
  }

  private static final class RudeRunnable implements Runnable {
    @Override
    public void run() {}

    @Override
    public String toString() {
      throw new Rude();
    }
  }

  // ---- Texts that do not come

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch answers = new CountDownLatch(1);

  private void hang() {
    asked.countDown();
    try {
      answers.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** An exception whose text does not come before the test lets it. */
  @SuppressWarnings("serial")
  private final class Slow extends RuntimeException {
    @Override
    public String getMessage() {
      hang();
      return "late";
    }
  }

  private ConnectionPoolBuilder<FakeConnection> onThreads() {
    return builder().executor(command -> TestThreads.start(command::run));
  }

  private void letTextsCome(ConnectionPool<FakeConnection> pool) {
    answers.countDown();
    await()
        .until(
            () -> {
              ConnectionPoolStats now = pool.stats();
              return now.creating() + now.checking() + now.closing() == 0;
            });
  }

  @Test
  void aFailureToCreateWhoseTextDoesNotComeIsOverdueAndAnotherAttemptFollows() throws Exception {
    ConnectionPool<FakeConnection> pool = build(onThreads());
    server.refusal.set(new Slow());
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(Duration.ofHours(1));
    asked.await();
    server.refusal.set(null);

    time.advance(Duration.ofMinutes(1));

    get(waiting).close();
    assertThat(pool.stats().createFailures()).isEqualTo(1);
    letTextsCome(pool);
  }

  @Test
  void aFailedCheckWhoseTextDoesNotComeIsOverdueAndItsConnectionClosed() throws Exception {
    ConnectionPool<FakeConnection> pool = build(onThreads().maxSize(1));
    pool.acquire().close();
    server.onCheck.set(
        () -> {
          throw new Slow();
        });
    time.advance(Duration.ofSeconds(1));
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(Duration.ofHours(1));
    asked.await();
    server.onCheck.set(() -> {});

    time.advance(Duration.ofSeconds(10));

    get(waiting).close();
    assertThat(pool.stats().retired()).containsEntry(RetireReason.UNHEALTHY, 1L);
    letTextsCome(pool);
  }

  @Test
  void aFailedPreparationWhoseTextDoesNotComeIsOverdueAndItsConnectionClosed() throws Exception {
    AtomicBoolean fails = new AtomicBoolean();
    ConnectionPool<FakeConnection> pool =
        build(
            onThreads()
                .maxSize(1)
                .onAcquire(
                    connection -> {
                      if (fails.get()) {
                        throw new Slow();
                      }
                    }));
    pool.acquire().close();
    fails.set(true);
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(Duration.ofHours(1));
    asked.await();
    fails.set(false);

    time.advance(Duration.ofMinutes(1));

    get(waiting).close();
    assertThat(pool.stats().retired()).containsEntry(RetireReason.PREPARATION_FAILED, 1L);
    letTextsCome(pool);
  }

  @Test
  void aConnectionMadeByHandWhoseFailureHasNoTextYetIsOverdue() throws Exception {
    ConnectionPool<FakeConnection> pool = build(onThreads());
    server.refusal.set(new Slow());
    CompletableFuture<FakeConnection> made = pool.createConnection();
    asked.await();

    time.advance(Duration.ofMinutes(1));

    assertThat(failureOf(made))
        .isInstanceOf(ConnectionCreationException.class)
        .hasMessageContaining("has not answered within")
        .hasMessageContaining("raise createTimeout");
    letTextsCome(pool);
  }

  @Test
  void aResetThatFailsGivesItsPlaceBackThoughBrokenWhenDoesNotReturn() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(
            onThreads()
                .maxSize(1)
                .onReturn(
                    connection -> {
                      throw new IllegalStateException("cannot be reset");
                    })
                .brokenWhen(
                    failure -> {
                      hang();
                      return false;
                    }));
    pool.acquire().close();
    asked.await();

    time.advance(Duration.ofMinutes(1));

    await().until(() -> pool.stats().closing() == 0);
    assertThat(server.closed).hasSize(1);
    assertThat(pool.stats().retired()).containsEntry(RetireReason.RESET_FAILED, 1L);
    answers.countDown();
  }

  @Test
  void aResetThatFailsAndMeansABrokenConnectionPutsTheOthersInDoubt() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .onReturn(
                    connection -> {
                      if (connection.number == 1) {
                        throw new IllegalStateException("cannot be reset");
                      }
                    })
                .brokenWhen(failure -> true));
    Lease<FakeConnection> first = pool.acquire();
    pool.acquire().close();
    assertThat(server.checks).hasValue(0);

    first.close();

    assertThat(server.checks).as("the other one").hasValue(1);
  }
}

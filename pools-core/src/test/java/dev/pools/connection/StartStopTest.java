package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import dev.pools.Arguments;
import dev.pools.TestThreads;
import dev.pools.connection.ConnectionPoolStats.State;
import dev.pools.internal.LogOf;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StartStopTest extends ConnectionTestBase {

  @Test
  void startMakesTheFirstConnectionsWithTheArgumentsGiven() {
    ConnectionPool<FakeConnection> pool = build(builder().minSize(3).maxSize(5));
    AtomicInteger asked = new AtomicInteger();
    Iterable<Arguments> endless =
        () -> Stream.generate(() -> Arguments.of(asked.incrementAndGet())).iterator();

    get(pool.start(endless));

    assertThat(pool.available()).isEqualTo(3);
    assertThat(server.made.stream().map(made -> made.madeWith.positional().get(0)).toList())
        .isEqualTo(List.of(1, 2, 3));
    assertThat(pool.stats().state()).isEqualTo(State.RUNNING);
  }

  @Test
  void actionOnTheState_runsAfterEachChangeWhateverOthersThrow() {
    ConnectionPool<FakeConnection> pool = build(builder().minSize(1));
    List<State> seen = new ArrayList<>();
    pool.onStateChange(
        () -> {
          throw new AssertionError("an action that fails");
        });
    pool.onStateChange(() -> seen.add(pool.stats().state()));

    get(pool.start());
    get(pool.start());
    pool.suspend();
    pool.suspend();
    pool.resume();
    pool.resume();
    get(pool.stop());
    get(pool.stop());
    get(pool.start());

    assertThat(seen)
        .containsSubsequence(State.RUNNING, State.SUSPENDED, State.RUNNING, State.STOPPED)
        .endsWith(State.RUNNING)
        .hasSize(6);
  }

  @Test
  void actionOnTheState_runsWhenAPoolIsStoppedThatWasNeverStarted() {
    ConnectionPool<FakeConnection> pool = build(builder());
    List<State> seen = new ArrayList<>();
    pool.onStateChange(() -> seen.add(pool.stats().state()));

    get(pool.stop());

    assertThat(seen).containsExactly(State.STOPPED);
  }

  @Test
  void startTwiceIsOneStart() {
    ConnectionPool<FakeConnection> pool = build(builder().minSize(1));

    get(pool.start());
    get(pool.start());

    assertThat(server.made).hasSize(1);
  }

  @Test
  void startUsesTheExecutorGiven() {
    ConnectionPool<FakeConnection> pool = build(builder().minSize(1));
    List<Runnable> ran = new ArrayList<>();

    get(
        pool.start(
            List.of(),
            command -> {
              ran.add(command);
              command.run();
            }));

    assertThat(ran).hasSize(1);
  }

  @Test
  void aStopRevokesTheStartThatWaitsForTheStopBeforeIt() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    pool.acquire();
    CompletableFuture<Void> stopping = pool.stop(Duration.ofSeconds(9));
    CompletableFuture<Void> starting = pool.start();

    get(pool.stop(Duration.ZERO));

    assertThat(pool.stats().state()).isEqualTo(State.STOPPED);
    assertThat(stopping).isCompleted();
    assertThatThrownBy(starting::get).hasCauseInstanceOf(PoolStoppedException.class);
    get(pool.start());
    assertThat(pool.stats().state()).isEqualTo(State.RUNNING);
  }

  @Test
  void aStartThatFailsSaysWhyAndLeavesThePoolStopped() {
    ConnectionPool<FakeConnection> pool = build(builder().minSize(2));
    server.refusal.set(new IOException("down"));

    CompletableFuture<Void> started = pool.start();

    assertThatThrownBy(started::get)
        .hasCauseInstanceOf(ConnectionCreationException.class)
        .hasRootCauseMessage("down");
    assertThat(pool.stats().state()).isEqualTo(State.STOPPED);
    server.refusal.set(null);
    get(pool.start());
    assertThat(pool.available()).isEqualTo(2);
  }

  @Test
  void startThatHasFailed_doesNotStopTheNextLife() {
    server.refusal.set(new IOException("refused"));
    ConnectionPool<FakeConnection> pool =
        build(builder().minSize(1).onStartFailure(StartFailure.FAIL));
    held.hold();
    CompletableFuture<Void> failed = pool.start();
    List<CompletableFuture<Void>> next = new ArrayList<>();
    // Runs between the decision to stop the pool and the stop.
    pool.softEvict()
        .thenRun(
            () -> {
              pool.stop(Duration.ZERO);
              server.refusal.set(null);
              next.add(pool.start());
            });

    held.letGo();

    assertThat(failed).isCompletedExceptionally();
    assertThat(pool.stats().state()).isEqualTo(State.RUNNING);
    assertThat(next.get(0)).isCompleted();
    assertThat(pool.available()).isEqualTo(1);
  }

  @Test
  void startThatHasFailed_doesNotRevokeTheStartThatFollowsAStop() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(1, 1);
    Lease<FakeConnection> lease = pool.acquire();
    long life = pool.parts().core.lives;
    pool.stop(Duration.ofSeconds(30));
    CompletableFuture<Void> next = pool.start();

    // What was decided before that stop is carried out only now.
    CompletableFuture<Void> stopped = pool.parts().stopAtOnce(life);

    assertThat(stopped).isCompleted();
    assertThat(lease.isClosed()).as("taken from its user").isTrue();
    assertThat(next).isCompletedWithValue(null);
    assertThat(pool.stats().state()).isEqualTo(State.RUNNING);
  }

  @Test
  void aPoolMayStartEmptyAndRecoverByItself() {
    ConnectionPool<FakeConnection> pool =
        build(builder().minSize(2).onStartFailure(StartFailure.START_EMPTY));
    server.refusal.set(new IOException("down"));

    get(pool.start());
    assertThat(pool.size()).isZero();
    server.refusal.set(null);
    time.advance(Duration.ofSeconds(1));

    assertThat(pool.available()).isEqualTo(2);
  }

  @Test
  void aPoolThatWasNeverStartedStartsWhenItIsAsked() throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder().minSize(2));
    assertThat(pool.stats().state()).isEqualTo(State.CREATED);
    assertThat(server.attempts).hasValue(0);

    pool.acquire().close();

    assertThat(pool.size()).isEqualTo(2);
  }

  @Test
  void stopRejectsWaitersAndLaterCallers() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    Lease<FakeConnection> lease = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();

    CompletableFuture<Void> stopped = pool.stop();

    assertThatThrownBy(waiting::get).hasCauseInstanceOf(PoolStoppedException.class);
    assertThatThrownBy(pool::acquire)
        .isInstanceOf(PoolStoppedException.class)
        .hasMessageContaining("Start it");
    assertThatThrownBy(pool::tryAcquire).isInstanceOf(PoolStoppedException.class);
    assertThat(stopped).isNotDone();
    lease.close();
    assertThat(stopped).isCompleted();
    assertThat(server.closed).hasSize(1);
    assertThat(pool.stats().state()).isEqualTo(State.STOPPED);
  }

  @Test
  void stopClosesIdleConnectionsAtOnce() {
    ConnectionPool<FakeConnection> pool = sized(2, 2);

    get(pool.stop());
    get(pool.stop());

    assertThat(server.closed).hasSize(2);
    assertThat(pool.stats().retired()).containsEntry(RetireReason.STOPPED, 2L);
  }

  @Test
  void atItsDeadlineStopTakesWhatIsStillInUse() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    Lease<FakeConnection> late = pool.acquire();
    CompletableFuture<Void> stopped = pool.stop(Duration.ofSeconds(5));

    time.advance(Duration.ofSeconds(5));

    assertThat(stopped).isCompleted();
    assertThat(server.closed).hasSize(1);
    assertThat(late.isClosed()).isTrue();
    late.close();
    assertThat(server.closed).hasSize(1);
  }

  @Test
  void leaseFromBeforeARestart_doesNotEndALaterOne() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    Lease<FakeConnection> late = pool.acquire();
    get(pool.stop(Duration.ZERO));
    get(pool.start());
    Lease<FakeConnection> current = pool.acquire();

    late.close();

    assertThat(current.isClosed()).isFalse();
    assertThat(pool.inUse()).isEqualTo(1);
    assertThat(pool.stats().state()).isEqualTo(State.RUNNING);
  }

  @Test
  void aConnectionThatIsMadeDuringTheStopIsClosedWhenItComes() {
    ConnectionPool<FakeConnection> pool = build(builder().minSize(1));
    held.hold();
    CompletableFuture<Void> started = pool.start();
    CompletableFuture<Void> stopped = pool.stop();
    assertThat(started).isCompletedExceptionally();
    assertThat(stopped).isNotDone();

    held.letGo();

    assertThat(stopped).isCompleted();
    assertThat(server.closed).hasSize(1);
  }

  @Test
  void startDuringAStopComesAfterIt() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(1, 1);
    Lease<FakeConnection> lease = pool.acquire();
    pool.stop();
    CompletableFuture<Void> restarted = pool.start();
    assertThat(restarted).isNotDone();

    lease.close();

    get(restarted);
    assertThat(pool.acquire().connection()).isSameAs(server.made.get(1));
  }

  @Test
  void stopDoesNotWaitForeverForACleanerThatHangs() {
    callsAreHeldInside();
    ConnectionPool<FakeConnection> pool = sized(1, 1);
    held.hold();
    CompletableFuture<Void> stopped = pool.stop(Duration.ofSeconds(1));

    time.advance(Duration.ofSeconds(1));
    assertThat(stopped).isNotDone();
    time.advance(Duration.ofSeconds(5));

    assertThat(stopped).isCompleted();
  }

  @Test
  void aPoolThatWasNeverUsedStopsAtOnce() {
    ConnectionPool<FakeConnection> pool = build(builder().minSize(2));

    assertThat(pool.stop()).isCompleted();
    assertThat(server.attempts).hasValue(0);
  }

  @Test
  void aForgottenPoolClosesItsConnections() throws Exception {
    ConnectionPool<FakeConnection> pool =
        ConnectionPool.builder(server::open).cleaner(server::close).minSize(2).build();
    pool.start().get();
    WeakReference<ConnectionPool<?>> forgotten = new WeakReference<>(pool);
    pool = null;

    await()
        .until(
            () -> {
              System.gc();
              return forgotten.get() == null;
            });

    await().until(() -> server.closed.size() == 2);
  }

  @Test
  void aPoolWithALeaseOutIsNotForgotten() throws Exception {
    ConnectionPool<FakeConnection> pool =
        ConnectionPool.builder(server::open).cleaner(server::close).minSize(0).build();
    Lease<FakeConnection> lease = pool.acquire();
    WeakReference<ConnectionPool<?>> held = new WeakReference<>(pool);
    pool = null;

    for (int i = 0; i < 3; i++) {
      System.gc();
      assertThat(held.get()).isNotNull();
    }

    lease.close();
    held.get().close();
    assertThat(server.closed).hasSize(1);
  }

  @Test
  void cancelOfTheFutureOfAStop_keepsItsDeadline() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    pool.acquire();

    pool.stop(Duration.ofSeconds(5)).cancel(true);
    time.advance(Duration.ofSeconds(5));

    assertThat(pool.stats().state()).isEqualTo(State.STOPPED);
    assertThat(server.closed).hasSize(1);
  }

  @Test
  void theEarliestDeadlineOfSeveralStopsCounts() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    pool.acquire();
    CompletableFuture<Void> first = pool.stop(Duration.ofSeconds(50));

    CompletableFuture<Void> second = pool.stop(Duration.ofSeconds(5));
    time.advance(Duration.ofSeconds(5));

    assertThat(first).isCompleted();
    assertThat(second).isCompleted();
  }

  @Test
  void aStartIsOverIfTheLeastNumberBecomesWhatIsThere() {
    ConnectionPool<FakeConnection> pool =
        build(builder().minSize(3).maxSize(3).maxConcurrentCreates(1));
    held.hold();
    CompletableFuture<Void> started = pool.start();
    held.runOne();
    assertThat(started).isNotDone();

    pool.resize(1, 3);

    assertThat(started).isCompleted();
  }

  @Test
  void argumentsThatAreNullAreRefusedAndNothingHasStarted() {
    ConnectionPool<FakeConnection> pool = build(builder().minSize(1));

    assertThatThrownBy(() -> pool.start(Arrays.asList((Arguments) null)))
        .isInstanceOf(NullPointerException.class);

    assertThat(pool.stats().state()).isEqualTo(State.CREATED);
  }

  // ---- An explicit start after one by a caller

  private ConnectionPool<FakeConnection> startedByACaller(StartFailure onFailure) {
    ConnectionPool<FakeConnection> pool =
        build(builder().minSize(2).maxSize(4).onStartFailure(onFailure));
    server.refusal.set(new IOException("down"));
    assertThat(pool.tryAcquire()).isEmpty();
    assertThat(pool.stats().state()).isEqualTo(State.RUNNING);
    return pool;
  }

  @Test
  void anExplicitStartFailsThoughACallerHasStartedThePoolBefore() {
    ConnectionPool<FakeConnection> pool = startedByACaller(StartFailure.FAIL);

    CompletableFuture<Void> started = pool.start();

    assertThatThrownBy(started::get)
        .hasCauseInstanceOf(ConnectionCreationException.class)
        .hasRootCauseMessage("down");
    assertThat(pool.stats().state()).isEqualTo(State.STOPPED);
  }

  @Test
  void anExplicitStartThatMayBeEmptyIsOverWithTheFirstFailureAfterIt() {
    ConnectionPool<FakeConnection> pool = startedByACaller(StartFailure.START_EMPTY);
    held.hold();

    CompletableFuture<Void> started = pool.start();
    assertThat(started).as("an attempt is under way").isNotDone();
    held.letGo();

    assertThat(started).isCompleted();
    assertThat(pool.stats().state()).isEqualTo(State.RUNNING);
  }

  @Test
  void anExplicitStartWaitsForTheLeastNumberThoughACallerHasStartedThePoolBefore() {
    ConnectionPool<FakeConnection> pool = startedByACaller(StartFailure.FAIL);
    server.refusal.set(null);
    held.hold();

    CompletableFuture<Void> started = pool.start(List.of(Arguments.of("a"), Arguments.of("b")));
    assertThat(started).isNotDone();
    held.runOne();
    assertThat(started).as("one is missing").isNotDone();
    held.letGo();

    get(started);
    assertThat(pool.size()).isEqualTo(2);
    assertThat(server.made.stream().map(made -> made.madeWith))
        .containsExactlyInAnyOrder(Arguments.of("a"), Arguments.of("b"));
  }

  @Test
  void anExplicitStartIsOverAtOnceIfTheLeastNumberIsThere() throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder().minSize(1));
    pool.acquire().close();

    assertThat(pool.start()).isCompleted();

    assertThat(server.made).hasSize(1);
  }

  @Test
  void anExplicitStartAfterOneByACallerUsesItsExecutor() throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder().minSize(1).maxSize(2));
    pool.acquire();
    List<Runnable> ran = new ArrayList<>();
    get(
        pool.start(
            command -> {
              ran.add(command);
              command.run();
            }));

    pool.acquire();

    assertThat(ran).hasSize(1);
  }

  @Test
  void acquireDuringAStop_doesNotStartThePoolAgain() throws Exception {
    ConnectionPool<FakeConnection> pool = startedByACaller(StartFailure.FAIL);
    get(pool.stop());

    assertThatThrownBy(pool::acquire).isInstanceOf(PoolStoppedException.class);
    server.refusal.set(null);
    get(pool.start());
    assertThat(pool.available()).isEqualTo(2);
  }

  @Test
  void aStopDoesNotWaitForACreationThatIsOverdue() {
    callsAreHeldInside();
    ConnectionPool<FakeConnection> pool =
        build(builder().maxSize(1).createTimeout(Duration.ofSeconds(5)));
    held.hold();
    pool.acquireAsync();
    CompletableFuture<Void> stopped = pool.stop(Duration.ofHours(1));
    assertThat(stopped).isNotDone();

    time.advance(Duration.ofSeconds(5));

    assertThat(stopped).isCompleted();
    held.letGo();
    assertThat(server.closed).as("it came too late").hasSize(1);
  }

  // ---- Callbacks that do not return

  private final CountDownLatch callbacksGoOn = new CountDownLatch(1);

  /** Adds a callback that does not return before the test lets it. */
  private void block(CompletableFuture<?> future) {
    future.whenComplete(
        (value, failure) -> {
          try {
            callbacksGoOn.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  @AfterEach
  void letCallbacksGoOn() {
    callbacksGoOn.countDown();
  }

  private static ConnectionPoolBuilder<Object> inRealTime(CompletableFuture<Object> connection) {
    return ConnectionPool.<Object>asyncBuilder(arguments -> connection.minimalCompletionStage())
        .minSize(1)
        .maxSize(1);
  }

  @Test
  void callbackOfAStopThatBlocks_holdsUpNoOtherCaller() throws Exception {
    ConnectionPool<Object> pool =
        inRealTime(CompletableFuture.completedFuture(new Object())).build();
    Lease<Object> lease = pool.acquire();
    CompletableFuture<Void> first = pool.stop();
    CompletableFuture<Void> revoked = pool.start();
    block(pool.stop());

    lease.close();

    get(first);
    assertThat(causeOf(revoked)).isInstanceOf(PoolStoppedException.class);
    TestThreads.run(pool::close);
    assertThat(pool.stats().state()).isEqualTo(State.STOPPED);
  }

  @Test
  void callbackOfAStartThatBlocks_holdsUpNoOtherCaller() {
    CompletableFuture<Object> connection = new CompletableFuture<>();
    try (ConnectionPool<Object> pool = inRealTime(connection).build()) {
      CompletableFuture<Void> first = pool.start();
      block(pool.start());

      connection.complete(new Object());

      get(first);
    }
  }

  @Test
  void callbackOfAStartThatFailsAndBlocks_holdsUpNoOtherCaller() {
    CompletableFuture<Object> connection = new CompletableFuture<>();
    ConnectionPool<Object> pool = inRealTime(connection).build();
    CompletableFuture<Void> first = pool.start();
    block(pool.start());

    connection.completeExceptionally(new IOException("down"));

    assertThat(causeOf(first)).isInstanceOf(ConnectionCreationException.class);
  }

  @Test
  void callbackOfAStartThatIsStoppedAndBlocks_holdsUpNoOtherCaller() {
    ConnectionPool<Object> pool = inRealTime(new CompletableFuture<>()).build();
    CompletableFuture<Void> first = pool.start();
    block(pool.start());

    pool.stop(Duration.ZERO);

    assertThat(causeOf(first)).isInstanceOf(PoolStoppedException.class);
  }

  private static Throwable causeOf(CompletableFuture<?> future) {
    await().atMost(Duration.ofSeconds(PATIENCE_SECONDS)).until(future::isDone);
    try {
      future.join();
      throw new AssertionError("It has not failed.");
    } catch (CompletionException e) {
      return e.getCause();
    }
  }

  // ---- A stop by a thread that holds a lease

  @Test
  void closeByAThreadThatHoldsALease_doesNotWaitForThatLease() throws Exception {
    try (LogOf log = new LogOf(PoolStop.class)) {
      ConnectionPool<FakeConnection> pool = build(builder());
      Lease<FakeConnection> own = pool.acquire();

      pool.close();

      assertThat(pool.stats().state()).isEqualTo(State.STOPPED);
      assertThat(server.closed).hasSize(1);
      assertThat(log.at(Level.WARN, "")).isEmpty();
      own.close();
    }
  }

  @Test
  void closeByAThreadThatHoldsALease_waitsForThoseOfOthers() throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder());
    pool.acquire();
    Lease<FakeConnection> other = get(pool.acquireAsync());
    CompletableFuture<Void> returned =
        CompletableFuture.runAsync(
            () -> {
              await().until(() -> pool.stats().state() == State.STOPPING);
              other.close();
            });

    pool.close();

    get(returned);
    assertThat(server.closed).hasSize(2);
    assertThat(pool.stats().state()).isEqualTo(State.STOPPED);
  }

  @Test
  void aThreadThatStopsThePoolAndHoldsALeaseOfItIsTold() throws Exception {
    try (LogOf log = new LogOf(PoolStop.class)) {
      ConnectionPool<FakeConnection> pool = build(builder().name("held"));
      Lease<FakeConnection> lease = pool.acquire();

      CompletableFuture<Void> stopped = pool.stop();

      assertThat(log.at(Level.WARN, "stops the pool while it holds 1 lease of it")).hasSize(1);
      lease.close();
      assertThat(stopped).isCompleted();
    }
  }

  @Test
  void aThreadThatStopsThePoolAndHoldsNoLeaseIsNotTold() throws Exception {
    try (LogOf log = new LogOf(PoolStop.class)) {
      ConnectionPool<FakeConnection> pool = build(builder().name("free"));
      CompletableFuture<Lease<FakeConnection>> byAnother =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return pool.acquire();
                } catch (InterruptedException e) {
                  throw new AssertionError(e);
                }
              },
              command -> new Thread(command).start());
      Lease<FakeConnection> lease = get(byAnother);

      pool.stop();

      assertThat(log.at(Level.WARN, "'free'")).isEmpty();
      lease.close();
    }
  }
}

package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.Arguments;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CreationTest extends ConnectionTestBase {

  @Test
  void aFailingFactoryIsTriedAgainUntilItWorks() {
    ConnectionPool<FakeConnection> pool = sized(0, 2);
    server.refusal.set(new IOException("down"));
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(Duration.ofMinutes(5));
    assertThat(server.attempts).hasValue(1);
    assertThat(pool.stats().consecutiveCreateFailures()).isEqualTo(1);
    assertThat(pool.stats().lastCreateFailure()).hasMessage("down");

    server.refusal.set(null);
    time.advance(Duration.ofMillis(100));

    assertThat(get(waiting).connection()).isNotNull();
    assertThat(pool.stats().consecutiveCreateFailures()).isZero();
    assertThat(pool.stats().lastCreateFailure()).isNull();
    assertThat(pool.stats().createFailures()).isEqualTo(1);
  }

  @Test
  void waiterThatTimesOutAfterAnOutage_learnsOfTheOutage() {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    server.refusal.set(new IOException("down"));
    CompletableFuture<Lease<FakeConnection>> first = pool.acquireAsync(Duration.ofSeconds(9));
    CompletableFuture<Lease<FakeConnection>> second = pool.acquireAsync(Duration.ofSeconds(3));
    server.refusal.set(null);
    time.advance(Duration.ofSeconds(1));
    Lease<FakeConnection> lease = get(first);
    CompletableFuture<Lease<FakeConnection>> later = pool.acquireAsync(Duration.ofSeconds(3));

    time.advance(Duration.ofSeconds(3));

    assertThatThrownBy(second::get)
        .hasCauseInstanceOf(AcquireTimeoutException.class)
        .hasMessageContaining("can be created again")
        .hasRootCauseMessage("down");
    assertThatThrownBy(later::get)
        .cause()
        .isInstanceOf(AcquireTimeoutException.class)
        .hasNoCause()
        .hasMessageContaining("raise maxSize");
    lease.close();
  }

  @Test
  void waiterThatTimesOutDuringAnOutage_learnsTheCause() {
    ConnectionPool<FakeConnection> pool = sized(0, 2);
    server.refusal.set(new IOException("down"));
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(Duration.ofSeconds(3));

    time.advance(Duration.ofSeconds(3));

    assertThatThrownBy(waiting::get)
        .hasCauseInstanceOf(AcquireTimeoutException.class)
        .hasRootCauseMessage("down")
        .hasMessageContaining("attempts in a row have failed");
  }

  /** With jitter from zero up to the bound, the expected number of attempts in a day is small. */
  @Test
  void aDeadServerCostsProbesAndNotAStorm() {
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .minSize(0)
                .maxSize(50)
                .backoff(Duration.ofMillis(100), Duration.ofSeconds(10)));
    server.refusal.set(new IOException("down"));
    List<CompletableFuture<Lease<FakeConnection>>> waiting = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      waiting.add(pool.acquireAsync(Duration.ofMinutes(10)));
    }

    time.advance(Duration.ofMinutes(5));

    // About one in 5 s in the long run, and some 20 while the pause grows.
    assertThat(server.attempts.get()).isBetween(20, 200);
    assertThat(server.mostExisting).as("one probe at a time").hasValueLessThanOrEqualTo(4);
    server.refusal.set(null);
    time.advance(Duration.ofSeconds(10));
    assertThat(pool.inUse()).isEqualTo(50);
    waiting.forEach(future -> future.cancel(true));
  }

  /** One event ends all attempts that are underway: that is no reason to wait for longer. */
  @ParameterizedTest(name = "because they are overdue: {0}")
  @ValueSource(booleans = {false, true})
  void attemptsThatFailTogetherBeginOnePause(boolean overdue) {
    callsAreHeldInside();
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .maxSize(10)
                .maxConcurrentCreates(4)
                .createTimeout(Duration.ofSeconds(5))
                .backoff(Duration.ofMillis(100), Duration.ofSeconds(10)));
    held.hold();
    List<CompletableFuture<Lease<FakeConnection>>> waiting = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      waiting.add(pool.acquireAsync(Duration.ofMinutes(10)));
    }
    assertThat(held.waiting()).isEqualTo(4);
    server.refusal.set(new IOException("down"));
    time.advance(overdue ? Duration.ofSeconds(5) : Duration.ofMillis(1));
    if (!overdue) {
      held.letGo();
    }
    assertThat(pool.stats().createFailures()).isEqualTo(4);

    int before = overdue ? held.waiting() : server.attempts.get();
    time.advance(Duration.ofMillis(100));

    int after = overdue ? held.waiting() : server.attempts.get();
    assertThat(after - before).as("attempts after the first pause").isEqualTo(1);
    server.refusal.set(null);
    held.letGo();
    time.advance(Duration.ofMillis(200));
    waiting.forEach(ConnectionTestBase::get);
  }

  @Test
  void noMoreAreMadeAtATimeThanMay() {
    ConnectionPool<FakeConnection> pool = build(builder().maxSize(10).maxConcurrentCreates(3));
    held.hold();
    List<CompletableFuture<Lease<FakeConnection>>> waiting = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      waiting.add(pool.acquireAsync());
    }

    assertThat(pool.stats().creating()).isEqualTo(3);

    held.letGo();
    waiting.forEach(ConnectionTestBase::get);
    assertThat(server.made).hasSize(8);
  }

  /** As a new one takes 150 ms, four in that time. */
  @Test
  void besideConnectionsInUseTheOthersAreBegunOneAfterAnother() {
    ConnectionPool<FakeConnection> pool = build(builder().maxSize(10));
    held.hold();
    CompletableFuture<Lease<FakeConnection>> first = pool.acquireAsync();
    time.advance(Duration.ofMillis(150));
    held.letGo();
    assertThat(get(first).isClosed()).isFalse();

    held.hold();
    List<CompletableFuture<Lease<FakeConnection>>> waiting = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      waiting.add(pool.acquireAsync());
    }
    List<Integer> creating = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      creating.add(pool.stats().creating());
      time.advance(Duration.ofMillis(38));
    }

    assertThat(creating).containsExactly(1, 2, 3, 4, 4);
    held.letGo();
    waiting.forEach(ConnectionTestBase::get);
  }

  @Test
  void aBurstOfShortUsesNeedsOneMoreConnection() {
    callsAreHeldInside();
    ConnectionPool<FakeConnection> pool = build(builder().maxSize(50));
    held.hold();
    CompletableFuture<Lease<FakeConnection>> first = pool.acquireAsync();
    time.advance(Duration.ofMillis(150));
    held.letGo();
    Lease<FakeConnection> lease = get(first);
    held.hold();
    List<CompletableFuture<Lease<FakeConnection>>> waiting = new ArrayList<>();
    for (int i = 0; i < 15; i++) {
      waiting.add(pool.acquireAsync());
    }

    for (int i = 0; i < waiting.size(); i++) {
      time.advance(Duration.ofMillis(2));
      lease.close();
      lease = get(waiting.get(i));
    }
    time.advance(Duration.ofMinutes(1));

    assertThat(pool.stats().creating()).isEqualTo(1);
    lease.close();
    held.letGo();
    assertThat(pool.size()).isEqualTo(2);
  }

  @Test
  void aConnectionGivenBackOvertakesOneThatIsBeingMade() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 2);
    Lease<FakeConnection> first = pool.acquire();
    held.hold();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();
    assertThat(pool.stats().creating()).isEqualTo(1);

    first.close();
    assertThat(pool.stats().waiting()).isZero();
    held.letGo();

    assertThat(get(waiting).connection()).isSameAs(server.made.get(0));
    assertThat(pool.available()).as("the one that came too late to be needed").isEqualTo(1);
  }

  @Test
  void aHungCreationLetsOthersBegin() {
    callsAreHeldInside();
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .maxSize(3)
                .maxConcurrentCreates(1)
                .createTimeout(Duration.ofSeconds(5))
                .backoff(Duration.ofMillis(1), Duration.ofMillis(1)));
    held.hold();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(Duration.ofMinutes(1));
    assertThat(pool.stats().creating()).isEqualTo(1);

    time.advance(Duration.ofSeconds(5));
    time.advance(Duration.ofMillis(1));

    assertThat(pool.stats().creating()).as("the hung one keeps its place for a while").isEqualTo(2);
    assertThat(pool.stats().createFailures()).isEqualTo(1);
    held.letGo();
    get(waiting);
    assertThat(pool.size()).as("the late one is of use").isEqualTo(2);
  }

  @Test
  void aCreationThatIsGivenUpIsClosedWhenItComes() {
    callsAreHeldInside();
    ConnectionPool<FakeConnection> pool =
        build(builder().maxSize(1).createTimeout(Duration.ofSeconds(5)));
    held.hold();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(Duration.ofSeconds(20));

    time.advance(Duration.ofSeconds(11));
    assertThat(held.waiting()).as("the hung one, and another in its stead").isEqualTo(2);
    waiting.cancel(true);
    held.letGo();

    assertThat(pool.stats().retired()).containsEntry(RetireReason.LATE, 1L);
    assertThat(server.closed).hasSize(1);
    assertThat(pool.size()).isEqualTo(1);
  }

  @Test
  void aCreationThatHangsKeepsItsPlaceUntilItEnds() {
    callsAreHeldInside();
    ConnectionPool<FakeConnection> pool =
        build(builder().maxSize(2).createTimeout(Duration.ofSeconds(5)));
    held.hold();
    CompletableFuture<Lease<FakeConnection>> first = pool.acquireAsync(Duration.ofHours(1));
    held.runOne(); // the factory
    CompletableFuture<Lease<FakeConnection>> second = pool.acquireAsync(Duration.ofHours(1));

    time.advance(Duration.ofMinutes(30));

    assertThat(get(first).connection()).isNotNull();
    assertThat(held.waiting()).as("no other beside one in use and one that hangs").isEqualTo(1);
    held.letGo();
    assertThat(get(second).connection()).as("the late one").isSameAs(server.made.get(1));
    assertThat(server.mostExisting).hasValue(2);
  }

  @Test
  void poolWhoseCreationsAllHang_givesUpNoMoreThanOne() {
    callsAreHeldInside();
    ConnectionPool<FakeConnection> pool =
        build(builder().maxSize(3).createTimeout(Duration.ofSeconds(5)));
    held.hold();
    List<CompletableFuture<Lease<FakeConnection>>> waiting = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      waiting.add(pool.acquireAsync(Duration.ofHours(1)));
    }

    time.advance(Duration.ofMinutes(30));

    assertThat(held.waiting()).as("three places and one beyond").isEqualTo(4);
    assertThat(pool.stats().creating()).isEqualTo(3);
    waiting.forEach(future -> future.cancel(true));
    held.letGo();
    assertThat(pool.stats().retired()).containsEntry(RetireReason.LATE, 1L);
    assertThat(pool.available()).as("the places are of use again").isEqualTo(3);
  }

  @Test
  void creationOfAFormerLifeThatIsGivenUp_doesNotKeepOthersFromBeingGivenUp() {
    callsAreHeldInside();
    ConnectionPool<FakeConnection> pool =
        build(builder().maxSize(1).createTimeout(Duration.ofSeconds(5)));
    held.hold();
    CompletableFuture<Lease<FakeConnection>> refused = pool.acquireAsync();
    get(pool.stop(Duration.ZERO));
    assertThat(refused).isCompletedExceptionally();
    get(pool.start());
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(Duration.ofHours(1));

    time.advance(Duration.ofSeconds(6));
    assertThat(held.waiting()).as("another in place of the first").isEqualTo(2);
    held.runOne(); // the first call of the factory
    held.runLast(); // the cleaner
    time.advance(Duration.ofSeconds(15));

    assertThat(held.waiting()).as("another in place of the second").isEqualTo(2);
    waiting.cancel(true);
    held.letGo();
  }

  @Test
  void creationOfAFormerLifeThatIsOverItsLimit_losesItsPlaceWithTheNextStop() {
    callsAreHeldInside();
    ConnectionPool<FakeConnection> pool =
        build(builder().maxSize(2).createTimeout(Duration.ofSeconds(5)));
    held.hold();
    CompletableFuture<Lease<FakeConnection>> refused = pool.acquireAsync();
    get(pool.stop(Duration.ZERO));
    assertThat(refused).isCompletedExceptionally();
    assertThat(pool.stats().creating()).as("within its limit").isEqualTo(1);
    get(pool.start());

    time.advance(Duration.ofSeconds(5));
    get(pool.stop(Duration.ZERO));

    assertThat(pool.stats().creating()).isZero();
  }

  /** Pauses count from the beginning of one attempt to that of the next. */
  @Test
  void attemptsKeepHalfOfTheBoundApart() {
    ConnectionPool<FakeConnection> pool = sized(0, 10);
    List<Long> begun = new ArrayList<>();
    server.onCreate.set(() -> begun.add(time.nanoTime()));
    server.refusal.set(new IOException("down"));
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(Duration.ofMinutes(30));

    time.advance(Duration.ofMinutes(20));

    List<Long> pauses = new ArrayList<>();
    for (int i = 5; i < begun.size(); i++) {
      pauses.add((begun.get(i) - begun.get(i - 1)) / 1_000_000);
    }
    assertThat(pauses).hasSizeGreaterThan(1000).allMatch(millis -> 500 <= millis && millis <= 1000);
    assertThat(pauses.stream().distinct()).as("jitter").hasSizeGreaterThan(100);
    waiting.cancel(true);
  }

  @Test
  void aFactoryMayBeAsynchronous() {
    CompletableFuture<FakeConnection> coming = new CompletableFuture<>();
    ConnectionPool<FakeConnection> pool =
        ConnectionPool.<FakeConnection>asyncBuilder(arguments -> coming)
            .cleaner(server::close)
            .executor(held)
            .time(time)
            .minSize(0)
            .maxSize(1)
            .build();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();
    assertThat(waiting).isNotDone();
    FakeConnection connection = new FakeConnection(1, Arguments.none());
    server.made.add(connection);

    coming.complete(connection);

    assertThat(get(waiting).connection()).isSameAs(connection);
    get(pool.stop(Duration.ZERO));
  }

  @Test
  void nullAndTheSameConnectionTwiceAreFailures() throws Exception {
    FakeConnection same = new FakeConnection(1, Arguments.none());
    List<FakeConnection> answers = new ArrayList<>();
    answers.add(same);
    answers.add(same);
    ConnectionPool<FakeConnection> pool =
        ConnectionPool.builder(() -> answers.isEmpty() ? null : answers.remove(0))
            .cleaner(server::close)
            .executor(held)
            .time(time)
            .minSize(0)
            .build();
    server.made.add(same);
    pool.acquire();

    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(Duration.ofSeconds(60));
    assertThat(pool.stats().lastCreateFailure()).hasMessageContaining("that the pool has");
    time.advance(Duration.ofMillis(100));

    assertThat(pool.stats().lastCreateFailure()).hasMessageContaining("null");
    assertThat(pool.stats().size()).isEqualTo(1);
    waiting.cancel(true);
    get(pool.stop(Duration.ZERO));
  }

  @Test
  void aCallThatTheExecutorRefusesRunsOnAThreadOfThePool() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .executor(
                    command -> {
                      throw new RejectedExecutionException("full");
                    }));

    pool.acquire().invalidate();

    assertThat(pool.stats().createFailures()).isZero();
    assertThat(server.closed).hasSize(1);
  }

  @Test
  void errorsOfTheFactoryAreFailuresToo() {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    server.refusal.set(new NoClassDefFoundError("driver"));

    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(Duration.ofSeconds(1));

    assertThat(pool.stats().lastCreateFailure()).isInstanceOf(NoClassDefFoundError.class);
    waiting.cancel(true);
  }

  @Test
  void aConnectionMadeByHandIsTheCallersOwn() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);

    FakeConnection own = get(pool.createConnection(Arguments.of("own"), held));

    assertThat(own.madeWith).isEqualTo(Arguments.of("own"));
    assertThat(pool.size()).isZero();
    assertThatThrownBy(() -> pool.release(own)).isInstanceOf(IllegalReleaseException.class);
    server.close(own, Arguments.none());
    server.refusal.set(new IOException("down"));
    assertThatThrownBy(() -> pool.createConnection().get())
        .hasCauseInstanceOf(ConnectionCreationException.class)
        .hasRootCauseMessage("down");
  }

  @Test
  void aConnectionMadeByHandThatComesTooLateIsClosed() {
    callsAreHeldInside();
    ConnectionPool<FakeConnection> pool = build(builder().createTimeout(Duration.ofSeconds(1)));
    held.hold();
    CompletableFuture<FakeConnection> late = pool.createConnection();

    time.advance(Duration.ofSeconds(1));

    assertThatThrownBy(late::get).hasCauseInstanceOf(ConnectionCreationException.class);
    held.letGo();
    assertThat(server.closed).hasSize(1);
  }

  @Test
  void theArgumentsOfAnAttemptThatFailsServeForTheNext() {
    ConnectionPool<FakeConnection> pool =
        build(builder().minSize(2).onStartFailure(StartFailure.START_EMPTY));
    server.refusal.set(new IOException("down"));
    get(pool.start(List.of(Arguments.of("a"), Arguments.of("b"))));
    time.advance(Duration.ofSeconds(30));

    server.refusal.set(null);
    time.advance(Duration.ofSeconds(10));

    assertThat(server.made.stream().map(made -> made.madeWith))
        .containsExactlyInAnyOrder(Arguments.of("a"), Arguments.of("b"));
  }

  @Test
  void listenersHearOfAnAttemptThatIsOverdueAndOnlyOnce() {
    callsAreHeldInside();
    List<Throwable> failures = new ArrayList<>();
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .createTimeout(Duration.ofSeconds(5))
                .listener(
                    new ConnectionPoolListener<>() {
                      @Override
                      public void createFailed(Throwable cause, Duration took) {
                        failures.add(cause);
                      }
                    }));
    held.hold();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();

    time.advance(Duration.ofSeconds(5));

    assertThat(failures).hasSize(1);
    assertThat(failures.get(0)).isInstanceOf(TimeoutException.class);
    waiting.cancel(true);
    server.refusal.set(new IOException("late"));
    held.letGo();
    assertThat(failures).hasSize(1);
    assertThat(pool.stats().createFailures()).isEqualTo(1);
  }

  @Test
  void aConnectionThatComesLeavesNoTimerBehind() {
    ConnectionPool<FakeConnection> pool = build(builder().createTimeout(Duration.ofSeconds(5)));
    held.hold();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();
    time.advance(Duration.ofSeconds(6));

    held.letGo();

    get(waiting);
    assertThat(time.scheduledTimers()).as("only that of the maintenance").isEqualTo(1);
  }

  /** As in an executable jar, where a driver is found by the context class loader alone. */
  @Test
  void factoryHasTheClassLoaderOfTheThreadThatBuiltThePool() throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader own = thread.getContextClassLoader();
    try (java.net.URLClassLoader builders = new java.net.URLClassLoader(new java.net.URL[0], own)) {
      ConnectionPool<ClassLoader> pool;
      thread.setContextClassLoader(builders);
      try {
        pool =
            ConnectionPool.<ClassLoader>builder(
                    () -> Thread.currentThread().getContextClassLoader())
                .cleaner(ConnectionCleaner.none())
                .build();
      } finally {
        thread.setContextClassLoader(own);
      }
      assertThat(pool.acquire().connection()).isSameAs(builders);
      get(pool.stop(Duration.ZERO));
    }
  }
}

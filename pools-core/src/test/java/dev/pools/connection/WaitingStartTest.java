package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import dev.pools.Arguments;
import dev.pools.connection.ConnectionPoolStats.State;
import dev.pools.internal.LogOf;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** A start that waits until its server is there. */
class WaitingStartTest extends ConnectionTestBase {

  private static final String WAITS = "waits for its first connections";

  private ConnectionPoolBuilder<FakeConnection> waiting() {
    return builder().minSize(2).maxSize(4).onStartFailure(StartFailure.WAIT);
  }

  private void advance(int seconds) {
    for (int i = 0; i < seconds; i++) {
      time.advance(Duration.ofSeconds(1));
    }
  }

  @Test
  void startIsOverWhenTheFirstConnectionsAreThere() {
    ConnectionPool<FakeConnection> pool = build(waiting());
    server.refusal.set(new IOException("down"));

    CompletableFuture<Void> started = pool.start();
    advance(60);
    assertThat(started).isNotDone();
    assertThat(pool.stats().state()).isEqualTo(State.RUNNING);
    server.refusal.set(null);
    advance(2);

    get(started);
    assertThat(pool.available()).isEqualTo(2);
  }

  @Test
  void attemptsFollowTheBackoff() {
    ConnectionPool<FakeConnection> pool =
        build(waiting().backoff(Duration.ofSeconds(4), Duration.ofSeconds(4)));
    server.refusal.set(new IOException("down"));

    CompletableFuture<Void> started = pool.start();
    advance(40);

    // Both first attempts, and then one each 2 to 4 s.
    assertThat(server.attempts.get()).isBetween(11, 22);
    assertThat(started).isNotDone();
  }

  @Test
  void eachFailureIsOneLineThatSaysHowFarTheStartIs() throws Exception {
    try (LogOf log = new LogOf(CreationReports.class)) {
      ConnectionPool<FakeConnection> pool = build(waiting().name("ledger"));
      server.refusal.set(new IOException("refused by db:5432"));
      CompletableFuture<Void> started = pool.start();
      advance(3);

      List<String> lines = log.at(Level.WARN, WAITS);
      assertThat(lines).hasSize(server.attempts.get());
      assertThat(lines.get(lines.size() - 1))
          .contains("Pool 'ledger'")
          .contains("0 of 2 are there after ")
          .contains(" of at most 5 min")
          .contains("refused by db:5432");

      server.refusal.set(null);
      advance(2);
      get(started);
      server.refusal.set(new IOException("down again"));
      pool.acquire().invalidate();
      assertThat(log.at(Level.WARN, WAITS)).as("the start is over").hasSameSizeAs(lines);
    }
  }

  @Test
  void startFailsWhenItsTimeIsOverAndLeavesThePoolStopped() {
    ConnectionPool<FakeConnection> pool = build(waiting().startTimeout(Duration.ofSeconds(10)));
    server.refusal.set(new IOException("down"));
    CompletableFuture<Void> started = pool.start();
    advance(9);
    assertThat(started).isNotDone();
    advance(1);

    await().until(started::isDone);
    assertThatThrownBy(started::get)
        .hasCauseInstanceOf(ConnectionCreationException.class)
        .hasMessageContaining("0 of 2 are there after 10 s of at most 10 s")
        .hasMessageContaining("startTimeout")
        .hasRootCauseMessage("down");
    assertThat(pool.stats().state()).isEqualTo(State.STOPPED);
  }

  @Test
  void startWithoutLimitWaitsOn() {
    Duration pause = Duration.ofMinutes(30);
    ConnectionPool<FakeConnection> pool =
        build(waiting().backoff(pause, pause).startTimeout(Duration.ZERO));
    server.refusal.set(new IOException("down"));
    CompletableFuture<Void> started = pool.start();
    for (int i = 0; i < 30; i++) {
      time.advance(pause);
    }
    assertThat(started).isNotDone();
    server.refusal.set(null);
    time.advance(pause);
    time.advance(pause);
    get(started);
  }

  @Test
  void serverThatHangsFailsTheStartWhenItsTimeIsOver() {
    callsAreHeldInside();
    held.hold();
    ConnectionPool<FakeConnection> pool =
        build(waiting().createTimeout(Duration.ofHours(1)).startTimeout(Duration.ofSeconds(10)));
    CompletableFuture<Void> started = pool.start();
    advance(10);

    await().until(started::isDone);
    assertThatThrownBy(started::get)
        .hasCauseInstanceOf(ConnectionCreationException.class)
        .hasMessageContaining("No attempt to create one has ended")
        .hasRootCauseInstanceOf(TimeoutException.class);
    held.letGo();
    assertThat(pool.stats().state()).isEqualTo(State.STOPPED);
  }

  @Test
  void serverThatHungAndComesBackEndsTheStart() {
    callsAreHeldInside();
    held.hold();
    ConnectionPool<FakeConnection> pool = build(waiting().createTimeout(Duration.ofSeconds(5)));
    CompletableFuture<Void> started = pool.start();
    advance(30);
    assertThat(started).isNotDone();
    held.letGo();
    advance(2);
    get(started);
  }

  @Test
  void stopWhileItWaitsRevokesTheStartAtOnce() {
    ConnectionPool<FakeConnection> pool = build(waiting());
    server.refusal.set(new IOException("down"));
    CompletableFuture<Void> started = pool.start();
    advance(3);

    get(pool.stop(Duration.ofSeconds(30)));

    await().until(started::isDone);
    assertThatThrownBy(started::get).hasCauseInstanceOf(PoolStoppedException.class);
    assertThat(time.scheduledTimers()).isZero();
    server.refusal.set(null);
    get(pool.start());
    assertThat(pool.available()).isEqualTo(2);
  }

  @Test
  void limitOfAnEarlierStartDoesNotEndALaterOne() {
    ConnectionPool<FakeConnection> pool = build(waiting().startTimeout(Duration.ofSeconds(10)));
    server.refusal.set(new IOException("down"));
    pool.start();
    advance(9);
    get(pool.stop(Duration.ZERO));
    CompletableFuture<Void> again = pool.start();
    advance(5);
    assertThat(again).isNotDone();
    server.refusal.set(null);
    advance(2);
    get(again);
    advance(20);
    assertThat(pool.stats().state()).isEqualTo(State.RUNNING);
  }

  @Test
  void startAfterOneByACallerWaitsToo() {
    ConnectionPool<FakeConnection> pool = build(waiting().startTimeout(Duration.ofSeconds(10)));
    server.refusal.set(new IOException("down"));
    assertThat(pool.tryAcquire()).isEmpty();
    advance(60);

    CompletableFuture<Void> started = pool.start();
    advance(5);
    assertThat(started).isNotDone();
    server.refusal.set(null);
    advance(2);
    get(started);
  }

  @Test
  void startWithArgumentsOfTenantsWaitsForThese() {
    ConnectionPool<FakeConnection> pool = build(waiting().argumentMatching(ArgumentMatching.SAME));
    server.refusal.set(new IOException("down"));
    CompletableFuture<Void> started = pool.start(List.of(Arguments.of("a"), Arguments.of("b")));
    advance(20);
    assertThat(started).isNotDone();
    server.refusal.set(null);
    advance(3);
    get(started);
    assertThat(server.made.stream().map(made -> made.madeWith.positional().get(0)).toList())
        .contains("a", "b");
  }

  @Test
  void firstConnectionThatFailsItsCheckIsWaitedFor() {
    ConnectionPool<FakeConnection> pool = build(waiting().checkOnCreate(true));
    server.onCheck.set(
        () -> {
          throw new IOException("unfit");
        });
    CompletableFuture<Void> started = pool.start();
    advance(5);
    assertThat(started).isNotDone();
    server.onCheck.set(() -> {});
    advance(2);
    get(started);
  }

  @Test
  void startTimeoutThatIsNegativeIsRefused() {
    assertThatThrownBy(() -> waiting().startTimeout(Duration.ofSeconds(-1)).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("startTimeout is PT-1S");
  }
}

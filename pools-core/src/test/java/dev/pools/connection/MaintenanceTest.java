package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.Arguments;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MaintenanceTest extends ConnectionTestBase {

  private List<Lease<FakeConnection>> acquire(ConnectionPool<FakeConnection> pool, int count) {
    return Stream.generate(() -> get(pool.acquireAsync())).limit(count).toList();
  }

  @Test
  void idleConnectionsBeyondTheLeastNumberAreClosedTheColdestFirst() {
    ConnectionPool<FakeConnection> pool =
        build(builder().minSize(1).maxSize(3).idleTimeout(Duration.ofMinutes(1)));
    acquire(pool, 3).forEach(Lease::close);

    time.advance(Duration.ofMinutes(2));

    assertThat(pool.size()).isEqualTo(1);
    assertThat(pool.stats().retired()).containsEntry(RetireReason.IDLE, 2L);
    assertThat(server.closed.get(0)).isSameAs(server.made.get(0));
    assertThat(server.closed.get(1)).isSameAs(server.made.get(1));
  }

  @Test
  void oldConnectionsAreReplacedInTheBackground() {
    ConnectionPool<FakeConnection> pool =
        build(builder().minSize(2).maxLife(Duration.ofMinutes(10)));
    get(pool.start());

    time.advance(Duration.ofMinutes(11));

    assertThat(server.made).hasSize(4);
    assertThat(pool.available()).isEqualTo(2);
    assertThat(pool.stats().retired()).containsEntry(RetireReason.MAX_LIFE, 2L);
  }

  @Test
  void jitterSpreadsTheEnds() {
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .minSize(50)
                .maxSize(50)
                .maxLife(Duration.ofMinutes(100))
                .maxLifeJitter(0.5)
                .maintenanceInterval(Duration.ofSeconds(10)));
    get(pool.start());
    List<Integer> closedByMinute = new ArrayList<>();

    for (int minute = 0; minute <= 100; minute++) {
      time.advance(Duration.ofMinutes(1));
      closedByMinute.add(server.closed.size());
    }

    assertThat(closedByMinute.get(48)).isZero();
    assertThat(closedByMinute.get(75)).isBetween(10, 45);
  }

  @Test
  void anOldConnectionIsNotLeasedEvenBeforeMaintenanceComes() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .maxLife(Duration.ofSeconds(100))
                .maintenanceInterval(Duration.ofHours(1))
                .checkOnBorrow(false));
    pool.acquire().close();

    time.advance(Duration.ofSeconds(100));

    assertThat(pool.acquire().connection()).isSameAs(server.made.get(1));
  }

  @Test
  void maintenanceSurvivesAFactoryThatFails() {
    ConnectionPool<FakeConnection> pool =
        build(builder().minSize(2).maxLife(Duration.ofMinutes(10)));
    get(pool.start());
    server.refusal.set(new IOException("down"));
    time.advance(Duration.ofMinutes(20));
    assertThat(pool.size()).isZero();

    server.refusal.set(null);
    time.advance(Duration.ofMinutes(1));

    assertThat(pool.available()).isEqualTo(2);
  }

  @Test
  void maintainDoesAllOfItNowAndTellsWhenItIsOver() {
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .minSize(1)
                .maxSize(1)
                .maxLife(Duration.ofMinutes(10))
                .idleTimeout(Duration.ZERO)
                .healthCheckInterval(Duration.ZERO)
                .maintenanceInterval(Duration.ofDays(1)));
    get(pool.start());
    time.advance(Duration.ofMinutes(10));
    held.hold();

    CompletableFuture<Void> over = pool.maintain();

    assertThat(over).isNotDone();
    held.letGo();
    assertThat(over).isCompleted();
    assertThat(server.closed).hasSize(1);
    assertThat(pool.available()).isEqualTo(1);
  }

  @Test
  void badOptionsNameTheOptionTheValueAndTheRange() {
    assertRefused(builder().maxSize(0), "maxSize is 0, but must be from 1");
    assertRefused(builder().minSize(-1), "minSize is -1");
    assertRefused(builder().maxLife(Duration.ofSeconds(-1)), "maxLife is PT-1S");
    assertRefused(builder().maxLifeJitter(0.6), "maxLifeJitter is 0.6");
    assertRefused(builder().maxLifeJitter(Double.NaN), "maxLifeJitter is NaN");
    assertRefused(builder().healthCheckTimeout(Duration.ZERO), "healthCheckTimeout is PT0S");
    assertRefused(builder().acquireTimeout(Duration.ofSeconds(-1)), "acquireTimeout is PT-1S");
    assertRefused(builder().idleTimeout(Duration.ofSeconds(-1)), "idleTimeout is PT-1S");
    assertRefused(builder().maxUses(-1), "maxUses is -1");
    assertRefused(builder().createTimeout(Duration.ZERO), "createTimeout is PT0S");
    assertRefused(builder().maxConcurrentCreates(0), "maxConcurrentCreates is 0");
    assertRefused(builder().backoff(Duration.ZERO, Duration.ZERO), "backoffInitial is PT0S");
    assertRefused(
        builder().backoff(Duration.ofSeconds(2), Duration.ofSeconds(1)), "backoffMax is PT1S");
    assertRefused(builder().leakThreshold(Duration.ofSeconds(-1)), "leakThreshold is PT-1S");
    assertRefused(builder().waiterLimit(-1), "waiterLimit is -1");
    assertRefused(builder().maintenanceInterval(Duration.ZERO), "maintenanceInterval is PT0S");
    assertRefused(builder().idleBypass(Duration.ofSeconds(-1)), "idleBypass is PT-1S");
    assertRefused(
        builder().healthCheckInterval(Duration.ofSeconds(-1)), "healthCheckInterval is PT-1S");
    assertRefused(builder().name(""), "name is blank");
  }

  private static void assertRefused(ConnectionPoolBuilder<?> builder, String part) {
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(part);
  }

  @Test
  void aListenerHearsTheWholeStory() throws Exception {
    List<String> heard = new ArrayList<>();
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .maxSize(1)
                .listener(
                    new ConnectionPoolListener<>() {
                      @Override
                      public void created(FakeConnection connection, Duration took) {
                        heard.add("created");
                      }

                      @Override
                      public void createFailed(Throwable cause, Duration took) {
                        heard.add("failed");
                      }

                      @Override
                      public void acquired(FakeConnection connection, Duration waited) {
                        heard.add("acquired after " + waited);
                      }

                      @Override
                      public void released(FakeConnection connection, Duration used) {
                        heard.add("released after " + used);
                      }

                      @Override
                      public void retired(FakeConnection connection, RetireReason reason) {
                        heard.add("retired " + reason);
                      }

                      @Override
                      public void acquireTimedOut(Duration waited) {
                        heard.add("timed out after " + waited);
                      }
                    }));
    Lease<FakeConnection> lease = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> late = pool.acquireAsync(Duration.ofSeconds(1));
    time.advance(Duration.ofSeconds(2));
    lease.invalidate();
    server.refusal.set(new IOException("down"));
    CompletableFuture<Lease<FakeConnection>> refused = pool.acquireAsync(Duration.ofSeconds(1));

    assertThat(late).isCompletedExceptionally();
    assertThat(heard)
        .containsExactly(
            "created",
            "acquired after PT0S",
            "timed out after PT1S",
            "released after PT2S",
            "retired INVALIDATED",
            "failed");
    refused.cancel(true);
  }

  @Test
  void allIdleConnectionsAreCheckedOnTimeThoughOnlySomeAtATime() {
    ConnectionPool<FakeConnection> pool =
        build(builder().minSize(20).maxSize(20).maxConcurrentCreates(3));
    get(pool.start());
    held.hold();

    time.advance(Duration.ofSeconds(30));

    assertThat(pool.stats().checking()).isEqualTo(3);
    held.letGo();
    assertThat(server.checks).hasValue(20);
    assertThat(pool.available()).isEqualTo(20);
  }

  @Test
  void whereOneConnectionIsCheckedAtATime_eachCheckIsFollowedByTheNext() {
    ConnectionPool<FakeConnection> pool =
        build(builder().minSize(3).maxSize(3).maxConcurrentCreates(1));
    get(pool.start());
    time.jumpWall(Duration.ofDays(1));

    CompletableFuture<Void> over = pool.maintain();

    assertThat(over).isCompleted();
    assertThat(server.checks).hasValue(3);
  }

  @Test
  void maintainEndsThoughThePoolIsStoppedMeanwhile() {
    ConnectionPool<FakeConnection> pool =
        build(builder().minSize(2).maxSize(2).maxConcurrentCreates(1));
    get(pool.start());
    time.jumpWall(Duration.ofDays(1));
    held.hold();
    CompletableFuture<Void> over = pool.maintain();
    assertThat(pool.stats().checking()).as("and the other one is next").isEqualTo(1);

    CompletableFuture<Void> stopped = pool.stop(Duration.ZERO);
    held.letGo();

    get(stopped);
    assertThat(over).isCompleted();
  }

  @Test
  void aReplacementIsMadeWithTheSameArguments() {
    ConnectionPool<FakeConnection> pool =
        build(builder().minSize(2).maxLife(Duration.ofMinutes(10)));
    get(pool.start(List.of(Arguments.of("a"), Arguments.of("b"))));

    time.advance(Duration.ofMinutes(35));

    assertThat(server.made.size()).isGreaterThanOrEqualTo(6);
    assertThat(server.made.stream().skip(server.made.size() - 2).map(made -> made.madeWith))
        .containsExactlyInAnyOrder(Arguments.of("a"), Arguments.of("b"));
  }

  // ---- A maintenance that is over has closed what it found

  @Test
  void maintainIsOverWhenWhatFailedItsCheckIsClosed() {
    ConnectionPool<FakeConnection> pool = build(builder().minSize(3).maxSize(3));
    get(pool.start());
    time.jumpWall(Duration.ofDays(1));
    server.made.forEach(made -> made.healthy.set(false));
    held.hold();
    CompletableFuture<Void> over = pool.maintain();
    List<Integer> closedWhenOver = new ArrayList<>();
    over.thenRun(() -> closedWhenOver.add(pool.stats().closing()));

    for (int i = 0; i < 3; i++) {
      held.runOne();
    }
    assertThat(pool.stats().closing()).isEqualTo(3);
    assertThat(over).as("the cleaners have not run").isNotDone();
    held.letGo();

    assertThat(over).isCompleted();
    assertThat(closedWhenOver).containsExactly(0);
    assertThat(server.closed).hasSize(3);
  }

  @Test
  void maintainIsOverWhenWhatIsInDoubtBecauseOfItIsClosed() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(builder().minSize(2).maxSize(2).idleBypass(Duration.ZERO));
    get(pool.start());
    Lease<FakeConnection> lease = pool.acquire();
    server.made.forEach(made -> made.healthy.set(false));
    time.jumpWall(Duration.ofDays(1));
    held.hold();
    CompletableFuture<Void> over = pool.maintain();
    lease.close();

    held.runOne(); // the check of the idle one, which puts the other in doubt
    while (pool.stats().checking() > 0) {
      held.runOne();
    }
    assertThat(over).as("the cleaners have not run").isNotDone();
    held.letGo();

    assertThat(over).isCompleted();
    assertThat(server.closed.size()).isGreaterThanOrEqualTo(2);
  }

  @Test
  void maintainIsOverWhenWhatItReclaimsIsClosed() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .maxSize(1)
                .maintenanceInterval(Duration.ofDays(1))
                .idleTimeout(Duration.ZERO)
                .healthCheckInterval(Duration.ZERO)
                .maxLife(Duration.ZERO)
                .reclaimAfter(Duration.ofHours(1)));
    get(pool.start());
    time.advance(Duration.ofMinutes(10));
    pool.acquire();
    time.advance(Duration.ofMinutes(61));
    held.hold();

    CompletableFuture<Void> over = pool.maintain();

    assertThat(over).isNotDone();
    held.letGo();
    assertThat(over).isCompleted();
    assertThat(server.closed).hasSize(1);
  }

  // ---- How often the maintenance comes

  @Test
  void aCheckIntervalShorterThanTheMaintenanceHasAnEffect() {
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .minSize(1)
                .maintenanceInterval(Duration.ofMinutes(10))
                .healthCheckInterval(Duration.ofSeconds(5)));
    get(pool.start());

    time.advance(Duration.ofMinutes(1));

    assertThat(server.checks.get()).isBetween(10, 12);
  }

  @Test
  void noIdleConnectionGoesMuchLongerUncheckedThanTheInterval() {
    ConnectionPool<FakeConnection> pool =
        build(builder().minSize(1).maxSize(2).healthCheckInterval(Duration.ofSeconds(30)));
    get(pool.start());
    time.advance(Duration.ofSeconds(1));
    get(pool.resize(2, 2));
    time.advance(Duration.ofSeconds(29));
    assertThat(server.checks).as("that of the older one").hasValue(1);

    time.advance(Duration.ofSeconds(4));

    assertThat(server.checks).as("and that of the other, before the next half minute").hasValue(2);
  }

  @Test
  void anIdleTimeoutShorterThanTheMaintenanceHasAnEffect() {
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .maxSize(3)
                .maintenanceInterval(Duration.ofHours(1))
                .idleTimeout(Duration.ofSeconds(20)));
    acquire(pool, 3).forEach(Lease::close);

    time.advance(Duration.ofSeconds(41));

    assertThat(pool.stats().retired()).containsEntry(RetireReason.IDLE, 3L);
  }

  @Test
  void anIdleConnectionIsClosedWhenItsLifeIsOverAndNotOnlyByTheNextMaintenance() {
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .minSize(2)
                .maxLife(Duration.ofMinutes(10))
                .maintenanceInterval(Duration.ofDays(1))
                .idleTimeout(Duration.ZERO)
                .healthCheckInterval(Duration.ZERO));
    get(pool.start());

    time.advance(Duration.ofMinutes(10).plusMillis(20));

    assertThat(pool.stats().retired()).containsEntry(RetireReason.MAX_LIFE, 2L);
    assertThat(pool.available()).isEqualTo(2);
  }

  @Test
  void connectionReturnedAfterItsMaxLife_isClosed() throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder().maxLife(Duration.ofMinutes(10)));
    Lease<FakeConnection> lease = pool.acquire();
    time.advance(Duration.ofMinutes(11));
    assertThat(server.closed).isEmpty();

    lease.close();

    assertThat(pool.stats().retired()).containsEntry(RetireReason.MAX_LIFE, 1L);
  }
}

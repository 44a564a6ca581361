package dev.pools.boot.observation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pools.connection.AcquireTimeoutException;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.Lease;
import io.micrometer.observation.Observation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A span for each lease, linked to the code that acquired it. */
class LeaseObservationsTest {

  /** All its instances are equal. */
  private record Session() {}

  private final Ended ended = new Ended();
  private ConnectionPool<Session> pool = pool(null);

  @AfterEach
  void closePool() {
    pool.close(Duration.ZERO);
  }

  private ConnectionPool<Session> pool(@Nullable LeaseObservationConvention convention) {
    return ConnectionPool.builder(Session::new)
        .name("ledger")
        .maxSize(2)
        .listener(new LeaseObservations(ended.registry, "ledger", convention))
        .build();
  }

  private Lease<Session> acquire() {
    try {
      return pool.acquire();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void lease_isAChildOfWhatItsCallerObserved() {
    ended.inside(
        "request",
        () -> {
          acquire().close();
          return "done";
        });

    await().untilAsserted(() -> assertThat(ended.named("pools.lease")).hasSize(1));
    Observation.Context lease = ended.only("pools.lease");
    assertThat(Ended.parentOf(lease)).isEqualTo("request");
    assertThat(lease.getContextualName()).isEqualTo("lease ledger");
    assertThat(Ended.low(lease)).isEqualTo(Map.of("pool", "ledger", "outcome", "released"));
    assertThat(Ended.high(lease)).containsOnlyKeys("lease.waited.ms");
    assertThat(lease.getError()).isNull();
  }

  @Test
  void leaseThatLasts_isNotEndedAndNotCurrent() {
    Lease<Session> lease = acquire();

    assertThat(ended.named("pools.lease")).isEmpty();
    assertThat(ended.registry.getCurrentObservation()).isNull();
    lease.close();
    await().untilAsserted(() -> assertThat(ended.named("pools.lease")).hasSize(1));
  }

  @Test
  void leaseThatAnotherThreadCloses_keepsItsParent() {
    Lease<Session> lease = ended.inside("request", this::acquire);

    CompletableFuture.runAsync(lease::close).join();

    await().untilAsserted(() -> assertThat(ended.named("pools.lease")).hasSize(1));
    assertThat(Ended.parentOf(ended.only("pools.lease"))).isEqualTo("request");
  }

  @Test
  void leasesOfEqualConnections_areTwo() {
    Lease<Session> first = ended.inside("first", this::acquire);
    Lease<Session> second = ended.inside("second", this::acquire);
    first.close();

    await().untilAsserted(() -> assertThat(ended.named("pools.lease")).hasSize(1));
    second.close();

    await()
        .untilAsserted(
            () ->
                assertThat(ended.named("pools.lease"))
                    .extracting(Ended::parentOf)
                    .containsExactly("first", "second"));
  }

  @Test
  void leaseThatBeginsBeforeTheEndOfTheLastIsTold_losesNoObservation() {
    LeaseObservations observations = new LeaseObservations(ended.registry, "ledger", null);
    Session session = new Session();

    inside("first", () -> observations.acquired(session, Duration.ZERO));
    inside("second", () -> observations.acquired(session, Duration.ZERO));
    observations.released(session, Duration.ZERO);

    assertThat(ended.named("pools.lease")).extracting(Ended::parentOf).containsExactly("first");
    observations.released(session, Duration.ZERO);
    observations.released(session, Duration.ZERO);
    assertThat(ended.named("pools.lease"))
        .extracting(Ended::parentOf)
        .containsExactly("first", "second");
  }

  private void inside(String name, Runnable step) {
    Observation.createNotStarted(name, ended.registry).observe(step);
  }

  @Test
  void callerThatTimesOut_hasAnObservationWithAnError() {
    List<Lease<Session>> all = List.of(acquire(), acquire());

    assertThatThrownBy(
            () ->
                Observation.createNotStarted("request", ended.registry)
                    .observeChecked(() -> pool.acquire(Duration.ofMillis(1))))
        .isInstanceOf(AcquireTimeoutException.class);

    Observation.Context lease = ended.only("pools.lease");
    assertThat(Ended.parentOf(lease)).isEqualTo("request");
    assertThat(Ended.low(lease)).containsEntry("outcome", "timed_out");
    assertThat(lease.getError())
        .isInstanceOf(TimeoutException.class)
        .hasMessageStartingWith("No connection of pool 'ledger' in ");
    all.forEach(Lease::close);
  }

  @Test
  void leaseThatIsInvalidated_isReleased() {
    acquire().invalidate();

    await().untilAsserted(() -> assertThat(ended.named("pools.lease")).hasSize(1));
    assertThat(Ended.low(ended.only("pools.lease"))).containsEntry("outcome", "released");
  }

  @Test
  void leaseThatIsRevoked_ends() {
    acquire();

    assertThat(pool.revokeLease(pool.leases().get(0).id())).isTrue();

    await().untilAsserted(() -> assertThat(ended.named("pools.lease")).hasSize(1));
    assertThat(Ended.low(ended.only("pools.lease")).get("outcome"))
        .isIn("evicted", "reclaimed", "released");
  }

  @Test
  void leaseThatOutlivesItsPool_ends() {
    acquire();

    pool.close(Duration.ZERO);

    await().untilAsserted(() -> assertThat(ended.named("pools.lease")).hasSize(1));
    assertThat(Ended.low(ended.only("pools.lease"))).containsEntry("outcome", "stopped");
  }

  @Test
  void conventionOfTheUser_replacesTheUsualOne() {
    pool.close();
    pool =
        pool(
            new DefaultLeaseObservationConvention() {
              @Override
              public String getName() {
                return "ledger.sessions";
              }
            });

    acquire().close();

    await().untilAsserted(() -> assertThat(ended.named("ledger.sessions")).hasSize(1));
  }

  @Test
  void observationThatAPredicateDenies_costsNoLease() {
    ended
        .registry
        .observationConfig()
        .observationPredicate((name, context) -> !name.equals("pools.lease"));

    acquire().close();

    assertThat(pool.stats().acquired()).isEqualTo(1);
    assertThat(ended.named("pools.lease")).isEmpty();
  }

  @Test
  void millisecondsHaveNoMoreDecimalsThanNeeded() {
    assertThat(Milliseconds.of(Duration.ZERO)).isEqualTo("0");
    assertThat(Milliseconds.of(Duration.ofNanos(999))).isEqualTo("0");
    assertThat(Milliseconds.of(Duration.ofNanos(12_500_000))).isEqualTo("12.5");
    assertThat(Milliseconds.of(Duration.ofNanos(1_234_567))).isEqualTo("1.234");
    assertThat(Milliseconds.of(Duration.ofSeconds(100))).isEqualTo("100000");
  }
}

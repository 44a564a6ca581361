package dev.pools.boot.observation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pools.connection.AcquireTimeoutException;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.ConnectionPoolListener;
import dev.pools.connection.Lease;
import io.micrometer.observation.Observation;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.test.simple.SimpleSpan;
import io.micrometer.tracing.test.simple.SimpleTracer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
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

  @Test
  void callerInAFuture_thatIsServedAtOnce_isTheParent() {
    acquire().close();

    ended.inside("request", () -> pool.acquireAsync()).join().close();

    assertThat(parentsOfEnded(2)).containsExactlyInAnyOrder("none", "request");
  }

  @Test
  void callersThatWaitInFutures_areTheParentsOfTheirLeases() {
    List<Lease<Session>> all = List.of(acquire(), acquire());
    CompletableFuture<Lease<Session>> first = ended.inside("first", () -> pool.acquireAsync());
    CompletableFuture<Lease<Session>> second = ended.inside("second", () -> pool.acquireAsync());
    CompletableFuture<Lease<Session>> orphan = pool.acquireAsync();

    inside("releaser", () -> all.forEach(Lease::close));
    first.join().close();
    second.join().close();
    orphan.join().close();

    assertThat(parentsOfEnded(5))
        .containsExactlyInAnyOrder("none", "none", "first", "second", "none");
  }

  @Test
  void callerThatWaitsInAThread_isTheParent() {
    List<Lease<Session>> all = List.of(acquire(), acquire());
    CompletableFuture<Void> waits =
        CompletableFuture.runAsync(() -> inside("request", () -> acquire().close()));
    await().until(() -> pool.stats().waiting() == 1);

    all.forEach(Lease::close);
    waits.join();

    assertThat(parentsOfEnded(3)).containsExactlyInAnyOrder("none", "none", "request");
  }

  @Test
  void usesOfAConnection_haveTheirCallersAsParents() {
    assertThat(ended.inside("use", this::use)).isEqualTo("done");
    List<Lease<Session>> all = List.of(acquire(), acquire());
    CompletableFuture<String> waits =
        ended.inside(
            "useAsync", () -> pool.useAsync(session -> CompletableFuture.completedFuture("done")));

    all.forEach(Lease::close);

    assertThat(waits.join()).isEqualTo("done");
    assertThat(parentsOfEnded(4)).containsExactlyInAnyOrder("use", "none", "none", "useAsync");
  }

  private String use() {
    try {
      return pool.use(session -> "done");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void callerInAFuture_thatTimesOut_isTheParentOfTheError() {
    List<Lease<Session>> all = List.of(acquire(), acquire());

    CompletableFuture<Lease<Session>> waits =
        ended.inside("request", () -> pool.acquireAsync(Duration.ofMillis(1)));

    assertThat(parentsOfEnded(1)).containsExactly("request");
    assertThat(Ended.low(ended.only("pools.lease"))).containsEntry("outcome", "timed_out");
    assertThat(waits).isCompletedExceptionally();
    all.forEach(Lease::close);
  }

  @Test
  void callerInAFuture_thatCancels_hasNoObservation() {
    List<Lease<Session>> all = List.of(acquire(), acquire());
    CompletableFuture<Lease<Session>> waits = ended.inside("request", () -> pool.acquireAsync());

    waits.cancel(false);
    all.forEach(Lease::close);

    assertThat(parentsOfEnded(2)).containsExactly("none", "none");
  }

  @Test
  void threadThatTellsOfACaller_isNoParent() {
    LeaseObservations observations = new LeaseObservations(ended.registry, "ledger", null);
    Session session = new Session();
    ConnectionPoolListener<Object> orphan = observations.forWaiter();
    ConnectionPoolListener<Object> child = ended.inside("request", observations::forWaiter);

    inside("releaser", () -> orphan.acquired(session, Duration.ZERO));
    inside("releaser", () -> child.acquired(session, Duration.ZERO));
    observations.released(session, Duration.ZERO);
    observations.released(session, Duration.ZERO);

    assertThat(parentsOfEnded(2)).containsExactly("none", "request");
  }

  @Test
  void predicate_seesTheParentOfACallerThatHasWaited() {
    Queue<String> seen = new ConcurrentLinkedQueue<>();
    ended
        .registry
        .observationConfig()
        .observationPredicate(
            (name, context) -> {
              if (name.equals("pools.lease")) {
                seen.add(String.valueOf(Ended.parentOf(context)));
              }
              return true;
            });
    LeaseObservations observations = new LeaseObservations(ended.registry, "ledger", null);

    ended.inside("request", observations::forWaiter).acquireTimedOut(Duration.ZERO);

    assertThat(seen).containsExactly("request");
  }

  /** The parents of the observations of leases, when so many have ended. */
  private List<String> parentsOfEnded(int leases) {
    await().untilAsserted(() -> assertThat(ended.named("pools.lease")).hasSize(leases));
    return ended.named("pools.lease").stream()
        .map(lease -> Objects.requireNonNullElse(Ended.parentOf(lease), "none"))
        .toList();
  }

  @Test
  void tracer_makesASpanOfALeaseThatWasWaitedFor_inTheTraceOfItsCaller() {
    SimpleTracer tracer = new SimpleTracer();
    ended
        .registry
        .observationConfig()
        .observationHandler(new DefaultTracingObservationHandler(tracer));
    pool.start().join();
    pool.suspend();
    CompletableFuture<Lease<Session>> waits = ended.inside("request", () -> pool.acquireAsync());

    pool.resume();
    waits.join().close();

    assertThat(parentsOfEnded(1)).containsExactly("request");
    SimpleSpan request = span(tracer, "request");
    SimpleSpan lease = span(tracer, "lease ledger");
    assertThat(lease.getTraceId()).isEqualTo(request.getTraceId());
    assertThat(lease.getParentId()).isEqualTo(request.getSpanId());
  }

  private static SimpleSpan span(SimpleTracer tracer, String name) {
    return tracer.getSpans().stream()
        .filter(span -> name.equals(span.getName()))
        .findAny()
        .orElseThrow();
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
        .hasMessageStartingWith("No connection of pool 'ledger' within ");
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

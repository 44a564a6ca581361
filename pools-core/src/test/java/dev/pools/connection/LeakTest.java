package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.pools.TestThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LeakTest extends ConnectionTestBase {

  private final List<LeakReport> reports = new ArrayList<>();
  private final List<LeakReport> returned = new ArrayList<>();

  private ConnectionPool<FakeConnection> watched(Duration threshold) {
    return build(
        builder()
            .name("leaky")
            .leakThreshold(threshold)
            .listener(
                new ConnectionPoolListener<>() {
                  @Override
                  public void leaked(LeakReport report) {
                    reports.add(report);
                    throw new IllegalStateException("a faulty listener");
                  }

                  @Override
                  public void leakReturned(LeakReport report) {
                    returned.add(report);
                    throw new IllegalStateException("a faulty listener");
                  }
                }));
  }

  @Test
  void aLeakedLeaseIsReportedOnceWithTheStackOfItsAcquire() throws Exception {
    ConnectionPool<FakeConnection> pool = watched(Duration.ofSeconds(10));
    Lease<FakeConnection> leaked = pool.acquire();
    pool.acquire().close();

    time.advance(Duration.ofSeconds(60));

    assertThat(reports).hasSize(1);
    LeakReport report = reports.get(0);
    assertThat(report.pool()).isEqualTo("leaky");
    assertThat(report.held()).isEqualTo(Duration.ofSeconds(10));
    assertThat(report.thread()).isEqualTo(Thread.currentThread().getName());
    assertThat(report.acquiredAt()).hasStackTraceContaining("aLeakedLeaseIsReportedOnce");
    assertThat(pool.stats().leaks()).isEqualTo(1);
    leaked.close();
    assertThat(pool.available()).isEqualTo(2);
  }

  @Test
  void theNextLeaseOfTheSameConnectionIsReportedForItself() throws Exception {
    ConnectionPool<FakeConnection> pool = watched(Duration.ofSeconds(10));
    Lease<FakeConnection> first = pool.acquire();
    time.advance(Duration.ofSeconds(20));
    first.close();

    pool.acquire();
    time.advance(Duration.ofSeconds(20));

    assertThat(server.made).hasSize(1);
    assertThat(reports).hasSize(2);
  }

  @Test
  void aLeaseThatWasWaitedForAndOneThatWasTriedForCarryTheirStacksToo() throws Exception {
    ConnectionPool<FakeConnection> pool = watched(Duration.ofSeconds(10));
    Lease<FakeConnection> first = pool.acquire();
    pool.acquire();
    var waiting = pool.acquireAsync();
    first.close();
    get(waiting).close();
    assertThat(pool.tryAcquire()).isPresent();

    time.advance(Duration.ofSeconds(20));

    assertThat(reports).hasSize(2);
    assertThat(reports)
        .allSatisfy(
            report ->
                assertThat(report.acquiredAt())
                    .hasStackTraceContaining("aLeaseThatWasWaitedForAndOneThatWasTriedFor"));
  }

  @Test
  void withoutAThresholdNothingIsReported() throws Exception {
    ConnectionPool<FakeConnection> pool = watched(Duration.ZERO);
    pool.acquire();

    time.advance(Duration.ofDays(1));

    assertThat(reports).isEmpty();
    assertThat(pool.stats().leaks()).isZero();
  }

  /** A pool that reads no clock for a lease, and looks for leaks only if an acquire says so. */
  private ConnectionPool<FakeConnection> unwatched() {
    ConnectionPool<FakeConnection> pool =
        build(
            ConnectionPool.builder(server::open)
                .cleaner(server::close)
                .executor(held)
                .minSize(1)
                .maxSize(1)
                .maintenanceInterval(Duration.ofDays(1))
                .time(time));
    get(pool.start());
    return pool;
  }

  private static AcquireOptions leakedAfter(Duration threshold) {
    return AcquireOptions.DEFAULT.withLeakThreshold(threshold);
  }

  @Test
  void leakedLeaseThatReturns_isToldOnce_withTheTimeOfItsLease() throws Exception {
    ConnectionPool<FakeConnection> pool = watched(Duration.ofSeconds(10));
    Lease<FakeConnection> leaked = pool.acquire();
    time.advance(Duration.ofSeconds(25));
    assertThat(returned).isEmpty();

    leaked.close();
    leaked.close();

    assertThat(returned).hasSize(1);
    assertThat(returned.get(0).held()).isEqualTo(Duration.ofSeconds(25));
    assertThat(returned.get(0).thread()).isEqualTo(Thread.currentThread().getName());
    assertThat(returned.get(0).acquiredAt()).isSameAs(reports.get(0).acquiredAt());
    assertThat(pool.stats().leaksReturned()).isEqualTo(1);
    pool.acquire().close();
    assertThat(returned).as("the next lease was not leaked").hasSize(1);
    assertThat(pool.available()).isEqualTo(1);
  }

  @Test
  void leakedLeaseThatEndsAfterItWasReclaimed_isToldOnce() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .reclaimAfter(Duration.ofSeconds(10))
                .listener(
                    new ConnectionPoolListener<>() {
                      @Override
                      public void leakReturned(LeakReport report) {
                        returned.add(report);
                      }
                    }));
    Lease<FakeConnection> leaked = pool.acquire();
    time.advance(Duration.ofSeconds(30));
    assertThat(leaked.isClosed()).as("reclaimed").isTrue();

    leaked.close();
    leaked.invalidate();

    assertThat(returned).hasSize(1);
    assertThat(returned.get(0).held()).isEqualTo(Duration.ofSeconds(30));
    assertThat(pool.stats().leaksReturned()).isEqualTo(1);
  }

  /** Otherwise one leak would count as out for the rest of the pool's life. */
  @Test
  void leaseThatEndsWhileItIsLookedAt_isReportedWithItsEnd_orNotAtAll() throws Exception {
    int leases = 32;
    ConnectionPool<FakeConnection> pool =
        build(
            withoutChecker()
                .maxSize(leases)
                .maxLife(Duration.ZERO)
                .leakThreshold(Duration.ofSeconds(10)));
    get(pool.start());
    time.advance(Duration.ofSeconds(1));
    List<Lease<FakeConnection>> out = new ArrayList<>();
    Logger logger = (Logger) LoggerFactory.getLogger(LeakDetector.class);
    logger.setLevel(Level.OFF);
    try {
      Race.run(
          1_000,
          () -> {
            for (int i = 0; i < leases; i++) {
              out.add(pool.acquire());
            }
            // The look meets the thread that closes them on its way.
            out.sort(Comparator.comparingLong(lease -> -lease.slot().number));
            // The maintenance comes a second too early to report them.
            time.advance(Duration.ofSeconds(10));
            assertThat(pool.stats().leaks()).isEqualTo(pool.stats().leaksReturned());
          },
          () -> {
            out.clear();
            assertThat(pool.stats().leaksReturned()).isEqualTo(pool.stats().leaks());
          },
          () -> out.forEach(Lease::close),
          pool::maintain);
    } finally {
      logger.setLevel(null);
    }
    assertThat(pool.stats().leaks()).as("leases that were looked at in time").isPositive();
  }

  @Test
  void acquireWithAThresholdOfItsOwn_isReported_inAPoolThatDoesNotLookForLeaks() throws Exception {
    ConnectionPool<FakeConnection> pool = unwatched();
    Lease<FakeConnection> leaked = pool.acquire(leakedAfter(Duration.ofSeconds(5)));
    assertThat(pool.leases().get(0).acquiredAt()).hasStackTraceContaining("acquireWithAThreshold");
    time.advance(Duration.ofSeconds(4));
    assertThat(pool.stats().leaks()).isZero();

    time.advance(Duration.ofSeconds(1));

    assertThat(pool.stats().leaks()).isEqualTo(1);
    leaked.close();
    assertThat(pool.stats().leaksReturned()).isEqualTo(1);
    Lease<FakeConnection> next = pool.acquire();
    time.advance(Duration.ofDays(2));
    assertThat(pool.stats().leaks()).as("the next lease has no threshold").isEqualTo(1);
    assertThat(pool.leases().get(0).acquiredAt()).isNull();
    next.close();
  }

  @Test
  void waiterWithAThresholdOfItsOwn_isReported_inAFutureAndInAThread() throws Exception {
    for (boolean async : List.of(true, false)) {
      ConnectionPool<FakeConnection> pool = unwatched();
      Lease<FakeConnection> first = pool.acquire();
      AtomicReference<Lease<FakeConnection>> leaked = new AtomicReference<>();
      AcquireOptions options = leakedAfter(Duration.ofSeconds(5));
      if (async) {
        CompletableFuture<?> unused = pool.acquireAsync(options).thenAccept(leaked::set);
        first.close();
      } else {
        TestThreads.Started thread = startWaiter(pool, () -> leaked.set(pool.acquire(options)));
        first.close();
        TestThreads.awaitEnd(List.of(thread));
      }

      time.advance(Duration.ofSeconds(5));

      assertThat(pool.stats().leaks()).isEqualTo(1);
      leaked.get().close();
      assertThat(pool.stats().leaksReturned()).isEqualTo(1);
    }
  }

  @Test
  void thresholdOfTheAcquire_countsInsteadOfThatOfThePool() throws Exception {
    ConnectionPool<FakeConnection> pool = watched(Duration.ofSeconds(10));
    Lease<FakeConnection> never = pool.acquire(leakedAfter(Duration.ZERO));
    Lease<FakeConnection> later = pool.acquire(leakedAfter(Duration.ofSeconds(40)));

    time.advance(Duration.ofSeconds(39));
    assertThat(reports).isEmpty();
    time.advance(Duration.ofSeconds(1));

    assertThat(reports).hasSize(1);
    assertThat(reports.get(0).held()).isEqualTo(Duration.ofSeconds(40));
    time.advance(Duration.ofHours(1));
    assertThat(reports).hasSize(1);
    never.close();
    later.close();
    assertThat(returned).hasSize(1);
  }

  @Test
  void negativeThreshold_isRejected() {
    assertThatThrownBy(() -> leakedAfter(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("leakThreshold")
        .hasMessageContaining("never");
  }
}

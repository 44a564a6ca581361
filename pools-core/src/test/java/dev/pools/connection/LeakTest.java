package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeakTest extends ConnectionTestBase {

  private final List<LeakReport> reports = new ArrayList<>();

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
}

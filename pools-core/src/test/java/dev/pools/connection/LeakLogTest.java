package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pools.internal.LogOf;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the log says of a leaked lease: its id, the option that it exceeded, and what to do. */
class LeakLogTest extends ConnectionTestBase {

  private final String thread = Thread.currentThread().getName();

  private final LogOf reports = new LogOf(LeakDetector.class);
  private final LogOf reclaims = new LogOf(PoolMaintenance.class);

  @AfterEach
  void stopListening() {
    reports.close();
    reclaims.close();
  }

  @Test
  void theReportNamesTheLeaseAndTheOption_andSoDoesItsEnd() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .name("ledger")
                .leakThreshold(Duration.ofSeconds(2))
                .reclaimAfter(Duration.ofSeconds(10)));
    Lease<FakeConnection> leaked = pool.acquire();
    String id = pool.leases().get(0).id();

    time.advance(Duration.ofSeconds(2));
    assertThat(reports.linesAbout("ledger"))
        .containsExactly(
            "Pool 'ledger': lease %s has been held by thread '%s' for 2 s, longer than leakThreshold (2 s): is it leaked? Close each lease, best with try-with-resources; revokeLease ends this one. If such leases are normal, raise leakThreshold"
                .formatted(id, thread));

    leaked.close();
    assertThat(reports.linesAbout("ledger").get(1))
        .isEqualTo(
            "Pool 'ledger': lease %s of thread '%s', which was reported as leaked, has ended after 2 s"
                .formatted(id, thread));
  }

  @Test
  void aLeaseThatIsTakenBackIsNamedWithTheOptionThatTakesItBack() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(builder().name("audit").reclaimAfter(Duration.ofMinutes(2)));
    pool.acquire();
    String id = pool.leases().get(0).id();

    time.advance(Duration.ofMinutes(2));

    assertThat(reports.linesAbout("audit").get(0))
        .startsWith("Pool 'audit': lease " + id)
        .contains("longer than reclaimAfter (2 min): is it leaked?")
        .endsWith("raise reclaimAfter");
    assertThat(reclaims.linesAbout("audit"))
        .containsExactly(
            "Pool 'audit' takes lease %s back from thread '%s' after 2 min (reclaimAfter), and closes its connection. Close each lease, best with try-with-resources"
                .formatted(id, thread));
  }

  @Test
  void aForgottenLeaseIsSaidToBeOne() throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder().name("lost").reclaimForgotten(true));
    String id = forget(pool);

    await()
        .until(
            () -> {
              System.gc();
              get(pool.maintain());
              return pool.inUse() == 0;
            });

    assertThat(reports.linesAbout("lost").get(0))
        .startsWith("Pool 'lost': lease %s was leaked by thread '%s'".formatted(id, thread))
        .contains("no code can close it any more");
    assertThat(reclaims.linesAbout("lost").get(0))
        .startsWith("Pool 'lost' takes lease %s back".formatted(id))
        .contains("(reclaimForgotten)");
  }

  private static String forget(ConnectionPool<FakeConnection> pool) throws Exception {
    assertThat(pool.acquire().isClosed()).isFalse();
    return pool.leases().get(0).id();
  }
}

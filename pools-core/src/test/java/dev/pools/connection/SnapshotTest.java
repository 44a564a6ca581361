package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What holds in each snapshot, however quickly leases follow one another. */
class SnapshotTest {

  private static final int READINGS = 20_000;

  @Test
  void eachSnapshot_isConsistentWhileLeasesComeAndGo() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    ExecutorService users = Executors.newFixedThreadPool(3);
    try (ConnectionPool<Object> pool =
        ConnectionPool.builder(Object::new)
            .minSize(4)
            .maxSize(4)
            .healthChecker(connection -> true)
            .build()) {
      pool.start().get(30, TimeUnit.SECONDS);
      List<Future<?>> uses = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        boolean breaks = i == 2;
        uses.add(
            users.submit(
                () -> {
                  for (int use = 1; !over.get(); use++) {
                    Lease<Object> lease = pool.acquire();
                    if (breaks && use % 100 == 0) {
                      lease.invalidate();
                    } else {
                      lease.close();
                    }
                  }
                  return null;
                }));
      }
      ConnectionPoolStats before = pool.stats();
      for (int reading = 0; reading < READINGS; reading++) {
        ConnectionPoolStats stats = pool.stats();
        assertConsistent(stats);
        assertThat(stats.acquired()).as("%s", stats).isGreaterThanOrEqualTo(before.acquired());
        assertThat(stats.created()).as("%s", stats).isGreaterThanOrEqualTo(before.created());
        before = stats;
      }
      over.set(true);
      for (Future<?> use : uses) {
        use.get(30, TimeUnit.SECONDS);
      }
      assertThat(pool.stats().inUse()).isZero();
    } finally {
      over.set(true);
      users.shutdown();
    }
  }

  private static void assertConsistent(ConnectionPoolStats stats) {
    assertThat(List.of(stats.idle(), stats.inUse(), stats.checking(), stats.waiting()))
        .as("%s", stats)
        .allMatch(number -> number >= 0);
    assertThat(stats.idle() + stats.inUse() + stats.checking())
        .as("%s", stats)
        .isEqualTo(stats.size());
    assertThat(stats.size() + stats.creating() + stats.closing())
        .as("%s", stats)
        .isLessThanOrEqualTo(stats.maxSize());
    long retired = stats.retired().values().stream().mapToLong(Long::longValue).sum();
    assertThat(stats.created() - retired).as("%s", stats).isEqualTo(stats.size());
  }
}

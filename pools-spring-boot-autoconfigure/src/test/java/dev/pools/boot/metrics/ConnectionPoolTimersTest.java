package dev.pools.boot.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pools.connection.AcquireTimeoutException;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.Lease;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ConnectionPoolTimersTest {

  @Test
  void usageTimerContainsTheLeasesThatThePoolHasTakenBack() throws Exception {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    ConnectionPoolMetrics metrics = new ConnectionPoolMetrics(false);
    metrics.bindTo(registry);
    try (ConnectionPool<Object> pool =
        ConnectionPool.builder(Object::new)
            .name("db")
            .listener(metrics.listenerFor("db"))
            .build()) {
      metrics.add("db", pool);
      Timer acquires = registry.get("pools.connection.acquire").tag("pool", "db").timer();
      Timer usages = registry.get("pools.connection.usage").tag("pool", "db").timer();
      pool.acquire().close();
      Lease<Object> revoked = pool.acquire();

      assertThat(pool.revokeLease(pool.leases().get(0).id())).isTrue();
      revoked.close();

      assertThat(acquires.count()).isEqualTo(2);
      assertThat(usages.count()).isEqualTo(2);
    }
  }

  @Test
  void theAcquireTimerContainsTheWaitsThatWereInVain() throws Exception {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    ConnectionPoolMetrics metrics = new ConnectionPoolMetrics(false);
    metrics.bindTo(registry);
    try (ConnectionPool<Object> pool =
        ConnectionPool.builder(Object::new)
            .name("db")
            .maxSize(1)
            .acquireTimeout(Duration.ofMillis(50))
            .listener(metrics.listenerFor("db"))
            .build()) {
      metrics.add("db", pool);
      Lease<Object> lease = pool.acquire(Duration.ofSeconds(30));
      Timer acquires = registry.get("pools.connection.acquire").tag("pool", "db").timer();

      assertThatThrownBy(pool::acquire).isInstanceOf(AcquireTimeoutException.class);
      assertThat(acquires.max(TimeUnit.MILLISECONDS)).isGreaterThanOrEqualTo(50);
      assertThat(acquires.count()).as("one in vain and one not").isEqualTo(2);

      CompletableFuture<Lease<Object>> inAFuture = pool.acquireAsync();
      await().until(inAFuture::isCompletedExceptionally);
      assertThat(acquires.count()).isEqualTo(3);
      lease.close();
    }
  }
}

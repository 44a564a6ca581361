package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.boot.health.ConnectionPoolHealthIndicator;
import dev.pools.connection.AsyncConnectionCleaner;
import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionPool;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How a configured pool closes connections, and what its health says while that hangs. */
class CloseSettingsTest {

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(PoolsAutoConfiguration.class))
          .withUserConfiguration(HangingCleaner.class)
          .withPropertyValues(
              "pools.connection.instances.ledger.max-size=1",
              "pools.connection.instances.ledger.min-size=0");

  @Configuration(proxyBeanMethods = false)
  static class HangingCleaner {
    @Bean
    ConnectionFactory<StringBuilder> ledgerConnectionFactory() {
      return arguments -> new StringBuilder();
    }

    @Bean
    AsyncConnectionCleaner<Object> ledgerConnectionCleaner() {
      return (connection, arguments, reason) -> new CompletableFuture<>().minimalCompletionStage();
    }
  }

  @Test
  void asynchronousCleaner_isFoundAndLosesItsPlaceAfterTheCloseTimeoutOfTheSettings() {
    runner
        .withPropertyValues(
            "pools.connection.defaults.close-timeout=20ms",
            "pools.connection.defaults.max-concurrent-closes=2")
        .run(
            context -> {
              ConnectionPool<?> pool = context.getBean("ledger", ConnectionPool.class);
              pool.acquire().invalidate();
              pool.acquire().close();
              assertThat(pool.stats().closingsOverdue()).isEqualTo(1);
              assertThat(
                      new ConnectionPoolHealthIndicator("ledger", pool)
                          .health()
                          .getDetails()
                          .get("warning"))
                  .asString()
                  .contains("within 20 ms (pools.connection.instances.ledger.close-timeout): 1.");
            });
  }

  @Test
  void healthIsDownWhileClosingsHoldThePlacesThatCallersWaitFor() {
    runner
        .withPropertyValues(
            "pools.connection.defaults.close-timeout=1h",
            "pools.connection.defaults.stop-timeout=100ms")
        .run(
            context -> {
              ConnectionPool<?> pool = context.getBean("ledger", ConnectionPool.class);
              pool.acquire().invalidate();
              CompletableFuture<?> waiting = pool.acquireAsync(Duration.ofHours(1));
              ConnectionPoolHealthIndicator health =
                  new ConnectionPoolHealthIndicator("ledger", pool);
              Awaitility.await().until(() -> health.health().getStatus().equals(Status.DOWN));
              assertThat(health.health().getDetails().get("reason"))
                  .asString()
                  .contains("lower pools.connection.instances.ledger.close-timeout (now 60 min)");
              waiting.cancel(true);
            });
  }

  @Test
  void closeTimeoutOutOfItsRangeIsRefusedByTheNameOfItsProperty() {
    runner
        .withPropertyValues("pools.connection.defaults.max-concurrent-closes=0")
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .rootCause()
                    .hasMessageContaining("maxConcurrentCloses"));
  }
}

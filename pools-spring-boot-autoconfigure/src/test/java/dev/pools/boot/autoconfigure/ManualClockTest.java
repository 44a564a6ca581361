package dev.pools.boot.autoconfigure;

import static dev.pools.test.PoolAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.Lease;
import dev.pools.connection.RetireReason;
import dev.pools.task.AdvancedPool;
import dev.pools.test.ManualClock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The durations that are configured in yml follow the clock of pools-test. */
class ManualClockTest {

  @Configuration(proxyBeanMethods = false)
  static class ByTheClock {

    @Bean
    ManualClock clock() {
      return new ManualClock();
    }

    @Bean
    ConnectionFactory<Object> objects() {
      return arguments -> new Object();
    }

    @Bean
    AdvancedPoolCustomizer tasksByTheClock(ManualClock clock) {
      return (name, builder) -> clock.drives(builder);
    }

    @Bean
    ConnectionPoolCustomizer connectionsByTheClock(ManualClock clock) {
      return (name, builder) -> clock.drives(builder);
    }
  }

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(PoolsAutoConfiguration.class))
          .withUserConfiguration(ByTheClock.class)
          .withPropertyValues(
              "pools.connection.instances.db.min-size=0",
              "pools.connection.instances.db.idle-timeout=10m",
              "pools.connection.instances.db.leak-threshold=1m",
              "pools.advanced.instances.reports.stuck-after=1h");

  private static ConnectionPool<?> db(ApplicationContext context) {
    return context.getBean("db", ConnectionPool.class);
  }

  @Test
  void idleConnectionIsClosedWhenTheClockSaysSo() {
    runner.run(
        context -> {
          ConnectionPool<?> db = db(context);
          ManualClock clock = context.getBean(ManualClock.class);
          db.acquire().close();
          clock.advance(Duration.ofMinutes(9));
          assertThat(db).hasSize(1);

          clock.advance(Duration.ofMinutes(2));

          await().untilAsserted(() -> assertThat(db).isQuiet());
          assertThat(db).hasSize(0).hasRetired(RetireReason.IDLE, 1).hasNoLeaks();
        });
  }

  @Test
  void leaseIsLeakedWhenTheClockSaysSo() {
    runner.run(
        context -> {
          ConnectionPool<?> db = db(context);
          Lease<?> lease = db.acquire();
          context.getBean(ManualClock.class).advance(Duration.ofMinutes(5));

          assertThat(db).hasLeaks(1);
          lease.close();
        });
  }

  @Test
  void taskIsStuckWhenTheClockSaysSo() {
    runner.run(
        context -> {
          AdvancedPool reports = context.getBean("reports", AdvancedPool.class);
          CountDownLatch begun = new CountDownLatch(1);
          CountDownLatch end = new CountDownLatch(1);
          reports.submit(
              () -> {
                begun.countDown();
                end.await();
                return null;
              });
          begun.await();
          context.getBean(ManualClock.class).advance(Duration.ofHours(2));

          assertThat(reports).hasStuck(1);
          end.countDown();
          await().untilAsserted(() -> assertThat(reports).hasStuck(0).isQuiet());
        });
  }
}

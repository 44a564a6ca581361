package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class PoolsActuatorTest {

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  MetricsAutoConfiguration.class,
                  PoolsAutoConfiguration.class,
                  PoolsHealthAutoConfiguration.class,
                  PoolsMetricsAutoConfiguration.class))
          .withUserConfiguration(Server.class)
          .withPropertyValues(
              "pools.advanced.instances.tasks.max-workers=1",
              "pools.connection.instances.db.max-size=2",
              "pools.connection.instances.db.backoff-initial=1ms",
              "pools.connection.instances.db.backoff-max=1ms");

  @Configuration(proxyBeanMethods = false)
  static class Server {
    final AtomicBoolean down = new AtomicBoolean();

    @Bean
    ConnectionFactory<StringBuilder> connections() {
      return arguments -> {
        if (down.get()) {
          throw new IOException("refused");
        }
        return new StringBuilder();
      };
    }
  }

  private static Health health(ApplicationContext context, String pool) {
    CompositeHealthContributor pools =
        context.getBean("poolsHealthContributor", CompositeHealthContributor.class);
    HealthIndicator indicator =
        (HealthIndicator) Objects.requireNonNull(pools.getContributor(pool));
    return Objects.requireNonNull(indicator.health(true));
  }

  @Test
  void eachPoolHasItsHealth() {
    runner.run(
        context -> {
          assertThat(health(context, "tasks").getStatus()).isEqualTo(Status.UP);
          assertThat(health(context, "tasks").getDetails())
              .containsEntry("maxWorkers", 1)
              .containsEntry("queueCapacity", "unbounded");
          assertThat(health(context, "db").getStatus()).isEqualTo(Status.UP);
          assertThat(health(context, "db").getDetails())
              .containsEntry("maxSize", 2)
              .containsEntry("idle", 1);
        });
  }

  @Test
  void healthIsThereWithoutAnyConnectionPool() {
    new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(PoolsAutoConfiguration.class, PoolsHealthAutoConfiguration.class))
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              assertThat(health(context, "advancedPool").getStatus()).isEqualTo(Status.UP);
            });
  }

  @Test
  void lazyPoolsAreWatchedOnceTheyAreMadeAndNotMadeToBeWatched() {
    runner
        .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
        .withBean(
            "lazy",
            AdvancedPool.class,
            AdvancedPool::create,
            definition -> definition.setLazyInit(true))
        .run(
            context -> {
              CompositeHealthContributor pools =
                  context.getBean("poolsHealthContributor", CompositeHealthContributor.class);
              MeterRegistry registry = context.getBean(MeterRegistry.class);
              assertThat(pools.stream().map(HealthContributors.Entry::name))
                  .containsExactlyInAnyOrder("tasks", "db");
              assertThat(context.getBeanFactory().containsSingleton("lazy")).isFalse();

              context.getBean("lazy");

              assertThat(health(context, "lazy").getStatus()).isEqualTo(Status.UP);
              assertThat(registry.get("pools.advanced.qsize").tag("pool", "lazy").gauge())
                  .isNotNull();
            });
  }

  @Test
  void aPoolThatStillServesIsUpWithAWarningWhenItsServerRefusesMore() {
    runner.run(
        context -> {
          ConnectionPool<?> pool = context.getBean("db", ConnectionPool.class);
          context.getBean(Server.class).down.set(true);
          var held = pool.acquire();
          var waiting = pool.acquireAsync();
          await().until(() -> pool.stats().consecutiveCreateFailures() > 5);

          Health health = health(context, "db");

          assertThat(health.getStatus()).as("though a caller waits").isEqualTo(Status.UP);
          assertThat(health.getDetails().get("warning").toString()).contains("refused");
          waiting.cancel(true);
          held.close();
        });
  }

  @Test
  void thresholdsOfHealthAreSetPerPool() {
    runner
        .withPropertyValues(
            "pools.connection.defaults.health.failures=1000000",
            "pools.connection.instances.db.health.unserved-after=20ms",
            "pools.connection.instances.db.acquire-timeout=10ms")
        .run(
            context -> {
              ConnectionPool<?> pool = context.getBean("db", ConnectionPool.class);
              var first = pool.acquire(Duration.ofSeconds(30));
              var second = pool.acquire(Duration.ofSeconds(30));
              pool.acquireAsync();

              await().until(() -> health(context, "db").getStatus().equals(Status.DOWN));

              assertThat(health(context, "db").getDetails().get("reason").toString())
                  .contains("limit: 20 ms", "1 have timed out", "2 are leased");
              second.close();
              assertThat(health(context, "db").getStatus()).isEqualTo(Status.UP);
              context.getBean(Server.class).down.set(true);
              first.invalidate();
              pool.acquire(Duration.ofSeconds(30)).invalidate();
              await().until(() -> pool.stats().consecutiveCreateFailures() > 5);
              assertThat(health(context, "db").getStatus()).isEqualTo(Status.UP);
            });
  }

  @Test
  void allWorkersStuckIsDownAfterTheLimitOfTheSettings() {
    runner
        .withPropertyValues("pools.advanced.instances.tasks.health.stalled-after=20ms")
        .run(
            context -> {
              AdvancedPool pool = context.getBean(AdvancedPool.class);
              CountDownLatch gate = new CountDownLatch(1);
              for (int i = 0; i < 101; i++) {
                pool.execute(() -> awaitQuietly(gate));
              }

              await().until(() -> health(context, "tasks").getStatus().equals(Status.DOWN));

              assertThat(health(context, "tasks").getDetails().get("reason").toString())
                  .contains(
                      "limit: 20 ms",
                      "all 1 workers are busy",
                      "100 tasks are queued",
                      "pools.advanced.instances.tasks.max-workers (now 1)");
              gate.countDown();
            });
  }

  private static void awaitQuietly(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void adviceNamesWhatCanBeChanged_alsoForPoolsWithoutSettings() {
    runner
        .withPropertyValues("pools.advanced.defaults.health.stalled-after=20ms")
        .withBean("mine", AdvancedPool.class, () -> AdvancedPool.builder().maxWorkers(1).build())
        .run(
            context -> {
              AdvancedPool pool = context.getBean("mine", AdvancedPool.class);
              CountDownLatch gate = new CountDownLatch(1);
              pool.execute(() -> awaitQuietly(gate));
              pool.execute(() -> awaitQuietly(gate));

              await().until(() -> health(context, "mine").getStatus().equals(Status.DOWN));

              assertThat(health(context, "mine").getDetails().get("reason").toString())
                  .contains("raise maxWorkers of its builder (now 1)");
              gate.countDown();
            });
  }

  @Test
  void healthOfOnePoolCanBeTurnedOff() {
    runner
        .withPropertyValues(
            "pools.connection.instances.db.health.enabled=false",
            "pools.connection.instances.other.max-size=1",
            "pools.advanced.defaults.health.enabled=false",
            "pools.advanced.instances.shown.health.enabled=true")
        .run(
            context ->
                assertThat(
                        context
                            .getBean("poolsHealthContributor", CompositeHealthContributor.class)
                            .stream()
                            .map(HealthContributors.Entry::name))
                    .containsExactly("other", "shown"));
  }

  @Test
  void thresholdOutOfItsRangeStopsTheApplication() {
    runner
        .withPropertyValues("pools.connection.instances.db.health.unserved-after=-1s")
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .hasStackTraceContaining("pools.connection.instances.db.health.unserved-after")
                    .hasStackTraceContaining("is -1s, but must be positive"));
    runner
        .withPropertyValues("pools.advanced.instances.tasks.health.stalled-after=0s")
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .hasStackTraceContaining("pools.advanced.instances.tasks.health.stalled-after")
                    .hasStackTraceContaining("is 0s, but must be positive"));
    runner
        .withPropertyValues("pools.advanced.defaults.health.stalled-after=-1s")
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .hasStackTraceContaining("pools.advanced.defaults.health.stalled-after")
                    .hasStackTraceContaining("but must be positive"));
    runner
        .withPropertyValues("pools.connection.defaults.health.failures=0")
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .hasStackTraceContaining("pools.connection.defaults.health.failures")
                    .hasStackTraceContaining("is 0, but must be at least 1"));
  }

  @Test
  void timersHaveAHistogramWhereTheRegistryIsAskedForOne() {
    runner
        .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
        .withPropertyValues(
            "management.metrics.distribution.percentiles-histogram.pools.advanced.task.run=true",
            "management.metrics.distribution.slo.pools.advanced.task.run=1ms,10ms")
        .run(
            context ->
                assertThat(
                        context
                            .getBean(MeterRegistry.class)
                            .get("pools.advanced.task.run")
                            .timer()
                            .takeSnapshot()
                            .histogramCounts())
                    .isNotEmpty());
  }

  @Test
  void aPoolThatWaitsForItselfIsDownAndSaysWhatToChange() {
    runner.run(
        context -> {
          AdvancedPool pool = context.getBean(AdvancedPool.class);
          var outer = pool.submit(() -> pool.submit(() -> 1).join());
          await().until(() -> pool.stats().starved());

          Health health = health(context, "tasks");

          assertThat(health.getStatus()).isEqualTo(Status.DOWN);
          assertThat(health.getDetails().get("reason").toString())
              .contains("pools.advanced.instances.tasks.max-workers");
          pool.resize(1, 2).join();
          outer.join();
          assertThat(health(context, "tasks").getStatus()).isEqualTo(Status.UP);
        });
  }

  @Test
  void aFullPoolIsNotDown() {
    runner
        .withPropertyValues("pools.advanced.instances.tasks.queue-capacity=0")
        .run(
            context -> {
              AdvancedPool pool = context.getBean(AdvancedPool.class);
              CountDownLatch gate = new CountDownLatch(1);
              pool.submit(
                  () -> {
                    gate.await();
                    return 1;
                  });
              pool.submit(() -> 1);

              assertThat(pool.full()).isTrue();
              assertThat(health(context, "tasks").getStatus()).isEqualTo(Status.UP);
              gate.countDown();
            });
  }

  @Test
  void aPoolWhoseServerIsDownIsDownWithTheReason() {
    runner.run(
        context -> {
          ConnectionPool<?> pool = context.getBean("db", ConnectionPool.class);
          Server server = context.getBean(Server.class);
          server.down.set(true);
          pool.acquire().invalidate();
          await().until(() -> health(context, "db").getStatus().equals(Status.DOWN));

          Health health = health(context, "db");

          assertThat(health.getDetails().get("reason").toString()).contains("refused");
          server.down.set(false);
          await().until(() -> health(context, "db").getStatus().equals(Status.UP));
        });
  }

  @Test
  void aStoppedPoolIsOutOfService() {
    runner.run(
        context -> {
          context.getBean(AdvancedPool.class).shutdown();
          context.getBean("db", ConnectionPool.class).close();

          assertThat(health(context, "tasks").getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
          assertThat(health(context, "db").getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
        });
  }

  @Test
  void aSuspendedPoolIsOutOfServiceUntilItIsResumed() {
    runner.run(
        context -> {
          ConnectionPool<?> pool = context.getBean("db", ConnectionPool.class);
          pool.suspend();

          Health health = health(context, "db");

          assertThat(health.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
          assertThat(health.getDetails().get("reason").toString()).contains("suspended");
          pool.resume();
          assertThat(health(context, "db").getStatus()).isEqualTo(Status.UP);
        });
  }

  @Test
  void poolsOfTheUsersOwnAreWatchedToo() {
    runner
        .withBean("mine", AdvancedPool.class, AdvancedPool::create)
        .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
        .run(
            context -> {
              assertThat(health(context, "mine").getStatus()).isEqualTo(Status.UP);
              assertThat(
                      context
                          .getBean(MeterRegistry.class)
                          .find("pools.advanced.qsize")
                          .tag("pool", "mine")
                          .gauge())
                  .isNotNull();
            });
  }

  @Test
  void healthCanBeTurnedOff() {
    runner
        .withPropertyValues("management.health.pools.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean("poolsHealthContributor"));
  }

  @Test
  void allMetersAreThere() {
    runner
        .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
        .run(
            context -> {
              MeterRegistry registry = context.getBean(MeterRegistry.class);
              context.getBean(AdvancedPool.class).submit(() -> 1).join();
              context.getBean("db", ConnectionPool.class).acquire().close();

              for (String gauge :
                  List.of(
                      "qsize",
                      "idle",
                      "active",
                      "workers",
                      "workers.min",
                      "workers.max",
                      "queue.capacity",
                      "admissions.waiting")) {
                assertThat(
                        registry
                            .get("pools.advanced." + gauge)
                            .tag("pool", "tasks")
                            .gauge()
                            .value())
                    .as(gauge)
                    .isGreaterThanOrEqualTo(0);
              }
              for (String outcome :
                  List.of("completed", "failed", "cancelled", "rejected", "expired")) {
                assertThat(
                        registry
                            .get("pools.advanced.tasks")
                            .tags("pool", "tasks", "outcome", outcome)
                            .functionCounter()
                            .count())
                    .isEqualTo(outcome.equals("completed") ? 1 : 0);
              }
              for (String timer : List.of("task.wait", "task.run")) {
                assertThat(
                        registry
                            .get("pools.advanced." + timer)
                            .tag("pool", "tasks")
                            .timer()
                            .count())
                    .as(timer)
                    .isEqualTo(1);
              }
              for (String gauge :
                  List.of(
                      "in.use", "idle", "size", "min", "max", "waiting", "creating", "suspended")) {
                assertThat(registry.get("pools.connection." + gauge).tag("pool", "db").gauge())
                    .as(gauge)
                    .isNotNull();
              }
              for (String counter :
                  List.of(
                      "acquired",
                      "timeouts",
                      "timeouts.nested",
                      "creations",
                      "create.failures",
                      "leaks")) {
                assertThat(
                        registry
                            .get("pools.connection." + counter)
                            .tag("pool", "db")
                            .functionCounter())
                    .as(counter)
                    .isNotNull();
              }
              for (String reason : List.of("waiter_limit", "down")) {
                assertThat(
                        registry
                            .get("pools.connection.refused")
                            .tags("pool", "db", "reason", reason)
                            .functionCounter()
                            .count())
                    .as(reason)
                    .isZero();
              }
              assertThat(
                      registry
                          .get("pools.connection.retired")
                          .tags("pool", "db", "reason", "max_life")
                          .functionCounter()
                          .count())
                  .isZero();
              assertThat(registry.get("pools.connection.acquire").tag("pool", "db").timer().count())
                  .isEqualTo(1);
              assertThat(registry.get("pools.connection.usage").tag("pool", "db").timer().count())
                  .isEqualTo(1);
              assertThat(registry.get("pools.connection.create").tag("pool", "db").timer())
                  .isNotNull();
              assertThat(registry.find("executor.active").gauge()).isNull();
            });
  }

  @Test
  void otherNamesAreThereWhereAskedFor() {
    runner
        .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
        .withPropertyValues("pools.metrics.executor=true", "pools.metrics.open-telemetry=true")
        .run(
            context -> {
              MeterRegistry registry = context.getBean(MeterRegistry.class);
              assertThat(registry.get("executor.active").tag("name", "tasks").gauge()).isNotNull();
              assertThat(
                      registry
                          .get("db.client.connection.count")
                          .tags(
                              "db.client.connection.pool.name",
                              "db",
                              "db.client.connection.state",
                              "idle")
                          .gauge()
                          .value())
                  .isEqualTo(1);
            });
  }

  @Test
  void closedRegistryBreaksNothing() {
    runner
        .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
        .run(
            context -> {
              context.getBean(MeterRegistry.class).close();

              assertThat(context.getBean(AdvancedPool.class).submit(() -> 1).join()).isEqualTo(1);
              context.getBean("db", ConnectionPool.class).acquire().close();
            });
  }

  @Test
  void starterWorksWithoutActuatorAndMicrometer() {
    runner
        .withClassLoader(
            new FilteredClassLoader(
                HealthContributor.class.getPackageName(),
                "org.springframework.boot.micrometer",
                "io.micrometer"))
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              assertThat(context.getBean(AdvancedPool.class).submit(() -> 1).join()).isEqualTo(1);
              assertThat(context).doesNotHaveBean("poolsHealthContributor");
            });
  }
}

package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pools.boot.metrics.ConnectionPoolMetrics;
import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.context.support.SimpleThreadScope;

/** Which pools of a context are measured, under which names, and until when. */
class MeasuredBeansTest {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  private final ApplicationContextRunner unbound =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  MetricsAutoConfiguration.class,
                  CompositeMeterRegistryAutoConfiguration.class,
                  PoolsAutoConfiguration.class,
                  PoolsMetricsAutoConfiguration.class))
          .withUserConfiguration(Factory.class)
          .withPropertyValues(
              "pools.advanced.instances.photo-printer.max-workers=1",
              "pools.connection.instances.db.max-size=2");

  private final ApplicationContextRunner runner =
      unbound.withBean("registry", MeterRegistry.class, () -> registry);

  @Configuration(proxyBeanMethods = false)
  static class Factory {
    @Bean
    ConnectionFactory<StringBuilder> connections() {
      return arguments -> new StringBuilder();
    }
  }

  private static Set<String> measured(MeterRegistry registry) {
    return registry.getMeters().stream()
        .filter(meter -> meter.getId().getName().startsWith("pools."))
        .map(meter -> meter.getId().getTag("pool"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void eachPoolOfTheContext_isMeasuredUnderTheNameOfItsBeanUntilTheContextCloses() {
    runner.run(context -> assertThat(measured(registry)).containsExactly("db", "photo-printer"));

    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void poolOfAContextThatFailsToStart_leavesNothingBehind() {
    runner
        .withBean(
            "down",
            ConnectionPool.class,
            () ->
                ConnectionPool.builder(
                        () -> {
                          throw new IOException("refused");
                        })
                    .minSize(1)
                    .build())
        .run(context -> assertThat(context).hasFailed());

    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void poolThatItsUserCloses_isMeasuredNoMore() {
    runner
        .withBean("mine", AdvancedPool.class, AdvancedPool::create)
        .run(
            context -> {
              assertThat(measured(registry)).containsExactly("db", "mine", "photo-printer");

              context.getBean("mine", AdvancedPool.class).close();
              context.getBean("db", ConnectionPool.class).close();

              await()
                  .untilAsserted(
                      () -> assertThat(measured(registry)).containsExactly("photo-printer"));
            });
  }

  @Test
  void contextThatIsStoppedAndStartedAgain_measuresItsPoolsAgain() {
    runner.run(
        context -> {
          GenericApplicationContext restarted =
              (GenericApplicationContext) context.getSourceApplicationContext();
          restarted.stop();
          await()
              .untilAsserted(() -> assertThat(measured(registry)).containsExactly("photo-printer"));

          restarted.start();

          await()
              .untilAsserted(
                  () -> assertThat(measured(registry)).containsExactly("db", "photo-printer"));
          assertThat(registry.get("pools.connection.size").gauge().value()).isEqualTo(1);
        });
  }

  @Test
  void poolThatIsRegisteredAsItIs_isMeasured() {
    runner
        .withInitializer(
            context ->
                context
                    .getBeanFactory()
                    .registerSingleton("given", ConnectionPool.builder(Object::new).build()))
        .run(context -> assertThat(measured(registry)).contains("given"));
  }

  @Test
  void poolThatIsCreatedWhileTheApplicationRuns_isMeasuredOnceItIsThere() {
    runner
        .withBean(
            "lazy",
            AdvancedPool.class,
            AdvancedPool::create,
            definition -> definition.setLazyInit(true))
        .run(
            context -> {
              assertThat(measured(registry)).doesNotContain("lazy");
              context.getBean("lazy");
              assertThat(measured(registry)).contains("lazy");

              ConnectionPoolMetrics metrics = context.getBean(ConnectionPoolMetrics.class);
              try (ConnectionPool<Object> tenant =
                  ConnectionPool.builder(Object::new)
                      .listener(metrics.listenerFor("tenant"))
                      .build()) {
                metrics.add("tenant", tenant);
                tenant.acquire().close();
                assertThat(
                        registry
                            .get("pools.connection.usage")
                            .tag("pool", "tenant")
                            .timer()
                            .count())
                    .isEqualTo(1);
              }
              await().untilAsserted(() -> assertThat(measured(registry)).doesNotContain("tenant"));
            });
  }

  @Test
  void poolInAScope_isMeasuredAgainAfterItsScopeWasRefreshed() {
    Refreshed scope = new Refreshed();
    runner
        .withInitializer(context -> context.getBeanFactory().registerScope("refreshed", scope))
        .withBean(
            "scopedTarget.tenant",
            ConnectionPool.class,
            () -> ConnectionPool.builder(Object::new).maxSize(scope.round).build(),
            definition -> {
              definition.setScope("refreshed");
              definition.setDestroyMethodName("close");
            })
        .run(
            context -> {
              for (int round = 1; round <= 3; round++) {
                scope.round = round;
                context.getBean("scopedTarget.tenant");
                assertThat(
                        registry.get("pools.connection.max").tag("pool", "tenant").gauge().value())
                    .isEqualTo(round);
                scope.refresh();
                assertThat(measured(registry)).doesNotContain("tenant");
              }
            });
  }

  /** As the scope of Spring Cloud does: it destroys its beans, and creates them anew. */
  private static final class Refreshed extends SimpleThreadScope {
    private int round = 1;
    private Runnable destroy = () -> {};

    @Override
    public void registerDestructionCallback(String name, Runnable callback) {
      destroy = callback;
    }

    void refresh() {
      remove("scopedTarget.tenant");
      destroy.run();
    }
  }

  @Test
  void contextsThatShareARegistry_shareTheMetersOfPoolsOfOneName() {
    runner.run(
        first -> {
          runner
              .withPropertyValues("pools.connection.instances.db.max-size=5")
              .run(
                  second ->
                      assertThat(registry.get("pools.connection.max").gauge().value())
                          .isEqualTo(7));
          assertThat(registry.get("pools.connection.max").gauge().value()).isEqualTo(2);
          assertThat(measured(registry)).containsExactly("db", "photo-printer");
        });
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void childContext_measuresItsPoolsInTheRegistryOfItsParent() {
    runner.run(
        parent -> {
          unbound
              .withParent(parent)
              .withPropertyValues("pools.connection.instances.db.enabled=false")
              .withBean("child", AdvancedPool.class, AdvancedPool::create)
              .run(child -> assertThat(measured(registry)).contains("child"));
          assertThat(measured(registry)).containsExactly("db", "photo-printer");
        });
  }

  @Test
  void severalRegistries_haveEachPoolOnce() {
    PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    runner
        .withPropertyValues("pools.metrics.executor=true", "pools.metrics.open-telemetry=true")
        .withBean("prometheus", PrometheusMeterRegistry.class, () -> prometheus)
        .withBean(MeterFilter.class, () -> MeterFilter.denyNameStartsWith("pools.advanced.task."))
        .run(
            context -> {
              assertThat(context.getBean(MeterRegistry.class))
                  .isInstanceOf(CompositeMeterRegistry.class);
              context.getBean(AdvancedPool.class).submit(() -> 1).join();
              context.getBean("db", ConnectionPool.class).acquire().close();
              assertThat(registry.get("pools.connection.acquired").functionCounter().count())
                  .isEqualTo(1);
              assertThat(prometheus.scrape())
                  .contains("pools_connection_acquired_connections_total{pool=\"db\"} 1.0")
                  .contains("pools_connection_usage_seconds_count{pool=\"db\"} 1")
                  .contains("executor_pool_max_threads{name=\"photo-printer\"} 1.0")
                  .contains(
                      "db_client_connection_count{db_client_connection_pool_name=\"db\",db_client_connection_state=\"idle\"} 1.0")
                  .doesNotContain("pools_advanced_task_");
            });
    assertThat(prometheus.scrape()).isEmpty();
  }

  @Test
  void meterThatATestAsksFor_isOfThisMoment() {
    runner.run(
        context -> {
          ConnectionPool<?> db = context.getBean("db", ConnectionPool.class);
          try (var lease = db.acquire()) {
            assertThat(registry.get("pools.connection.in.use").gauge().value()).isEqualTo(1);
            assertThat(lease.connection()).isNotNull();
          }
          assertThat(registry.get("pools.connection.idle").gauge().value()).isEqualTo(1);
          assertThat(registry.get("pools.connection.in.use").gauge().value()).isZero();
        });
  }

  @Test
  void poolThatWasClosed_refusesItsUserAndNotTheRegistry() {
    runner.run(
        context -> {
          ConnectionPool<?> db = context.getBean("db", ConnectionPool.class);
          db.close();
          assertThatThrownBy(db::acquire).isInstanceOf(RuntimeException.class);
          registry.forEachMeter(meter -> meter.measure().forEach(value -> value.getValue()));
        });
  }
}

package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.autoconfigure.context.properties.ConfigurationPropertiesReportEndpointAutoConfiguration;
import org.springframework.boot.actuate.context.properties.ConfigurationPropertiesReportEndpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.MapPropertySource;

/** The settings are bound once; the pools are made from what is shown. */
class OneBindingTest {

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withBean(
              ConnectionFactory.class,
              () -> (ConnectionFactory<StringBuilder>) arguments -> new StringBuilder())
          .withConfiguration(AutoConfigurations.of(PoolsAutoConfiguration.class));

  private long lookups(int pools) {
    Map<String, Object> settings = new HashMap<>();
    for (int i = 0; i < pools; i++) {
      settings.put("pools.advanced.instances.task-pool-" + i + ".max-workers", 2);
      settings.put("pools.connection.instances.connectionPool" + i + ".max-size", 2);
    }
    settings.put("pools.advanced.defaults.keep-alive", "5s");
    AtomicLong asked = new AtomicLong();
    MapPropertySource source =
        new MapPropertySource("counting", settings) {
          @Override
          public Object getProperty(String name) {
            asked.incrementAndGet();
            return super.getProperty(name);
          }

          @Override
          public boolean containsProperty(String name) {
            asked.incrementAndGet();
            return super.containsProperty(name);
          }
        };
    runner
        .withInitializer(context -> context.getEnvironment().getPropertySources().addFirst(source))
        .run(
            context -> {
              assertThat(context.getBeansOfType(AdvancedPool.class)).hasSize(pools);
              assertThat(context.getBeansOfType(ConnectionPool.class)).hasSize(pools);
            });
    return asked.get();
  }

  @Test
  void eachPoolMoreCostsTheSame() {
    long five = lookups(5);
    long ten = lookups(10);
    long twenty = lookups(20);

    assertThat(twenty - ten).isEqualTo(2 * (ten - five));
  }

  @Test
  void thePropertiesAreThoseOfThePools() {
    runner
        .withPropertyValues(
            "pools.advanced.defaults.max-workers=9",
            "pools.advanced.instances.a.min-workers=2",
            "pools.connection.defaults.acquire-timeout=7s",
            "pools.connection.bases.small.max-size=3",
            "pools.connection.instances.b.base=small")
        .run(
            context -> {
              PoolsProperties properties = context.getBean(PoolsProperties.class);
              AdvancedPool a = context.getBean("a", AdvancedPool.class);
              AdvancedPoolProperties shown = properties.getAdvanced().getInstances().get("a");
              assertThat(a.maxWorkers()).isEqualTo(9).isEqualTo(shown.getMaxWorkers());
              assertThat(a.minWorkers()).isEqualTo(2).isEqualTo(shown.getMinWorkers());
              assertThat(shown.getThreads()).isEqualTo(AdvancedPoolProperties.Threads.PLATFORM);
              ConnectionPoolProperties b = properties.getConnection().getInstances().get("b");
              assertThat(b.getMaxSize())
                  .isEqualTo(3)
                  .isEqualTo(context.getBean("b", ConnectionPool.class).maxSize());
              assertThat(b.getAcquireTimeout()).isEqualTo(Duration.ofSeconds(7));
              assertThat(context.getBeanNamesForType(PoolsProperties.class)).hasSize(1);
            });
  }

  @Test
  void theEndpointShowsTheValuesOfThePoolsAndWhereTheyWereSet() {
    runner
        .withConfiguration(
            AutoConfigurations.of(ConfigurationPropertiesReportEndpointAutoConfiguration.class))
        .withPropertyValues(
            "management.endpoints.web.exposure.include=configprops",
            "management.endpoints.jmx.exposure.include=configprops",
            "management.endpoint.configprops.show-values=always",
            "spring.jmx.enabled=true",
            "pools.advanced.defaults.max-workers=9",
            "pools.advanced.instances.a.min-workers=2")
        .run(
            context -> {
              var report =
                  context
                      .getBean(ConfigurationPropertiesReportEndpoint.class)
                      .configurationProperties()
                      .getContexts()
                      .values()
                      .iterator()
                      .next()
                      .getBeans();
              var ours = report.get("pools-dev.pools.boot.autoconfigure.PoolsProperties");
              assertThat(ours.getPrefix()).isEqualTo("pools");
              assertThat(at(ours.getProperties(), "advanced", "instances", "a"))
                  .containsEntry("maxWorkers", 9)
                  .containsEntry("minWorkers", 2);
              assertThat(
                      at(ours.getInputs(), "advanced", "instances", "a", "minWorkers").toString())
                  .contains("pools.advanced.instances.a.min-workers");
            });
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> at(Map<String, Object> map, String... path) {
    Map<String, Object> found = map;
    for (String key : path) {
      found = (Map<String, Object>) found.get(key);
    }
    return found;
  }
}

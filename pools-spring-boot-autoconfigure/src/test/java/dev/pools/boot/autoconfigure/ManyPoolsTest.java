package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import java.util.AbstractCollection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.MapPropertySource;

/** What many pools cost grows in proportion to their number, not to its square. */
class ManyPoolsTest {

  /** Counts how often a bean is asked for its type, and how often two are put in an order. */
  private static final class CountingBeans extends DefaultListableBeanFactory {
    private static final long serialVersionUID = 1;

    private final AtomicLong questions = new AtomicLong();
    private final AtomicLong dependencies = new AtomicLong();

    @Override
    protected boolean isTypeMatch(
        String name, ResolvableType typeToMatch, boolean allowFactoryBeanInit) {
      questions.incrementAndGet();
      return super.isTypeMatch(name, typeToMatch, allowFactoryBeanInit);
    }

    @Override
    public void registerDependentBean(String beanName, String dependentBeanName) {
      dependencies.incrementAndGet();
      super.registerDependentBean(beanName, dependentBeanName);
    }

    @Override
    public @Nullable Class<?> getType(String name, boolean allowFactoryBeanInit) {
      questions.incrementAndGet();
      return super.getType(name, allowFactoryBeanInit);
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Server {
    @Bean
    ConnectionFactory<StringBuilder> connections() {
      return arguments -> new StringBuilder();
    }

    /** As if the endpoint was exposed, without its thread, which asks beans, too. */
    @Bean("dev.pools.boot.autoconfigure.PoolsOfContext")
    static PoolsOfContext pools(ConfigurableListableBeanFactory beans) {
      return new PoolsOfContext(beans);
    }
  }

  /**
   * How often beans are asked while an application starts and while all its pools change, and how
   * often two of them are put in an order.
   */
  private record Costs(long start, long refresh, long dependencies) {

    static Costs of(int pools) {
      Map<String, Object> settings = new HashMap<>();
      for (int i = 0; i < pools; i++) {
        settings.put("pools.advanced.instances.task-pool-" + i + ".max-workers", 2);
        settings.put("pools.connection.instances.connection-pool-" + i + ".max-size", 2);
        settings.put("pools.connection.instances.connection-pool-" + i + ".min-size", 0);
      }
      CountingBeans beans = new CountingBeans();
      AtomicLong start = new AtomicLong();
      AtomicLong refresh = new AtomicLong();
      AtomicLong dependencies = new AtomicLong();
      new ApplicationContextRunner(() -> new AnnotationConfigApplicationContext(beans))
          .withInitializer(
              context ->
                  context
                      .getEnvironment()
                      .getPropertySources()
                      .addFirst(new MapPropertySource("many", settings)))
          .withConfiguration(
              AutoConfigurations.of(
                  PoolsAutoConfiguration.class,
                  PoolsAlarmsAutoConfiguration.class,
                  PoolsRefreshAutoConfiguration.class))
          .withUserConfiguration(Server.class)
          .run(
              context -> {
                start.set(beans.questions.get());
                dependencies.set(beans.dependencies.get());
                settings.replaceAll((name, value) -> value.equals(2) ? 3 : value);
                context.publishEvent(new EnvironmentChangeEvent(context, Set.of()));
                refresh.set(beans.questions.get() - start.get());
                assertThat(context.getBeansOfType(AdvancedPool.class).values())
                    .hasSize(pools)
                    .allSatisfy(pool -> assertThat(pool.maxWorkers()).isEqualTo(3));
                assertThat(context.getBeansOfType(ConnectionPool.class).values())
                    .hasSize(pools)
                    .allSatisfy(pool -> assertThat(pool.maxSize()).isEqualTo(3));
              });
      return new Costs(start.get(), refresh.get(), dependencies.get());
    }
  }

  @Test
  void eachPoolMoreCostsTheSame_atTheStartAndAtARefresh() {
    Costs ten = Costs.of(10);
    Costs twenty = Costs.of(20);
    Costs forty = Costs.of(40);

    assertThat(forty.start - twenty.start).isEqualTo(2 * (twenty.start - ten.start));
    assertThat(forty.refresh - twenty.refresh).isEqualTo(2 * (twenty.refresh - ten.refresh));
    assertThat(forty.dependencies - twenty.dependencies)
        .isEqualTo(2 * (twenty.dependencies - ten.dependencies));
  }

  @Test
  void namesOfPoolsAreReadOnceForEachKindOfPart() {
    AtomicInteger readings = new AtomicInteger();
    List<PoolName> names = List.of(name("orders"), name("mail-server"));
    AbstractCollection<PoolName> pools =
        new AbstractCollection<>() {
          @Override
          public Iterator<PoolName> iterator() {
            readings.incrementAndGet();
            return names.iterator();
          }

          @Override
          public int size() {
            return names.size();
          }
        };
    PartBeans parts = new PartBeans(new DefaultListableBeanFactory(), pools);

    for (int i = 0; i < 100; i++) {
      assertThat(parts.isNamedAfterAnyPool("mailServerOnCreate", "OnCreate")).isTrue();
      assertThat(parts.isNamedAfterAnyPool("ordersOnReturn", "OnCreate")).isFalse();
    }

    assertThat(readings).hasValue(1);
  }

  private static PoolName name(String pool) {
    return new PoolName(pool, ConfigurationPropertyName.of("pools.connection.instances." + pool));
  }
}

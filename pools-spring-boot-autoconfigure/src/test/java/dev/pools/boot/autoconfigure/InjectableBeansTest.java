package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.ConnectionPoolListener;
import dev.pools.task.AdvancedPool;
import dev.pools.task.PoolListener;
import dev.pools.task.TaskDecorator;
import dev.pools.task.TaskInfo;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectFactory;
import org.springframework.beans.factory.config.CustomScopeConfigurer;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.SimpleThreadScope;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.Order;

/** The listeners, decorators and customizers of pools are the beans that Spring would inject. */
class InjectableBeansTest {

  private static final List<String> TOLD = new CopyOnWriteArrayList<>();

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(PoolsAutoConfiguration.class));

  @BeforeEach
  void forget() {
    TOLD.clear();
  }

  /** Tells its name when a task starts. */
  private record Listener(String name) implements PoolListener {
    @Override
    public void taskStarted(TaskInfo task, Duration waited) {
      TOLD.add(name);
    }
  }

  /** As {@link Listener}, with an order. */
  private record OrderedListener(String name, int getOrder) implements PoolListener, Ordered {
    @Override
    public void taskStarted(TaskInfo task, Duration waited) {
      TOLD.add(name);
    }
  }

  /** Tells when a connection is leased. */
  private static final class LeaseListener implements ConnectionPoolListener<StringBuilder> {
    @Override
    public void acquired(StringBuilder connection, Duration waited) {
      TOLD.add("lease");
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Scoped {
    @Bean
    static CustomScopeConfigurer scopes() {
      CustomScopeConfigurer scopes = new CustomScopeConfigurer();
      scopes.addScope("thread", new SimpleThreadScope());
      return scopes;
    }

    @Bean
    ConnectionFactory<StringBuilder> connections() {
      return arguments -> new StringBuilder();
    }

    @Bean
    @Scope(scopeName = "thread", proxyMode = ScopedProxyMode.INTERFACES)
    PoolListener listener() {
      return new Listener("task");
    }

    @Bean
    @Scope(scopeName = "thread", proxyMode = ScopedProxyMode.INTERFACES)
    TaskDecorator decorator() {
      return task -> {
        TOLD.add("decorator");
        return task;
      };
    }

    @Bean
    @Scope(scopeName = "thread", proxyMode = ScopedProxyMode.INTERFACES)
    org.springframework.core.task.TaskDecorator decoratorOfSpring() {
      return task -> {
        TOLD.add("decorator of Spring");
        return task;
      };
    }

    @Bean
    @Scope(scopeName = "thread", proxyMode = ScopedProxyMode.INTERFACES)
    AdvancedPoolCustomizer customizer() {
      return (name, builder) -> TOLD.add("customizer");
    }

    @Bean
    @Scope(scopeName = "thread", proxyMode = ScopedProxyMode.INTERFACES)
    ConnectionPoolListener<StringBuilder> leaseListener() {
      return new LeaseListener();
    }

    @Bean
    @Scope(scopeName = "thread", proxyMode = ScopedProxyMode.INTERFACES)
    ConnectionPoolCustomizer connectionCustomizer() {
      return (name, builder) -> TOLD.add("connection customizer");
    }
  }

  @Test
  void beanWithAScopedProxyIsUsedOnce() {
    runner
        .withUserConfiguration(Scoped.class)
        .withPropertyValues("pools.connection.instances.database.max-size=1")
        .run(
            context -> {
              context.getBean(AdvancedPool.class).submit(() -> 1).get(30, TimeUnit.SECONDS);
              context.getBean("database", ConnectionPool.class).acquire().close();

              assertThat(TOLD)
                  .containsExactlyInAnyOrder(
                      "customizer",
                      "connection customizer",
                      "decorator",
                      "decorator of Spring",
                      "task",
                      "lease");
            });
  }

  @Configuration(proxyBeanMethods = false)
  static class OutOfScope {
    @Bean
    static CustomScopeConfigurer scopes() {
      CustomScopeConfigurer scopes = new CustomScopeConfigurer();
      scopes.addScope("request", new NoScope());
      return scopes;
    }

    @Bean
    @Scope(scopeName = "request", proxyMode = ScopedProxyMode.INTERFACES)
    PoolListener listener() {
      return new Listener("task");
    }
  }

  /** As that of requests, where there is no request. */
  private static final class NoScope extends SimpleThreadScope {
    @Override
    public Object get(String name, ObjectFactory<?> objectFactory) {
      throw new IllegalStateException("no request");
    }
  }

  @Test
  void beanBehindAProxyIsNotCreatedWhereItsScopeIsNotActive() {
    runner
        .withUserConfiguration(OutOfScope.class)
        .run(context -> assertThat(context).hasNotFailed().hasSingleBean(AdvancedPool.class));
  }

  @Configuration(proxyBeanMethods = false)
  static class Excluded {
    @Bean(autowireCandidate = false)
    PoolListener noCandidate() {
      return new Listener("no candidate");
    }

    @Bean(defaultCandidate = false)
    PoolListener onlyWithAQualifier() {
      return new Listener("only with a qualifier");
    }

    @Bean
    PoolListener plain() {
      return new Listener("plain");
    }
  }

  @Test
  void beansThatAreNotInjectedAreNotUsed() {
    runner
        .withUserConfiguration(Excluded.class)
        .run(
            context -> {
              context.getBean(AdvancedPool.class).submit(() -> 1).get(30, TimeUnit.SECONDS);

              assertThat(TOLD).containsExactly("plain");
            });
  }

  @Configuration(proxyBeanMethods = false)
  static class InOrder {
    @Bean
    PoolListener last() {
      return new Listener("last");
    }

    @Bean
    PoolListener third() {
      return new OrderedListener("third", 3);
    }

    @Bean
    @Order(2)
    PoolListener second() {
      return new Listener("second");
    }

    @Bean
    @Order(1)
    PoolListener first() {
      return new OrderedListener("first", 7);
    }

    @Bean
    List<String> injected(List<PoolListener> listeners) {
      listeners.forEach(listener -> TOLD.add("injected " + listener));
      return List.of();
    }
  }

  @Test
  void theirOrderIsThatOfAnInjectedList() {
    runner
        .withUserConfiguration(InOrder.class)
        .run(
            context -> {
              List<String> injected = List.copyOf(TOLD);
              TOLD.clear();
              context.getBean(AdvancedPool.class).submit(() -> 1).get(30, TimeUnit.SECONDS);

              assertThat(TOLD).containsExactly("first", "second", "third", "last");
              assertThat(
                      InjectableBeans.of(
                              context.getSourceApplicationContext().getBeanFactory(),
                              PoolListener.class)
                          .values())
                  .map(listener -> "injected " + listener)
                  .containsExactlyElementsOf(injected);
            });
  }

  @Test
  void thoseOfAParentAreUsedToo() {
    new ApplicationContextRunner()
        .withUserConfiguration(Excluded.class)
        .run(
            parent ->
                runner
                    .withParent(parent)
                    .run(
                        context -> {
                          context
                              .getBean(AdvancedPool.class)
                              .submit(() -> 1)
                              .get(30, TimeUnit.SECONDS);

                          assertThat(TOLD).containsExactly("plain");
                        }));
  }

  @Test
  void genericsOfAListenerMustFit() {
    runner
        .withUserConfiguration(Scoped.class)
        .run(
            context -> {
              ResolvableType others =
                  ResolvableType.forClassWithGenerics(ConnectionPoolListener.class, String.class);
              var beans = context.getSourceApplicationContext().getBeanFactory();

              assertThat(InjectableBeans.of(beans, ConnectionPoolListener.class)).hasSize(1);
              assertThat(InjectableBeans.of(beans, ConnectionPoolListener.class, others)).isEmpty();
            });
  }
}

package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.Arguments;
import dev.pools.connection.ConnectionCleaner;
import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionHook;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.ConnectionPoolBuilder;
import dev.pools.connection.ConnectionPoolListener;
import dev.pools.connection.ConnectionPoolStats.State;
import dev.pools.connection.HealthChecker;
import dev.pools.task.AdvancedPool;
import dev.pools.task.AdvancedPoolBuilder;
import dev.pools.task.PoolListener;
import dev.pools.task.TaskDecorator;
import dev.pools.task.TaskInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/** What the beans that a pool calls need themselves is destroyed after the pool. */
class NeededBeansTest {

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(PoolsAutoConfiguration.class))
          .withPropertyValues(
              "pools.connection.instances.db.max-size=1",
              "pools.advanced.instances.printer.max-workers=1");

  /** Spring starts and stops it. It notes which pools have ended when it is closed. */
  static final class Client implements SmartLifecycle, AutoCloseable {
    private final List<String> ended = Collections.synchronizedList(new ArrayList<>());
    private final AtomicReference<ConnectionPool<?>> connections = new AtomicReference<>();
    private final AtomicReference<AdvancedPool> tasks = new AtomicReference<>();

    @Override
    public void start() {}

    @Override
    public void stop() {}

    @Override
    public boolean isRunning() {
      return true;
    }

    @Override
    public void close() {
      if (tasks.get().isTerminated()) {
        ended.add("printer");
      }
      if (connections.get().stats().state() == State.STOPPED) {
        ended.add("db");
      }
    }
  }

  // ---- Each bean that a pool calls

  record Factory(Client client) implements ConnectionFactory<Object> {
    @Override
    public Object create(Arguments arguments) {
      return new Object();
    }
  }

  record Checker(Client client) implements HealthChecker<Object> {
    @Override
    public boolean isHealthy(Object connection) {
      return true;
    }
  }

  record Cleaner(Client client) implements ConnectionCleaner<Object> {
    @Override
    public void clean(Object connection, Arguments arguments) {}
  }

  record Hook(Client client) implements ConnectionHook<Object> {
    @Override
    public void run(Object connection) {}
  }

  record OfConnections(Client client) implements ConnectionPoolListener<Object> {}

  record ConnectionCustomizer(Client client) implements ConnectionPoolCustomizer {
    @Override
    public void customize(String name, ConnectionPoolBuilder<?> builder) {}
  }

  record OfTasks(Client client) implements PoolListener {}

  record Decorator(Client client) implements TaskDecorator {
    @Override
    public Runnable decorate(Runnable task) {
      return task;
    }
  }

  record DecoratorOfSpring(Client client) implements org.springframework.core.task.TaskDecorator {
    @Override
    public Runnable decorate(Runnable task) {
      return task;
    }
  }

  record TaskCustomizer(Client client) implements AdvancedPoolCustomizer {
    @Override
    public void customize(String name, AdvancedPoolBuilder builder) {}
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        Factory.class,
        Checker.class,
        Cleaner.class,
        OfConnections.class,
        ConnectionCustomizer.class
      })
  void whatAPartOfAConnectionPoolNeeds_isDestroyedAfterAllPools(Class<?> part) {
    ApplicationContextRunner others =
        part == Factory.class ? runner : runner.withUserConfiguration(Database.class);
    assertThat(endedBeforeTheClient(others, "part", part)).containsExactly("printer", "db");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dbOnCreate", "dbOnAcquire", "dbOnReturn"})
  void whatAHookNeeds_isDestroyedAfterAllPools(String hook) {
    assertThat(endedBeforeTheClient(runner.withUserConfiguration(Database.class), hook, Hook.class))
        .containsExactly("printer", "db");
  }

  @ParameterizedTest
  @ValueSource(
      classes = {OfTasks.class, Decorator.class, DecoratorOfSpring.class, TaskCustomizer.class})
  void whatAPartOfATaskPoolNeeds_isDestroyedAfterThatPool(Class<?> part) {
    assertThat(endedBeforeTheClient(runner.withUserConfiguration(Database.class), "part", part))
        .contains("printer");
  }

  private static List<String> endedBeforeTheClient(
      ApplicationContextRunner runner, String name, Class<?> part) {
    AtomicReference<Client> client = new AtomicReference<>();
    runner
        .withBean(Client.class)
        .withBean(name, part)
        .run(
            context -> {
              client.set(context.getBean(Client.class));
              client.get().connections.set(context.getBean("db", ConnectionPool.class));
              client.get().tasks.set(context.getBean("printer", AdvancedPool.class));
            });
    return client.get().ended;
  }

  @Configuration(proxyBeanMethods = false)
  static class Database {
    @Bean
    ConnectionFactory<Object> dbConnectionFactory() {
      return arguments -> new Object();
    }
  }

  // ---- What runs code

  record Calls(List<String> made) {}

  @Configuration(proxyBeanMethods = false)
  static class ClosesOnAnExecutor {
    @Bean
    ThreadPoolTaskExecutor closer() {
      return new ThreadPoolTaskExecutor();
    }

    @Bean
    ConnectionCleaner<Object> dbConnectionCleaner(ThreadPoolTaskExecutor closer, Calls calls) {
      return (connection, arguments) ->
          closer.submit(() -> calls.made.add("closed")).get(60, TimeUnit.SECONDS);
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class ClosesInATaskPool {
    @Bean
    ConnectionCleaner<Object> dbConnectionCleaner(AdvancedPool printer, Calls calls) {
      return (connection, arguments) ->
          printer.submit(() -> calls.made.add("closed")).get(60, TimeUnit.SECONDS);
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class ClosesOnTheExecutorOfTheApplication {
    @Bean
    ConnectionCleaner<Object> dbConnectionCleaner(Executor applicationTaskExecutor, Calls calls) {
      return (connection, arguments) ->
          applicationTaskExecutor.execute(() -> calls.made.add("closed"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        ClosesOnAnExecutor.class,
        ClosesInATaskPool.class,
        ClosesOnTheExecutorOfTheApplication.class
      })
  void connectionIsClosed_byWhatItsCleanerRunsOn(Class<?> configuration) {
    Calls calls = new Calls(Collections.synchronizedList(new ArrayList<>()));
    runner
        .withUserConfiguration(Database.class, configuration)
        .withBean(Calls.class, () -> calls)
        .withPropertyValues(
            "pools.advanced.instances.printer.application-task-executor="
                + (configuration == ClosesOnTheExecutorOfTheApplication.class))
        .run(context -> context.getBean(ConnectionPool.class).acquire().close());
    assertThat(calls.made).containsExactly("closed");
  }

  /** Depends on the pool that it listens to, from its first call on. */
  @Configuration(proxyBeanMethods = false)
  static class ListensToItsOwnPool {
    @Bean
    PoolListener listener(@Lazy @Qualifier("printer") Executor printer, Calls calls) {
      return new PoolListener() {
        @Override
        public void taskStarted(TaskInfo task, Duration waited) {
          calls.made.add(printer.toString());
        }
      };
    }
  }

  @Test
  void poolAndItsPartThatNeedEachOther_endNevertheless() {
    AtomicReference<AdvancedPool> printer = new AtomicReference<>();
    Calls calls = new Calls(Collections.synchronizedList(new ArrayList<>()));
    runner
        .withUserConfiguration(Database.class, ListensToItsOwnPool.class)
        .withBean(Calls.class, () -> calls)
        .run(
            context -> {
              printer.set(context.getBean("printer", AdvancedPool.class));
              printer.get().submit(() -> 1).join();
              assertThat(context.getBeanFactory().getDependenciesForBean("listener"))
                  .contains("printer");
            });
    assertThat(calls.made).hasSize(1);
    assertThat(printer.get().isTerminated()).isTrue();
  }
}

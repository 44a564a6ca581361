package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pools.connection.AsyncConnectionFactory;
import dev.pools.connection.ConnectionCleaner;
import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.HealthChecker;
import dev.pools.task.AdvancedPool;
import dev.pools.task.PoolFuture;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.TaskDecorator;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

class PoolsAutoConfigurationTest {

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(PoolsAutoConfiguration.class));

  @Test
  void withNothingConfiguredThereIsOnePoolForTasks() {
    runner.run(
        context -> {
          assertThat(context).hasSingleBean(AdvancedPool.class);
          AdvancedPool pool = context.getBean("advancedPool", AdvancedPool.class);
          assertThat(pool.name()).isEqualTo("advancedPool");
          assertThat(pool.maxWorkers()).isEqualTo(5);
          assertThat(context).doesNotHaveBean(ConnectionPool.class);
        });
  }

  @Test
  void eachConfiguredPoolIsABeanOfItsName() {
    runner
        .withUserConfiguration(Injected.class)
        .withPropertyValues(
            "pools.advanced.defaults.max-workers=9",
            "pools.advanced.instances.thumbnails.min-workers=2",
            "pools.advanced.instances.thumbnails.queue-capacity=100",
            "pools.advanced.instances.mails.max-workers=3",
            "pools.advanced.instances.mails.threads=daemon")
        .run(
            context -> {
              assertThat(context.getBeansOfType(AdvancedPool.class))
                  .containsOnlyKeys("thumbnails", "mails");
              Injected injected = context.getBean(Injected.class);
              assertThat(injected.thumbnails.minWorkers()).isEqualTo(2);
              assertThat(injected.thumbnails.maxWorkers()).as("of the defaults").isEqualTo(9);
              assertThat(injected.thumbnails.queueCapacity()).isEqualTo(100);
              assertThat(injected.qualified.maxWorkers()).isEqualTo(3);
              assertThat(injected.qualified.submit(() -> Thread.currentThread().isDaemon()).join())
                  .isTrue();
            });
  }

  @Configuration(proxyBeanMethods = false)
  static class Injected {
    @Autowired AdvancedPool thumbnails;

    @Autowired
    @Qualifier("mails")
    AdvancedPool qualified;
  }

  @Test
  void theScalingPolicyCanBeTyped() {
    int tasks = 20 * Runtime.getRuntime().availableProcessors();
    CountDownLatch hold = new CountDownLatch(1);
    runner
        .withPropertyValues(
            "pools.advanced.defaults.max-workers=" + tasks,
            "pools.advanced.defaults.kill-at-exit=true",
            "pools.advanced.instances.usual.min-workers=1",
            "pools.advanced.instances.all.scaling-policy=fixed",
            "pools.advanced.instances.seeking.scaling-policy=adaptive")
        .run(
            context -> {
              assertThat(context.getBean("all", AdvancedPool.class).stats().workers())
                  .isEqualTo(tasks);
              assertThat(workersFor(context.getBean("usual", AdvancedPool.class), tasks, hold))
                  .isEqualTo(tasks);
              assertThat(workersFor(context.getBean("seeking", AdvancedPool.class), tasks, hold))
                  .isLessThan(tasks);
              hold.countDown();
            });
  }

  private static int workersFor(AdvancedPool pool, int tasks, CountDownLatch hold) {
    for (int i = 0; i < tasks; i++) {
      pool.submit(
          () -> {
            hold.await();
            return null;
          });
    }
    return pool.stats().workers();
  }

  @Test
  void poolsOfTheUsersOwnBackOursOff() {
    runner
        .withBean("mine", AdvancedPool.class, AdvancedPool::create)
        .run(
            context ->
                assertThat(context.getBeansOfType(AdvancedPool.class)).containsOnlyKeys("mine"));
    runner
        .withBean(
            "thumbnails",
            AdvancedPool.class,
            () -> AdvancedPool.builder().name("mine").maxWorkers(1).build())
        .withPropertyValues(
            "pools.advanced.instances.thumbnails.max-workers=7",
            "pools.advanced.instances.mails.max-workers=7")
        .run(
            context -> {
              assertThat(context.getBean("thumbnails", AdvancedPool.class).maxWorkers())
                  .isEqualTo(1);
              assertThat(context.getBean("mails", AdvancedPool.class).maxWorkers()).isEqualTo(7);
            });
  }

  @Test
  void bootsOwnExecutorIsStillThereAndThePoolIsStillInjectable() {
    runner
        .withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class))
        .withUserConfiguration(Both.class)
        .run(
            context -> {
              assertThat(context).hasBean("applicationTaskExecutor");
              assertThat(context.getBean(Both.class).pool).isNotNull();
              assertThat(context.getBean(Both.class).executor).isNotNull();
            });
  }

  @Configuration(proxyBeanMethods = false)
  static class Both {
    @Autowired AdvancedPool pool;
    @Autowired AsyncTaskExecutor executor;
  }

  @Test
  void asyncMethodsRunOnThePoolThatTheyName() {
    runner
        .withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class))
        .withUserConfiguration(AsyncConfiguration.class)
        .withPropertyValues("pools.advanced.instances.mails.max-workers=1")
        .run(
            context -> {
              AsyncService service = context.getBean(AsyncService.class);
              assertThat(service.named().get(10, TimeUnit.SECONDS)).startsWith("mails-worker-");
              assertThat(service.unnamed().get(10, TimeUnit.SECONDS))
                  .as("Boot's own, as without the starter")
                  .doesNotContain("mails");
            });
  }

  @EnableAsync
  @Configuration(proxyBeanMethods = false)
  static class AsyncConfiguration {
    @Bean
    AsyncService service() {
      return new AsyncService();
    }
  }

  static class AsyncService {
    @Async("mails")
    public Future<String> named() {
      return CompletableFuture.completedFuture(Thread.currentThread().getName());
    }

    @Async
    public Future<String> unnamed() {
      return CompletableFuture.completedFuture(Thread.currentThread().getName());
    }
  }

  @Test
  void customizersListenersAndDecoratorsHaveTheirSay() {
    runner
        .withBean(AdvancedPoolCustomizer.class, () -> (name, builder) -> builder.maxWorkers(2))
        .withBean(
            TaskDecorator.class,
            () ->
                task ->
                    () -> {
                      Thread.currentThread().setName("decorated");
                      task.run();
                    })
        .run(
            context -> {
              AdvancedPool pool = context.getBean(AdvancedPool.class);
              assertThat(pool.maxWorkers()).isEqualTo(2);
              assertThat(pool.submit(() -> Thread.currentThread().getName()).join())
                  .isEqualTo("decorated");
            });
  }

  // ---- Connections

  /** A connection of one kind. */
  static class Session implements AutoCloseable {
    static final List<Session> CLOSED = new CopyOnWriteArrayList<>();

    @Override
    public void close() {
      CLOSED.add(this);
    }
  }

  /** A connection of another kind. */
  static class Channel {}

  @Configuration(proxyBeanMethods = false)
  static class SessionFactory {
    @Bean
    ConnectionFactory<Session> sessions() {
      return arguments -> new Session();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class ChannelFactory {
    @Bean
    AsyncConnectionFactory<Channel> channels() {
      return arguments -> CompletableFuture.completedFuture(new Channel());
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class InjectedConnections {
    @Autowired ConnectionPool<Session> sessions;
    @Autowired ConnectionPool<Channel> channels;
  }

  @Test
  void connectionPoolsAreInjectableByTheTypeOfTheirConnections() {
    runner
        .withUserConfiguration(
            SessionFactory.class, ChannelFactory.class, InjectedConnections.class)
        .withPropertyValues(
            "pools.connection.defaults.min-size=2",
            "pools.connection.instances.one.factory=sessions",
            "pools.connection.instances.other.factory=channels",
            "pools.connection.instances.other.max-size=4")
        .run(
            context -> {
              InjectedConnections injected = context.getBean(InjectedConnections.class);
              assertThat(injected.sessions.name()).isEqualTo("one");
              assertThat(injected.channels.name()).isEqualTo("other");
              assertThat(injected.channels.maxSize()).isEqualTo(4);
              assertThat(injected.sessions.available()).as("started with the context").isEqualTo(2);
            });
  }

  @Configuration(proxyBeanMethods = false)
  static class Parts {
    final AtomicReference<Object> checked = new AtomicReference<>();
    final AtomicReference<Object> cleaned = new AtomicReference<>();

    @Bean
    HealthChecker<Session> sessionChecker() {
      return session -> {
        checked.set(session);
        return true;
      };
    }

    @Bean
    HealthChecker<Channel> channelChecker() {
      return channel -> false;
    }

    @Bean
    ConnectionCleaner<Object> anyCleaner() {
      return (connection, arguments) -> cleaned.set(connection);
    }
  }

  @Test
  void checkerAndCleanerAreFoundByTheTypeOfTheConnections() {
    AtomicReference<Parts> parts = new AtomicReference<>();
    AtomicReference<Session> used = new AtomicReference<>();
    runner
        .withUserConfiguration(SessionFactory.class, Parts.class)
        .withPropertyValues(
            "pools.connection.instances.sessions-pool.idle-bypass=0",
            "pools.connection.instances.sessions-pool.max-size=1")
        .run(
            context -> {
              parts.set(context.getBean(Parts.class));
              ConnectionPool<?> pool = context.getBean("sessions-pool", ConnectionPool.class);
              used.set(pool.use(connection -> (Session) connection));
              assertThat(parts.get().checked.get()).isSameAs(used.get());
            });
    assertThat(parts.get().cleaned.get()).isSameAs(used.get());
  }

  @Test
  void connectionsThatAreAutoCloseableAreClosedWithTheContext() {
    Session.CLOSED.clear();
    runner
        .withUserConfiguration(SessionFactory.class)
        .withPropertyValues("pools.connection.instances.one.min-size=3")
        .run(context -> assertThat(Session.CLOSED).isEmpty());
    assertThat(Session.CLOSED).hasSize(3);
  }

  // ---- What is wrong

  private static FailureAnalysis analyse(Throwable failure) {
    return new InvalidPoolFailureAnalyzer().analyze(failure);
  }

  @Test
  void aMissingFactoryIsNamedWithTheCure() {
    runner
        .withPropertyValues("pools.connection.instances.db.max-size=3")
        .run(
            context -> {
              FailureAnalysis analysis = analyse(context.getStartupFailure());
              assertThat(analysis.getDescription()).contains("'db'").contains("ConnectionFactory");
              assertThat(analysis.getAction()).contains("dbConnectionFactory");
            });
  }

  @Test
  void severalFactoriesAreListedUnlessOneIsNamedAfterThePool() {
    runner
        .withUserConfiguration(SessionFactory.class, ChannelFactory.class)
        .withPropertyValues("pools.connection.instances.db.max-size=3")
        .run(
            context -> {
              FailureAnalysis analysis = analyse(context.getStartupFailure());
              assertThat(analysis.getDescription()).contains("sessions").contains("channels");
              assertThat(analysis.getAction()).contains("pools.connection.instances.db.factory");
            });
    runner
        .withUserConfiguration(SessionFactory.class)
        .withBean(
            "dbConnectionFactory",
            ConnectionFactory.class,
            () -> (ConnectionFactory<Channel>) arguments -> new Channel())
        .withPropertyValues("pools.connection.instances.db.max-size=3")
        .run(context -> assertThat(context).hasNotFailed());
    runner
        .withUserConfiguration(SessionFactory.class)
        .withPropertyValues("pools.connection.instances.db.factory=nonsense")
        .run(
            context ->
                assertThat(analyse(context.getStartupFailure()).getDescription())
                    .contains("pools.connection.instances.db.factory is 'nonsense'"));
  }

  @Test
  void absurdValuesFailTheStartWithTheirPropertyTheirRangeAndTheCure() {
    runner
        .withPropertyValues("pools.advanced.instances.thumbnails.max-workers=0")
        .run(
            context -> {
              FailureAnalysis analysis = analyse(context.getStartupFailure());
              assertThat(analysis.getDescription())
                  .contains("pools.advanced.instances.thumbnails.max-workers")
                  .contains("is 0, but must be from 1 to 1000000");
              assertThat(analysis.getAction())
                  .isEqualTo("Change pools.advanced.instances.thumbnails.max-workers.");
            });
    runner
        .withPropertyValues(
            "pools.advanced.defaults.minWorkers=9",
            "pools.advanced.instances.thumbnails.max-workers=2")
        .run(
            context -> {
              FailureAnalysis analysis = analyse(context.getStartupFailure());
              assertThat(analysis.getDescription())
                  .contains("pools.advanced.defaults.min-workers of the pool 'thumbnails' is 9")
                  .contains("Lower min-workers or raise max-workers");
              assertThat(analysis.getAction())
                  .contains("pools.advanced.instances.thumbnails.min-workers");
            });
    runner
        .withBean(AdvancedPoolCustomizer.class, () -> (name, builder) -> builder.maxWorkers(0))
        .run(
            context ->
                assertThat(analyse(context.getStartupFailure()).getDescription())
                    .contains("'advancedPool'"));
    runner
        .withUserConfiguration(SessionFactory.class)
        .withPropertyValues("pools.connection.instances.db.backoff-initial=0")
        .run(
            context ->
                assertThat(analyse(context.getStartupFailure()).getDescription())
                    .contains("pools.connection.instances.db.backoff-initial"));
  }

  @Test
  void unknownPropertiesFailTheStart() {
    for (String typo :
        List.of(
            "pools.advanced.instances.thumbnails.max-worker=3",
            "pools.advanced.default.max-workers=3",
            "pools.nonsense=3")) {
      runner
          .withPropertyValues(typo)
          .run(
              context ->
                  assertThat(context)
                      .getFailure()
                      .hasStackTraceContaining(typo.substring(0, typo.indexOf('='))));
    }
  }

  @Test
  void valuesOfTheWrongKindFailTheStart() {
    runner
        .withPropertyValues("pools.advanced.instances.thumbnails.overflow=explode")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .hasStackTraceContaining("pools.advanced.instances.thumbnails.overflow"));
  }

  // ---- Start and stop

  @Test
  void acceptedTasksRunBeforeTheContextIsClosed() {
    AtomicReference<PoolFuture<String>> future = new AtomicReference<>();
    CountDownLatch gate = new CountDownLatch(1);
    runner.run(
        context -> {
          AdvancedPool pool = context.getBean(AdvancedPool.class);
          for (int i = 0; i < 20; i++) {
            pool.execute(Thread::onSpinWait);
          }
          future.set(
              pool.submit(
                  () -> {
                    gate.await();
                    return "ended";
                  }));
          new Thread(gate::countDown).start();
        });
    assertThat(future.get()).isCompletedWithValue("ended");
  }

  @Test
  void taskThatDoesNotEndInTime_isCancelled() {
    AtomicReference<PoolFuture<String>> running = new AtomicReference<>();
    AtomicReference<PoolFuture<String>> queued = new AtomicReference<>();
    AtomicReference<AdvancedPool> pool = new AtomicReference<>();
    runner
        .withPropertyValues(
            "spring.lifecycle.timeout-per-shutdown-phase=200ms",
            "pools.advanced.instances.one.max-workers=1")
        .run(
            context -> {
              pool.set(context.getBean(AdvancedPool.class));
              CountDownLatch never = new CountDownLatch(1);
              CountDownLatch begun = new CountDownLatch(1);
              running.set(
                  pool.get()
                      .submit(
                          () -> {
                            begun.countDown();
                            never.await();
                            return "never";
                          }));
              // Else it might be cancelled, too, before it has begun.
              assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
              queued.set(pool.get().submit(() -> "never"));
            });
    // The pool does not wait for what it has cancelled and interrupted.
    await().untilAsserted(() -> assertThat(queued.get()).isCancelled());
    await().untilAsserted(() -> assertThat(running.get()).isDone());
    await().untilAsserted(() -> assertThat(pool.get().stats().cancelled()).isEqualTo(1));
  }

  @Test
  void aContextThatIsStoppedAndStartedAgainHasWorkingPools() {
    runner
        .withUserConfiguration(SessionFactory.class)
        .withPropertyValues("pools.connection.instances.db.max-size=3")
        .run(
            context -> {
              AdvancedPool tasks = context.getBean(AdvancedPool.class);
              ConnectionPool<?> connections = context.getBean("db", ConnectionPool.class);
              var source = context.getSourceApplicationContext();

              source.stop();
              assertThat(connections.size()).isZero();
              source.start();

              assertThat(tasks.submit(() -> 1).join()).isEqualTo(1);
              assertThat(connections.available()).isEqualTo(1);
              source.pause();
              source.restart();
              assertThat(tasks.submit(() -> 2).join()).isEqualTo(2);
              connections.acquire().close();
            });
  }

  @Test
  void theApplicationDoesNotStartWithoutItsFirstConnections() {
    runner
        .withBean(
            "down",
            ConnectionFactory.class,
            () ->
                (ConnectionFactory<Session>)
                    arguments -> {
                      throw new java.io.IOException("refused");
                    })
        .withPropertyValues("pools.connection.instances.db.max-size=3")
        .run(context -> assertThat(context).getFailure().hasRootCauseMessage("refused"));
  }
}

package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.ConnectionPoolStats.State;
import dev.pools.task.AdvancedPool;
import dev.pools.task.PoolFuture;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

/** What still works while an application closes, and how long it may take. */
@ExtendWith(OutputCaptureExtension.class)
class ClosingTest {

  private static final String PRINTER = "pools.advanced.instances.printer.max-workers=2";
  private static final String PHASE = "spring.lifecycle.timeout-per-shutdown-phase=";

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  PoolsAutoConfiguration.class,
                  TaskExecutionAutoConfiguration.class,
                  TaskSchedulingAutoConfiguration.class))
          .withUserConfiguration(Database.class)
          .withPropertyValues("pools.connection.instances.db.max-size=4", PRINTER);

  @Configuration(proxyBeanMethods = false)
  static class Database {
    @Bean
    ConnectionFactory<StringBuilder> dbConnectionFactory() {
      return arguments -> new StringBuilder();
    }
  }

  private static final String[] AWAITING = {
    "spring.task.execution.shutdown.await-termination=true",
    "spring.task.execution.shutdown.await-termination-period=20s",
    "spring.task.scheduling.shutdown.await-termination=true",
    "spring.task.scheduling.shutdown.await-termination-period=20s"
  };

  private static ConfigurableApplicationContext source(
      org.springframework.boot.test.context.assertj.AssertableApplicationContext context) {
    return context.getSourceApplicationContext();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- Work that Spring waits for

  /** Uses connections and tasks, step by step, while the application closes. */
  static class Job {
    final CountDownLatch begun = new CountDownLatch(1);
    final CountDownLatch closing = new CountDownLatch(1);
    final CompletableFuture<String> end = new CompletableFuture<>();
    private final ConnectionPool<StringBuilder> db;
    private final AdvancedPool printer;

    Job(ConnectionPool<StringBuilder> db, AdvancedPool printer) {
      this.db = db;
      this.printer = printer;
    }

    void steps() {
      try {
        begun.countDown();
        closing.await();
        for (int step = 1; step <= 5; step++) {
          db.use(connection -> connection.append("x").length());
          printer.submit(() -> db.use(connection -> connection.length())).get();
        }
        end.complete("complete");
      } catch (Exception e) {
        end.complete(e.toString());
      }
    }
  }

  static class AsyncJob extends Job {
    AsyncJob(ConnectionPool<StringBuilder> db, AdvancedPool printer) {
      super(db, printer);
    }

    @Async
    public void work() {
      steps();
    }
  }

  static class ScheduledJob extends Job {
    private final AtomicInteger runs = new AtomicInteger();

    ScheduledJob(ConnectionPool<StringBuilder> db, AdvancedPool printer) {
      super(db, printer);
    }

    @Scheduled(fixedDelay = 1, timeUnit = TimeUnit.HOURS)
    public void work() {
      if (runs.getAndIncrement() == 0) {
        steps();
      }
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAsync
  @EnableScheduling
  static class Jobs {
    @Bean
    AsyncJob asyncJob(ConnectionPool<StringBuilder> db, AdvancedPool printer) {
      return new AsyncJob(db, printer);
    }

    /** The scheduler is created before the pools are, and nothing depends on them. */
    @Bean
    ScheduledJob scheduledJob(
        ObjectProvider<ConnectionPool<StringBuilder>> db, ObjectProvider<AdvancedPool> printer) {
      return new ScheduledJob(null, null) {
        @Override
        void steps() {
          Job job = new Job(db.getObject(), printer.getObject());
          begun.countDown();
          awaitQuietly(closing);
          job.closing.countDown();
          job.steps();
          end.complete(job.end.join());
        }
      };
    }
  }

  @Test
  void workThatSpringWaitsFor_keepsItsConnectionsAndTasks() throws Exception {
    AtomicReference<AsyncJob> async = new AtomicReference<>();
    AtomicReference<ScheduledJob> scheduled = new AtomicReference<>();
    runner
        .withUserConfiguration(Jobs.class)
        .withPropertyValues(AWAITING)
        .withBean(
            "last",
            SmartLifecycle.class,
            () ->
                new LifecycleTest.Phase(
                    "last",
                    Integer.MIN_VALUE,
                    Collections.synchronizedList(new ArrayList<>()),
                    () -> {
                      // All phases of the pools are over by now.
                      async.get().closing.countDown();
                      scheduled.get().closing.countDown();
                    }))
        .run(
            context -> {
              async.set(target(context.getBean(AsyncJob.class)));
              scheduled.set(target(context.getBean(ScheduledJob.class)));
              context.getBean(AsyncJob.class).work();
              async.get().begun.await();
              scheduled.get().begun.await();
            });
    assertThat(async.get().end).isCompletedWithValue("complete");
    assertThat(scheduled.get().end).isCompletedWithValue("complete");
  }

  @SuppressWarnings("unchecked")
  private static <T> T target(T bean) {
    Object target = AopProxyUtils.getSingletonTarget(bean);
    return target == null ? bean : (T) target;
  }

  @Test
  void executorOfTheApplication_isAwaitedThoughItWasCreatedBeforeThePools() {
    CompletableFuture<String> end = new CompletableFuture<>();
    runner
        .withPropertyValues(AWAITING)
        .run(
            context -> {
              Executor executor = context.getBean("applicationTaskExecutor", Executor.class);
              ConnectionPool<?> db = context.getBean(ConnectionPool.class);
              CountDownLatch closing = new CountDownLatch(1);
              executor.execute(
                  () -> {
                    awaitQuietly(closing);
                    try {
                      end.complete(db.use(connection -> "used"));
                    } catch (Exception e) {
                      end.complete(e.toString());
                    }
                  });
              source(context)
                  .addApplicationListener((ContextClosedEvent closed) -> closing.countDown());
            });
    assertThat(end).isCompletedWithValue("used");
  }

  /** Flushes what it has when it is destroyed. */
  static class Buffer {
    static final AtomicReference<String> FLUSHED = new AtomicReference<>();
    private final ConnectionPool<StringBuilder> db;
    private final AdvancedPool printer;

    Buffer(ConnectionPool<StringBuilder> db, AdvancedPool printer) {
      this.db = db;
      this.printer = printer;
    }

    @PreDestroy
    void flush() {
      try {
        int directly = db.use(connection -> 1);
        int inTask = printer.submit(() -> db.use(connection -> 2)).get();
        printer.execute(() -> FLUSHED.set("flushed " + (directly + inTask)));
      } catch (Exception e) {
        FLUSHED.set(e.toString());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"close", "failed refresh", "failed listener"})
  void beanThatIsDestroyed_mayUseThePoolsItDependsOn(String end) {
    Buffer.FLUSHED.set("not called");
    ApplicationContextRunner buffered = runner.withBean(Buffer.class);
    if (end.equals("failed refresh")) {
      buffered
          .withBean("fails", SmartLifecycle.class, () -> new FailingStart())
          .run(context -> assertThat(context).hasFailed());
    } else if (end.equals("failed listener")) {
      buffered.withBean(FailingListener.class).run(context -> assertThat(context).hasFailed());
    } else {
      buffered.run(context -> assertThat(context).hasNotFailed());
    }
    assertThat(Buffer.FLUSHED).hasValue("flushed 3");
  }

  static class FailingStart implements SmartLifecycle {
    @Override
    public void start() {
      throw new IllegalStateException("cannot start");
    }

    @Override
    public void stop() {}

    @Override
    public boolean isRunning() {
      return false;
    }
  }

  static class FailingListener
      implements org.springframework.context.ApplicationListener<ContextRefreshedEvent> {
    @Override
    public void onApplicationEvent(ContextRefreshedEvent event) {
      throw new IllegalStateException("cannot go on");
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnPools {
    @Bean
    AdvancedPool own() {
      return AdvancedPool.builder().name("own").maxWorkers(1).build();
    }

    @Bean
    ConnectionPool<String> ownConnections() {
      return ConnectionPool.builder((ConnectionFactory<String>) arguments -> "connection")
          .name("ownConnections")
          .build();
    }

    @Bean
    OwnBuffer ownBuffer(AdvancedPool own, ConnectionPool<String> ownConnections) {
      return new OwnBuffer(own, ownConnections);
    }
  }

  record OwnBuffer(AdvancedPool own, ConnectionPool<String> connections) {
    static final AtomicReference<String> FLUSHED = new AtomicReference<>();

    @PreDestroy
    void flush() throws Exception {
      FLUSHED.set(own.submit(() -> connections.use(connection -> "flushed")).get());
    }
  }

  @Test
  void poolsOfTheApplicationsOwnBeansStayForWhatDependsOnThem() {
    AtomicReference<AdvancedPool> own = new AtomicReference<>();
    AtomicReference<ConnectionPool<?>> connections = new AtomicReference<>();
    runner
        .withUserConfiguration(OwnPools.class)
        .run(
            context -> {
              own.set(context.getBean("own", AdvancedPool.class));
              connections.set(context.getBean("ownConnections", ConnectionPool.class));
            });
    assertThat(OwnBuffer.FLUSHED).hasValue("flushed");
    assertThat(own.get().isTerminated()).isTrue();
    assertThat(connections.get().stats().state()).isEqualTo(State.STOPPED);
  }

  @Test
  void factoryOfConnectionsIsDestroyedAfterThePool() {
    List<String> destroyed = Collections.synchronizedList(new ArrayList<>());
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(PoolsAutoConfiguration.class))
        .withPropertyValues("pools.connection.instances.db.max-size=1")
        .withBean(ClosingFactory.class, () -> new ClosingFactory(destroyed))
        .run(context -> context.getBean(ConnectionPool.class).acquire().close());
    assertThat(destroyed).containsExactly("connection", "factory");
  }

  record ClosingFactory(List<String> destroyed)
      implements ConnectionFactory<AutoCloseable>, AutoCloseable {
    @Override
    public AutoCloseable create(dev.pools.Arguments arguments) {
      return () -> destroyed.add("connection");
    }

    @Override
    public void close() {
      destroyed.add("factory");
    }
  }

  @Test
  void factoryThatIsStartedAndStopped_isDestroyedAfterThePool() {
    List<String> destroyed = Collections.synchronizedList(new ArrayList<>());
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(PoolsAutoConfiguration.class))
        .withPropertyValues("pools.connection.instances.db.max-size=1")
        .withBean(RunningFactory.class, () -> new RunningFactory(destroyed))
        .run(context -> context.getBean(ConnectionPool.class).acquire().close());
    assertThat(destroyed).containsExactly("connection", "factory");
  }

  record RunningFactory(List<String> destroyed)
      implements ConnectionFactory<AutoCloseable>, SmartLifecycle, AutoCloseable {
    @Override
    public AutoCloseable create(dev.pools.Arguments arguments) {
      return () -> destroyed.add("connection");
    }

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
      destroyed.add("factory");
    }
  }

  // ---- Compound work

  @Test
  void mapsAndChainsEndInThePhaseWhileAllBeansAreThere() {
    AtomicInteger printed = new AtomicInteger();
    AtomicReference<CompletableFuture<?>> map = new AtomicReference<>();
    AtomicInteger links = new AtomicInteger(200);
    List<Integer> atTheEndOfThePhase = Collections.synchronizedList(new ArrayList<>());
    runner
        .withBean(
            "after",
            SmartLifecycle.class,
            () ->
                new LifecycleTest.Phase(
                    "after",
                    PoolsProperties.Lifecycle.AFTER_THE_WEB_SERVER - 1,
                    new ArrayList<>(),
                    () -> {
                      atTheEndOfThePhase.add(printed.get());
                      atTheEndOfThePhase.add(links.get());
                    }))
        .run(
            context -> {
              AdvancedPool printer = context.getBean("printer", AdvancedPool.class);
              CountDownLatch closing = new CountDownLatch(1);
              map.set(
                  printer.map(
                      n -> {
                        closing.await();
                        return printed.incrementAndGet();
                      },
                      IntStream.range(0, 400).boxed().toList()));
              printer.execute(() -> next(printer, links));
              source(context)
                  .addApplicationListener((ContextClosedEvent closed) -> closing.countDown());
            });
    assertThat(map.get()).isCompleted();
    assertThat(atTheEndOfThePhase).containsExactly(400, 0);
  }

  private static void next(AdvancedPool pool, AtomicInteger left) {
    if (left.decrementAndGet() > 0) {
      pool.execute(() -> next(pool, left));
    }
  }

  @Test
  void taskOfOnePoolThatSubmitsToAnotherIsWaitedForWithItsTask() {
    AtomicReference<PoolFuture<String>> second = new AtomicReference<>();
    List<Boolean> doneInThePhase = Collections.synchronizedList(new ArrayList<>());
    runner
        .withPropertyValues("pools.advanced.instances.archive.max-workers=1")
        .withBean(
            "after",
            SmartLifecycle.class,
            () ->
                new LifecycleTest.Phase(
                    "after",
                    PoolsProperties.Lifecycle.AFTER_THE_WEB_SERVER - 1,
                    new ArrayList<>(),
                    () -> doneInThePhase.add(second.get().isDone())))
        .run(
            context -> {
              AdvancedPool archive = context.getBean("archive", AdvancedPool.class);
              AdvancedPool printer = context.getBean("printer", AdvancedPool.class);
              CountDownLatch closing = new CountDownLatch(1);
              CountDownLatch submitted = new CountDownLatch(1);
              printer.execute(
                  () -> {
                    awaitQuietly(closing);
                    second.set(
                        archive.submit(
                            () -> {
                              submitted.await();
                              return "archived";
                            }));
                    submitted.countDown();
                  });
              source(context)
                  .addApplicationListener((ContextClosedEvent closed) -> closing.countDown());
            });
    assertThat(second.get()).isCompletedWithValue("archived");
    assertThat(doneInThePhase).containsExactly(true);
  }

  // ---- Who closes

  @ParameterizedTest
  @ValueSource(strings = {"task", "dependant", "element of a map", "task that its caller runs"})
  void taskThatClosesItsOwnContext_doesNotHoldItUp(String who) throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    AtomicReference<String> other = new AtomicReference<>();
    AtomicReference<Boolean> interrupted = new AtomicReference<>();
    runner
        .withPropertyValues(
            PHASE + "10m",
            "pools.advanced.instances.printer.queue-capacity=0",
            "pools.advanced.instances.printer.overflow=caller-runs")
        .run(
            context -> {
              AdvancedPool printer = context.getBean("printer", AdvancedPool.class);
              ConnectionPool<?> db = context.getBean(ConnectionPool.class);
              CountDownLatch closing = new CountDownLatch(1);
              ConfigurableApplicationContext own = source(context);
              own.addApplicationListener((ContextClosedEvent event) -> closing.countDown());
              printer.execute(
                  () -> {
                    awaitQuietly(closing);
                    other.set("ended");
                  });
              Runnable close =
                  () -> {
                    try {
                      db.use(
                          connection -> {
                            own.close();
                            return 0;
                          });
                    } catch (Exception e) {
                      other.set(e.toString());
                    }
                    interrupted.set(Thread.currentThread().isInterrupted());
                    closed.countDown();
                  };
              switch (who) {
                case "task" -> printer.execute(close);
                case "dependant" -> printer.submit(() -> 1).thenRun(close);
                case "element of a map" ->
                    printer.map(
                        n -> {
                          close.run();
                          return n;
                        },
                        List.of(1));
                default -> {
                  printer.execute(() -> awaitQuietly(closing));
                  printer.execute(close);
                }
              }
              assertThat(closed.await(60, TimeUnit.SECONDS)).isTrue();
            });
    assertThat(other).hasValue("ended");
    assertThat(interrupted).hasValue(false);
  }

  @Test
  void taskThatClosesItsContextBesideOneThatHangs_isNotInterrupted(CapturedOutput output) {
    CountDownLatch never = new CountDownLatch(1);
    AtomicReference<Boolean> interrupted = new AtomicReference<>();
    runner
        .withPropertyValues(PHASE + "200ms")
        .run(
            context -> {
              AdvancedPool printer = context.getBean("printer", AdvancedPool.class);
              ConfigurableApplicationContext own = source(context);
              printer.execute(() -> awaitQuietly(never));
              printer
                  .submit(
                      () -> {
                        own.close();
                        interrupted.set(Thread.currentThread().isInterrupted());
                      })
                  .get(60, TimeUnit.SECONDS);
              never.countDown();
            });
    assertThat(interrupted).hasValue(false);
    assertThat(output).contains("1 still running, which are left alone");
  }

  // ---- Phases

  @Test
  void eachPoolMayHaveItsOwnPhase() {
    List<String> ended = Collections.synchronizedList(new ArrayList<>());
    runner
        .withPropertyValues(
            "pools.advanced.instances.late.phase=5", "pools.connection.instances.db.phase=-7")
        .withBean(
            "between",
            SmartLifecycle.class,
            () -> new LifecycleTest.Phase("between", 6, ended, () -> {}))
        .run(
            context -> {
              CountDownLatch closing = new CountDownLatch(1);
              CountDownLatch between = new CountDownLatch(1);
              source(context)
                  .addApplicationListener((ContextClosedEvent closed) -> closing.countDown());
              context
                  .getBean("printer", AdvancedPool.class)
                  .execute(
                      () -> {
                        awaitQuietly(closing);
                        ended.add("printer");
                        between.countDown();
                      });
              context
                  .getBean("late", AdvancedPool.class)
                  .execute(
                      () -> {
                        awaitQuietly(between);
                        org.awaitility.Awaitility.await().until(() -> ended.contains("between"));
                        ended.add("late");
                      });
              assertThat(
                      context
                          .getBean(
                              PoolLifecycles.beanName(PoolKind.CONNECTION, "db"),
                              SmartLifecycle.class)
                          .getPhase())
                  .isEqualTo(-7);
            });
    assertThat(ended).containsExactly("printer", "between", "late");
  }

  // ---- Limits

  @Test
  void limitOfThePoolIsNamedIfItIsHit(CapturedOutput output) {
    hang("pools.advanced.instances.printer.stop-timeout=100ms", PHASE + "10m");
    assertThat(output)
        .contains("Pool 'printer' has not finished")
        .contains("1 tasks cancelled before they started; 1 still running, which are interrupted")
        .contains("The limit is pools.advanced.instances.printer.stop-timeout (now 100ms).")
        .doesNotContain("timeout-per-shutdown-phase");
  }

  @Test
  void limitOfThePhaseIsNamedIfItIsHit(CapturedOutput output) {
    hang(PHASE + "200ms");
    assertThat(output)
        .contains("The limit is spring.lifecycle.timeout-per-shutdown-phase (now 200ms)")
        .contains("or set pools.advanced.instances.printer.stop-timeout for this pool alone");
  }

  @Test
  void limitOfThePoolThatIsLongerThanThePhase_goesOnUntilItsBeanIsDestroyed(CapturedOutput output) {
    hang("pools.advanced.instances.printer.stop-timeout=700ms", PHASE + "200ms");
    assertThat(output)
        .contains("Pool 'printer' still has tasks at the end of its phase")
        .contains("pools.advanced.instances.printer.stop-timeout gives them up to ")
        .contains("The limit is pools.advanced.instances.printer.stop-timeout (now 700ms).");
  }

  /** Users who want no limit may set one of more than 292 years. */
  @ParameterizedTest
  @CsvSource({"1000000d, 200ms", "1000000d, 1000000d"})
  void limitsThatAreLongerThanNanosecondsCanSay_areWaitedFor(
      String ofThePool, String ofThePhase, CapturedOutput output) {
    CountDownLatch closing = new CountDownLatch(1);
    AtomicReference<PoolFuture<String>> last = new AtomicReference<>();
    runner
        .withPropertyValues("pools.advanced.instances.printer.stop-timeout=" + ofThePool)
        .withPropertyValues(PHASE + ofThePhase)
        .run(
            context -> {
              AdvancedPool printer = context.getBean("printer", AdvancedPool.class);
              last.set(
                  printer.submit(
                      () -> {
                        closing.await();
                        return "done";
                      }));
              source(context)
                  .addApplicationListener((ContextClosedEvent closed) -> countDownLater(closing));
            });
    assertThat(last.get()).isCompletedWithValue("done");
    assertThat(output).doesNotContain("ArithmeticException");
  }

  private void hang(String... properties) {
    CountDownLatch never = new CountDownLatch(1);
    AtomicReference<PoolFuture<?>> queued = new AtomicReference<>();
    runner
        .withPropertyValues("pools.advanced.instances.printer.max-workers=1")
        .withPropertyValues(properties)
        .run(
            context -> {
              AdvancedPool printer = context.getBean("printer", AdvancedPool.class);
              CountDownLatch begun = new CountDownLatch(1);
              printer.execute(
                  () -> {
                    begun.countDown();
                    awaitQuietly(never);
                  });
              begun.await();
              queued.set(printer.submit(() -> 1));
            });
    assertThat(queued.get()).isCancelled();
  }

  @Test
  void poolThatIsKilledAtExitIsNotWaitedFor(CapturedOutput output) {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    runner
        .withPropertyValues(PHASE + "10m", "pools.advanced.instances.printer.kill-at-exit=true")
        .run(
            context -> {
              context
                  .getBean("printer", AdvancedPool.class)
                  .execute(
                      () -> {
                        begun.countDown();
                        awaitQuietly(never);
                        interrupted.countDown();
                      });
              begun.await();
            });
    org.awaitility.Awaitility.await().until(() -> interrupted.getCount() == 0);
    assertThat(output)
        .contains("because pools.advanced.instances.printer.kill-at-exit is true")
        .doesNotContain("spring.lifecycle.timeout-per-shutdown-phase");
  }

  @Test
  void poolOfTheApplicationsOwnWhoseTaskHangs_doesNotHoldUpTheCloseForever(CapturedOutput output) {
    CountDownLatch never = new CountDownLatch(1);
    runner
        .withUserConfiguration(OwnPools.class)
        .withPropertyValues(PHASE + "200ms")
        .run(
            context ->
                context
                    .getBean("own", AdvancedPool.class)
                    .execute(
                        () -> {
                          while (never.getCount() > 0) {
                            awaitQuietly(never);
                            boolean ignored = Thread.interrupted();
                            assertThat(ignored).isIn(true, false);
                          }
                        }));
    assertThat(output)
        .contains("Pool 'own' has not finished")
        .doesNotContain("pools.advanced.instances.own");
    never.countDown();
  }

  @Test
  void leaseThatIsNotReturnedHoldsUpTheCloseForItsLimitAndIsTold(CapturedOutput output) {
    AtomicReference<ConnectionPool<?>> db = new AtomicReference<>();
    runner
        .withPropertyValues("pools.connection.instances.db.stop-timeout=100ms")
        .run(
            context -> {
              db.set(context.getBean(ConnectionPool.class));
              db.get().acquireAsync().get(10, TimeUnit.SECONDS);
            });
    assertThat(db.get().stats().state()).isEqualTo(State.STOPPED);
    assertThat(output)
        .contains("Pool 'db' waits for 1 leased connections")
        .contains("The limit is pools.connection.instances.db.stop-timeout (now 100ms).");
  }

  @Test
  void stopTimeoutThatIsNegativeIsRefusedByItsProperty() {
    runner
        .withPropertyValues("pools.advanced.instances.printer.stop-timeout=-1s")
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .rootCause()
                    .hasMessageContaining("stopTimeout is PT-1S"));
  }

  @Test
  void closeSaysWhatItWaitsFor(CapturedOutput output) {
    CountDownLatch closing = new CountDownLatch(1);
    runner.run(
        context -> {
          context.getBean("printer", AdvancedPool.class).execute(() -> awaitQuietly(closing));
          source(context)
              .addApplicationListener((ContextClosedEvent closed) -> countDownLater(closing));
        });
    assertThat(output)
        .contains("Pool 'printer' finishes its tasks before the application stops: 1 running")
        .contains("Pool 'printer' has finished its tasks after ");
    assertThat(output.toString().lines().filter(line -> line.contains("Pool 'printer'")))
        .noneMatch(line -> line.contains("WARN"));
  }

  private static void countDownLater(CountDownLatch latch) {
    CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS).execute(latch::countDown);
  }

  @Test
  void poolIsShutDownForGoodWhenItsBeanIsDestroyed() {
    AtomicReference<AdvancedPool> printer = new AtomicReference<>();
    runner.run(context -> printer.set(context.getBean("printer", AdvancedPool.class)));
    assertThat(printer.get().isTerminated()).isTrue();
    assertThatThrownBy(() -> printer.get().submit(() -> 1))
        .isInstanceOf(dev.pools.task.PoolShutDownException.class);
    assertThat(printer.get().stats().uptime()).isGreaterThan(Duration.ZERO);
  }
}

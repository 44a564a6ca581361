package dev.pools.boot.alarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.pools.boot.advice.AdviceRule;
import dev.pools.boot.advice.AdvisedPool;
import dev.pools.boot.autoconfigure.AlarmProperties;
import dev.pools.boot.autoconfigure.PoolsAlarmsAutoConfiguration;
import dev.pools.boot.autoconfigure.PoolsAutoConfiguration;
import dev.pools.boot.autoconfigure.PoolsEndpointAutoConfiguration;
import dev.pools.boot.autoconfigure.PoolsProperties;
import dev.pools.boot.endpoint.PoolType;
import dev.pools.boot.endpoint.PoolsEndpoint;
import dev.pools.connection.AcquireTimeoutException;
import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.Lease;
import dev.pools.task.AdvancedPool;
import dev.pools.task.PoolFuture;
import dev.pools.task.TaskOptions;
import dev.pools.test.ManualClock;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

@ExtendWith(OutputCaptureExtension.class)
class AlarmWatchTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  /** Time that stands until a test moves it. */
  static final class StandingClock extends Clock {

    private final AtomicLong nanos = new AtomicLong();

    void advance(Duration time) {
      nanos.addAndGet(time.toNanos());
    }

    @Override
    public Instant instant() {
      return Instant.parse("2026-11-26T05:00:00Z").plusNanos(nanos.get());
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Application {

    final List<PoolAlarmEvent> told = new CopyOnWriteArrayList<>();

    @Bean
    StandingClock time() {
      return new StandingClock();
    }

    @Bean
    AlarmWatch watch(AlarmedPools pools, ApplicationEventPublisher context, StandingClock time) {
      // The tests look themselves.
      return new AlarmWatch(
          pools, context::publishEvent, Duration.ofHours(1), time, time.nanos::get);
    }

    @Bean
    ConnectionFactory<StringBuilder> connections() {
      return arguments -> new StringBuilder();
    }

    @EventListener
    void on(PoolAlarmEvent event) {
      told.add(event);
    }
  }

  private final ApplicationContextRunner plain =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  PoolsAutoConfiguration.class, PoolsAlarmsAutoConfiguration.class));

  private final ApplicationContextRunner runner = plain.withUserConfiguration(Application.class);

  private final ApplicationContextRunner tasks =
      runner.withPropertyValues(
          "pools.advanced.instances.printer.max-workers=1",
          "pools.advanced.instances.printer.kill-at-exit=true");

  private final ApplicationContextRunner connections =
      runner.withPropertyValues("pools.connection.instances.ledger.max-size=1");

  private final CountDownLatch end = new CountDownLatch(1);

  @AfterEach
  void endTasks() {
    end.countDown();
  }

  // ---- Steps

  private static List<PoolAlarmEvent> events(ApplicationContext context) {
    return context.getBean(AlarmedPools.class).pools().stream()
        .flatMap(pool -> pool.recent().stream())
        .toList();
  }

  private static List<PoolAlarmEvent> look(ApplicationContext context, Duration after) {
    context.getBean(StandingClock.class).advance(after);
    context.getBean(AlarmWatch.class).lookAtAll();
    return events(context);
  }

  private static List<PoolAlarmEvent> look(ApplicationContext context, int after) {
    return look(context, Duration.ofSeconds(after));
  }

  private void keepTheWorkerBusy(AdvancedPool pool) {
    CountDownLatch begun = new CountDownLatch(1);
    pool.execute(
        () -> {
          begun.countDown();
          try {
            end.await();
          } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
          }
        });
    try {
      begun.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void until(AdvancedPool pool, Predicate<dev.pools.task.PoolStats> condition) {
    await().atMost(LONG).until(() -> condition.test(pool.stats()));
  }

  private static void until(
      ConnectionPool<?> pool, Predicate<dev.pools.connection.ConnectionPoolStats> condition) {
    await().atMost(LONG).until(() -> condition.test(pool.stats()));
  }

  /** The condition holds when this is called. It is ended by {@code over}. */
  private static void raisedAfterItsTime_andCleared(
      ApplicationContext context, AlarmRule rule, String message, Runnable over) {
    assertThat(look(context, 0)).as("the first look").isEmpty();
    assertThat(look(context, Duration.ofMillis(14_900))).as("too early").isEmpty();
    List<PoolAlarmEvent> raised = look(context, Duration.ofMillis(100));
    assertThat(raised).hasSize(1);
    PoolAlarmEvent event = raised.get(0);
    assertThat(event.isRaised()).isTrue();
    assertThat(event.getRule()).isEqualTo(rule);
    assertThat(event.getValue()).isGreaterThanOrEqualTo(event.getThreshold());
    assertThat(Duration.between(event.getSince(), event.getAt())).isEqualTo(Duration.ofSeconds(15));
    assertThat(event.getMessage()).contains("was raised 15 s after it began: " + message);
    assertThat(look(context, 5)).as("told once").hasSize(1);

    over.run();
    assertThat(look(context, 61)).as("the first look that is low").hasSize(1);
    assertThat(look(context, 59)).as("too early").hasSize(1);
    List<PoolAlarmEvent> cleared = look(context, 1);
    assertThat(cleared).hasSize(2);
    assertThat(cleared.get(1).isRaised()).isFalse();
    assertThat(cleared.get(1).getSince()).isEqualTo(event.getSince());

    List<PoolAlarmEvent> told = context.getBean(Application.class).told;
    await().atMost(LONG).until(() -> told.size() == 2);
    assertThat(told).isEqualTo(cleared);
    assertThat(told)
        .allSatisfy(each -> assertThat(each.getSource()).isSameAs(context.getBean(each.getPool())));
  }

  // ---- Each rule

  @Test
  void queueAgeOfTasks() {
    tasks
        .withPropertyValues("pools.advanced.instances.printer.alarms.queue-age=1ms")
        .run(
            context -> {
              AdvancedPool pool = context.getBean(AdvancedPool.class);
              keepTheWorkerBusy(pool);
              pool.execute(() -> {});
              until(pool, stats -> stats.oldestWait().toMillis() >= 2);
              raisedAfterItsTime_andCleared(
                  context,
                  AlarmRule.QUEUE_AGE,
                  "the oldest queued task has waited for",
                  () -> {
                    end.countDown();
                    until(pool, stats -> stats.completed() == 2 && stats.active() == 0);
                  });
              assertThat(events(context).get(0).getType()).isEqualTo(PoolType.ADVANCED);
              assertThat(events(context).get(0).getMessage())
                  .contains("Pool 'printer': the alarm")
                  .endsWith(
                      "The threshold is 1 ms (pools.advanced.instances.printer.alarms.queue-age).");
            });
  }

  @Test
  void saturationOfTasks() {
    tasks
        .withPropertyValues("pools.advanced.instances.printer.alarms.saturation=0.9")
        .run(
            context -> {
              AdvancedPool pool = context.getBean(AdvancedPool.class);
              keepTheWorkerBusy(pool);
              raisedAfterItsTime_andCleared(
                  context,
                  AlarmRule.SATURATION,
                  "the share of busy workers is 100 %. The threshold is 90 %",
                  () -> {
                    end.countDown();
                    until(pool, stats -> stats.active() == 0);
                  });
            });
  }

  @Test
  void rejectionsOfTasks() {
    tasks
        .withPropertyValues(
            "pools.advanced.instances.printer.overflow=reject",
            "pools.advanced.instances.printer.queue-capacity=0",
            "pools.advanced.instances.printer.alarms.rejections=2")
        .run(
            context -> {
              AdvancedPool pool = context.getBean(AdvancedPool.class);
              keepTheWorkerBusy(pool);
              assertThatExceptionOfType(RejectedExecutionException.class)
                  .isThrownBy(() -> pool.execute(() -> {}));
              assertThat(look(context, 10)).isEmpty();
              assertThat(look(context, 60)).as("one is not enough").isEmpty();
              for (int i = 0; i < 2; i++) {
                assertThatExceptionOfType(RejectedExecutionException.class)
                    .isThrownBy(() -> pool.execute(() -> {}));
              }
              raisedAfterItsTime_andCleared(
                  context,
                  AlarmRule.REJECTIONS,
                  "the number of tasks rejected within the window is 2. The threshold is 2",
                  () -> {});
            });
  }

  @Test
  void timeoutsOfTasks() {
    tasks
        .withPropertyValues("pools.advanced.instances.printer.alarms.timeouts=1")
        .run(
            context -> {
              AdvancedPool pool = context.getBean(AdvancedPool.class);
              keepTheWorkerBusy(pool);
              PoolFuture<?> late = pool.submit(() -> 1, new TaskOptions(0, Duration.ofMillis(1)));
              until(pool, stats -> stats.oldestWait().toMillis() >= 5 || late.isDone());
              end.countDown();
              until(pool, stats -> stats.expired() == 1);
              raisedAfterItsTime_andCleared(
                  context,
                  AlarmRule.TIMEOUTS,
                  "the number of tasks that timed out within the window is 1",
                  () -> {});
            });
  }

  @Test
  void stuckTasks() {
    tasks
        .withPropertyValues(
            "pools.advanced.instances.printer.stuck-after=1ms",
            "pools.advanced.instances.printer.alarms.stuck-tasks=1")
        .run(
            context -> {
              AdvancedPool pool = context.getBean(AdvancedPool.class);
              keepTheWorkerBusy(pool);
              until(pool, stats -> stats.stuck() == 1);
              raisedAfterItsTime_andCleared(
                  context,
                  AlarmRule.STUCK_TASKS,
                  "the number of stuck tasks is 1",
                  () -> {
                    end.countDown();
                    until(pool, stats -> stats.stuck() == 0);
                  });
            });
  }

  @Test
  void queueAgeAndSaturationOfConnections() {
    connections
        .withPropertyValues("pools.connection.instances.ledger.alarms.queue-age=1ms")
        .run(
            context -> {
              ConnectionPool<?> pool = context.getBean(ConnectionPool.class);
              Lease<?> lease = pool.acquire();
              CompletableFuture<? extends Lease<?>> waiting =
                  pool.acquireAsync().toCompletableFuture();
              until(pool, stats -> stats.longestWait().toMillis() >= 2);
              raisedAfterItsTime_andCleared(
                  context,
                  AlarmRule.QUEUE_AGE,
                  "the first caller in line has waited for",
                  () -> {
                    lease.close();
                    waiting.join().close();
                  });
            });
    connections
        .withPropertyValues("pools.connection.instances.ledger.alarms.saturation=1")
        .run(
            context -> {
              Lease<?> lease = context.getBean(ConnectionPool.class).acquire();
              raisedAfterItsTime_andCleared(
                  context,
                  AlarmRule.SATURATION,
                  "the share of leased connections is 100 %",
                  lease::close);
            });
  }

  @Test
  void rejectionsAndTimeoutsOfConnections() {
    connections
        .withPropertyValues(
            "pools.connection.instances.ledger.waiter-limit=1",
            "pools.connection.instances.ledger.alarms.rejections=1")
        .run(
            context -> {
              ConnectionPool<?> pool = context.getBean(ConnectionPool.class);
              try (Lease<?> lease = pool.acquire()) {
                assertThat(lease.connection()).isNotNull();
                CompletableFuture<?> first = pool.acquireAsync().toCompletableFuture();
                CompletableFuture<?> second = pool.acquireAsync().toCompletableFuture();
                await().atMost(LONG).until(second::isCompletedExceptionally);
                first.cancel(false);
                raisedAfterItsTime_andCleared(
                    context,
                    AlarmRule.REJECTIONS,
                    "the number of callers rejected within the window is 1",
                    () -> {});
              }
            });
    connections
        .withPropertyValues("pools.connection.instances.ledger.alarms.timeouts=1")
        .run(
            context -> {
              ConnectionPool<?> pool = context.getBean(ConnectionPool.class);
              try (Lease<?> lease = pool.acquire()) {
                assertThat(lease.connection()).isNotNull();
                assertThatExceptionOfType(Exception.class)
                    .isThrownBy(() -> pool.acquire(Duration.ofMillis(1)));
                raisedAfterItsTime_andCleared(
                    context,
                    AlarmRule.TIMEOUTS,
                    "the number of acquires that timed out within the window is 1",
                    () -> {});
              }
            });
  }

  @Test
  void leaks() {
    connections
        .withPropertyValues(
            "pools.connection.instances.ledger.leak-threshold=1ms",
            "pools.connection.instances.ledger.alarms.leaks=1")
        .run(
            context -> {
              ConnectionPool<?> pool = context.getBean(ConnectionPool.class);
              try (Lease<?> lease = pool.acquire()) {
                assertThat(lease.connection()).isNotNull();
                until(pool, stats -> stats.leaks() == 1);
              }
              raisedAfterItsTime_andCleared(
                  context,
                  AlarmRule.LEAKS,
                  "the number of leases reported as leaked within the window is 1",
                  () -> {});
            });
  }

  // ---- Pools that are created later, and alarms that are added later

  private static ApplicationContextRunner lazy(ApplicationContextRunner runner, String pool) {
    return runner.withInitializer(
        context ->
            context.addBeanFactoryPostProcessor(
                beans -> beans.getBeanDefinition(pool).setLazyInit(true)));
  }

  private ApplicationContextRunner printerThatRejects(String... settings) {
    return lazy(tasks, "printer")
        .withPropertyValues(
            "pools.advanced.instances.printer.overflow=reject",
            "pools.advanced.instances.printer.queue-capacity=0",
            "pools.advanced.instances.printer.alarms.raise-after=0s")
        .withPropertyValues(settings);
  }

  private static void reject(AdvancedPool pool, int times) {
    for (int i = 0; i < times; i++) {
      assertThatExceptionOfType(RejectedExecutionException.class)
          .isThrownBy(() -> pool.execute(() -> {}));
    }
  }

  private static void raisedWith(double value, List<PoolAlarmEvent> events) {
    assertThat(events)
        .singleElement()
        .satisfies(event -> assertThat(event.getValue()).isEqualTo(value));
  }

  @Test
  void firstBurstOfAPoolThatIsCreatedLater_isCounted() {
    printerThatRejects("pools.advanced.instances.printer.alarms.rejections=1")
        .run(
            context -> {
              assertThat(look(context, 5)).isEmpty();
              AdvancedPool pool = context.getBean("printer", AdvancedPool.class);
              keepTheWorkerBusy(pool);
              reject(pool, 5);
              raisedWith(5, look(context, 5));
            });
  }

  @Test
  void firstTimeoutsAndLeaksOfAPoolThatIsCreatedLater_areCounted() {
    String ledger = "pools.connection.instances.ledger.";
    lazy(connections, "ledger")
        .withPropertyValues(
            ledger + "leak-threshold=1ms",
            ledger + "alarms.timeouts=1",
            ledger + "alarms.leaks=1",
            ledger + "alarms.raise-after=0s")
        .run(
            context -> {
              ConnectionPool<?> pool = context.getBean("ledger", ConnectionPool.class);
              try (Lease<?> lease = pool.acquire()) {
                assertThat(lease.connection()).isNotNull();
                assertThatExceptionOfType(AcquireTimeoutException.class)
                    .isThrownBy(() -> pool.acquire(Duration.ofMillis(1)));
                until(pool, stats -> stats.leaks() == 1);
              }
              assertThat(look(context, 5))
                  .extracting(PoolAlarmEvent::getRule)
                  .containsExactly(AlarmRule.TIMEOUTS, AlarmRule.LEAKS);
            });
  }

  @Test
  void alarmThatIsAddedLater_countsFromThenOn() {
    printerThatRejects("pools.advanced.instances.mailer.alarms.saturation=1")
        .run(
            context -> {
              AdvancedPool pool = context.getBean("printer", AdvancedPool.class);
              keepTheWorkerBusy(pool);
              reject(pool, 5);
              look(context, 5);
              alarmsOfThePrinter(context).setRejections(1);
              assertThat(look(context, 5)).isEmpty();
              reject(pool, 1);
              raisedWith(1, look(context, 5));
            });
  }

  @Test
  void alarmThatIsAddedWhenNothingHadAlarms_countsFromThenOn() {
    printerThatRejects("pools.advanced.instances.printer.alarms.rejections=1")
        .run(
            context -> {
              AlarmProperties alarms = alarmsOfThePrinter(context);
              alarms.setRejections(null);
              look(context, 5);
              AdvancedPool pool = context.getBean("printer", AdvancedPool.class);
              keepTheWorkerBusy(pool);
              reject(pool, 5);
              look(context, 5);
              alarms.setRejections(1);
              assertThat(look(context, 5)).isEmpty();
              reject(pool, 1);
              raisedWith(1, look(context, 5));
            });
  }

  @Test
  void poolThatIsCreatedWhileTheWatchIsStopped_isCountedFromItsStart() {
    printerThatRejects("pools.advanced.instances.printer.alarms.rejections=1")
        .run(
            context -> {
              AlarmWatch watch = context.getBean(AlarmWatch.class);
              watch.stop();
              AdvancedPool pool = context.getBean("printer", AdvancedPool.class);
              keepTheWorkerBusy(pool);
              reject(pool, 5);
              watch.start();
              assertThat(events(context)).isEmpty();
              reject(pool, 1);
              raisedWith(1, look(context, 5));
            });
  }

  private static AlarmProperties alarmsOfThePrinter(ApplicationContext context) {
    return context
        .getBean(PoolsProperties.class)
        .getAdvanced()
        .getInstances()
        .get("printer")
        .getAlarms();
  }

  // ---- Settings

  @Test
  void nothingWatchesWithoutAlarms() {
    tasks.run(
        context -> {
          assertThat(context.getBean(AlarmWatch.class).isRunning()).isFalse();
          assertThat(context.getBean(AlarmedPools.class).pools()).isEmpty();
          assertThat(threads()).isEmpty();
        });
  }

  @Test
  void threadOfTheWatchEndsWithItsContext() {
    plain
        .withPropertyValues("pools.advanced.defaults.alarms.saturation=1")
        .run(
            context -> {
              assertThat(context.getBean(AlarmWatch.class).isRunning()).isTrue();
              assertThat(threads()).hasSize(1);
            });
    await().atMost(LONG).until(() -> threads().isEmpty());
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.equals("pools-alarms"))
        .toList();
  }

  @Test
  void poolsHaveTheAlarmsOfTheirBaseOrOfTheDefaults() {
    runner
        .withPropertyValues(
            "pools.advanced.defaults.alarms.saturation=0.9",
            "pools.advanced.bases.slow.alarms.saturation=1",
            "pools.advanced.instances.printer.base=slow",
            "pools.advanced.instances.mailer.max-workers=2")
        .withBean("own", AdvancedPool.class, AdvancedPool::create)
        .run(
            context -> {
              assertThat(context.getBean(AlarmedPools.class).pools())
                  .extracting(AlarmedPool::name)
                  .containsExactlyInAnyOrder("printer", "mailer", "own");
              AdvancedPool own = context.getBean("own", AdvancedPool.class);
              for (int i = 0; i < own.maxWorkers(); i++) {
                keepTheWorkerBusy(own);
              }
              look(context, 0);
              assertThat(look(context, 15))
                  .singleElement()
                  .satisfies(
                      event ->
                          assertThat(event.getMessage())
                              .contains("Pool 'own': the alarm")
                              .contains("90 % (pools.advanced.defaults.alarms.saturation)"));
              end.countDown();
            });
  }

  @ParameterizedTest
  @CsvSource({
    "pools.advanced.instances.a.alarms.queue-age,      -1s, 'is -1s, but must be positive. Remove it to turn the alarm off.'",
    "pools.advanced.instances.a.alarms.saturation,      80, 'is 80.0, but must be from 0.01 to 1.'",
    "pools.advanced.instances.a.alarms.stuck-tasks,      0, 'is 0, but must be at least 1.'",
    "pools.advanced.instances.a.alarms.window,       100ms, 'is 100ms, but must be from 1s to 1h.'",
    "pools.connection.instances.a.alarms.leaks,         -1, 'is -1, but must be at least 1.'",
    "pools.connection.instances.a.alarms.clear-at,       0, 'is 0.0, but must be from 0.01 to 1.'",
    "pools.connection.instances.a.alarms.raise-after,   2h, 'is 2h, but must be from 0s to 1h.'"
  })
  void valuesOutOfTheirRange_areNamedWithRangeAndCure(String name, String value, String message) {
    runner
        .withPropertyValues(name + "=" + value)
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .rootCause()
                    .hasMessageContaining(name.substring(name.indexOf("alarms")))
                    .satisfies(
                        cause ->
                            assertThat(messages(context.getStartupFailure()))
                                .contains("The property " + name + " of the pool 'a' " + message)));
  }

  private static String messages(Throwable failure) {
    StringBuilder all = new StringBuilder();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      all.append(cause.getMessage()).append('\n');
    }
    return all.toString();
  }

  @Test
  void defaultsAndTheIntervalAreChecked_evenIfNoPoolUsesThem() {
    runner
        .withPropertyValues("pools.connection.defaults.alarms.window=2h")
        .run(
            context ->
                assertThat(messages(context.getStartupFailure()))
                    .contains(
                        "The property pools.connection.defaults.alarms.window is 2h, but must be from 1s to 1h."));
    plain
        .withPropertyValues("pools.alarms.interval=1ms")
        .run(
            context ->
                assertThat(messages(context.getStartupFailure()))
                    .contains(
                        "The property pools.alarms.interval is 1ms, but must be from 100ms to 1h."));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new AlarmWatch(new NoPools(), event -> {}, Duration.ofHours(1).plusNanos(1)));
  }

  private static final class NoPools implements AlarmedPools {
    @Override
    public boolean hasAlarms() {
      return true;
    }

    @Override
    public List<AlarmedPool> pools() {
      throw new IllegalStateException("no pools");
    }
  }

  @Test
  void alarmThatCannotBeRaised_isWarnedOf(CapturedOutput output) {
    tasks
        .withPropertyValues("pools.advanced.instances.printer.alarms.stuck-tasks=1")
        .run(
            context ->
                assertThat(output)
                    .contains(
                        "the setting pools.advanced.instances.printer.alarms.stuck-tasks has no effect")
                    .contains("Set stuck-after of the pool"));
  }

  // ---- Faults

  @Test
  void poolThatCannotBeRead_hidesNoOther(CapturedOutput output) {
    AlarmOptions options = AlarmOptions.of(Map.of(AlarmRule.STUCK_TASKS, 1.0));
    AlarmedPool broken =
        new AlarmedPool(
            PoolType.ADVANCED,
            "broken",
            "broken",
            () -> {
              throw new IllegalStateException("no figures");
            },
            options,
            name -> name);
    AlarmedPool standIn =
        new AlarmedPool(PoolType.ADVANCED, "stand-in", "x", () -> null, options, name -> name);
    AlarmedPool well =
        new AlarmedPool(PoolType.ADVANCED, "well", "well", () -> rule -> 3, options, name -> name);
    StandingClock time = new StandingClock();
    List<PoolAlarmEvent> told = new CopyOnWriteArrayList<>();
    AlarmWatch watch =
        new AlarmWatch(
            new AlarmedPools() {
              @Override
              public boolean hasAlarms() {
                return true;
              }

              @Override
              public List<AlarmedPool> pools() {
                return List.of(broken, standIn, well);
              }
            },
            told::add,
            Duration.ofHours(1),
            time,
            time.nanos::get);
    watch.start();
    watch.start();
    time.advance(Duration.ofSeconds(15));
    watch.lookAtAll();
    await().atMost(LONG).until(() -> told.size() == 1);
    assertThat(told.get(0).getPool()).isEqualTo("well");
    assertThat(standIn.recent()).isEmpty();
    assertThat(output).contains("Pool 'broken': the watch for alarms failed");
    watch.stop();
    watch.stop();
    assertThat(watch.isRunning()).isFalse();
  }

  /** Each rule is raised, and cleared, by the first look that finds it so. */
  private static AlarmOptions raisedAtOnce(Map<AlarmRule, Double> thresholds, Duration window) {
    return new AlarmOptions(thresholds, window, Duration.ZERO, Duration.ZERO, 1);
  }

  @Test
  void watchThatIsStartedAgain_countsNothingOfTheTimeBetween() {
    AlarmOptions options = raisedAtOnce(Map.of(AlarmRule.REJECTIONS, 1.0), Duration.ofHours(1));
    AtomicLong rejected = new AtomicLong();
    AlarmedPool pool =
        new AlarmedPool(
            PoolType.ADVANCED, "one", "one", () -> rule -> rejected.get(), options, name -> name);
    StandingClock time = new StandingClock();
    AlarmWatch watch =
        new AlarmWatch(only(pool), event -> {}, Duration.ofHours(1), time, time.nanos::get);
    watch.start();
    watch.stop();
    rejected.addAndGet(100);
    time.advance(Duration.ofMinutes(1));
    watch.start();
    assertThat(pool.recent()).isEmpty();

    rejected.incrementAndGet();
    time.advance(Duration.ofMinutes(1));
    watch.lookAtAll();
    assertThat(pool.recent())
        .singleElement()
        .satisfies(event -> assertThat(event.getValue()).isEqualTo(1));
    watch.stop();
  }

  @Test
  void clockThatIsSetBack_givesNoNegativeTime() {
    AlarmedPool pool =
        new AlarmedPool(
            PoolType.ADVANCED,
            "one",
            "one",
            () -> rule -> 1,
            AlarmOptions.of(Map.of(AlarmRule.STUCK_TASKS, 1.0)),
            name -> name);
    pool.look(Instant.EPOCH, 0);
    assertThat(pool.look(Instant.EPOCH.minusSeconds(3600), TimeUnit.SECONDS.toNanos(15)))
        .singleElement()
        .satisfies(
            event -> assertThat(event.getMessage()).contains("was raised 0 s after it began"));
  }

  @Test
  void lookThatHangsAtTheStart_doesNotKeepTheWatchFromStopping() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    AlarmedPool slow =
        new AlarmedPool(
            PoolType.ADVANCED,
            "slow",
            "slow",
            () -> {
              begun.countDown();
              try {
                end.await();
              } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
              }
              return null;
            },
            AlarmOptions.of(Map.of(AlarmRule.STUCK_TASKS, 1.0)),
            name -> name);
    AlarmWatch watch = new AlarmWatch(only(slow), event -> {}, Duration.ofHours(1));
    Thread starter = new Thread(watch::start);
    starter.start();
    begun.await();
    Thread stopper = new Thread(watch::stop);
    stopper.start();

    stopper.join(LONG.toMillis());
    assertThat(stopper.isAlive()).isFalse();
    assertThat(watch.isRunning()).isFalse();
    end.countDown();
    starter.join();
  }

  private static AlarmedPools only(AlarmedPool pool) {
    return new AlarmedPools() {
      @Override
      public boolean hasAlarms() {
        return true;
      }

      @Override
      public List<AlarmedPool> pools() {
        return List.of(pool);
      }
    };
  }

  @Test
  void poolWhoseAlarmsCannotBeRead_keepsThoseItHas_andHidesNoOther(CapturedOutput output) {
    tasks
        .withPropertyValues(
            "pools.advanced.defaults.alarms.saturation=1",
            "pools.advanced.instances.mailer.max-workers=1")
        .run(
            context -> {
              assertThat(names(context)).containsExactlyInAnyOrder("printer", "mailer");
              var printer =
                  context
                      .getBean(PoolsProperties.class)
                      .getAdvanced()
                      .getInstances()
                      .get("printer");
              printer.getAlarms().setSaturation(80.0);

              assertThat(names(context)).containsExactlyInAnyOrder("printer", "mailer");
              assertThat(output)
                  .contains("Pool 'printer': the settings of its alarms cannot be read");
              keepTheWorkerBusy(context.getBean("printer", AdvancedPool.class));
              keepTheWorkerBusy(context.getBean("mailer", AdvancedPool.class));
              look(context, 0);
              assertThat(pools(look(context, 15))).containsExactlyInAnyOrder("printer", "mailer");
              end.countDown();
            });
  }

  @Test
  void settingsOfAPoolThatIsLeftOut_countForNoPool() {
    runner
        .withPropertyValues(
            "pools.advanced.instances.own.enabled=false",
            "pools.advanced.instances.own.alarms.saturation=80")
        .withBean("own", AdvancedPool.class, AdvancedPool::create)
        .run(
            context -> {
              assertThat(context.getBean(AlarmWatch.class).isRunning()).isFalse();
              assertThat(context.getBean(AlarmedPools.class).pools()).isEmpty();
            });
  }

  private static List<String> names(ApplicationContext context) {
    return context.getBean(AlarmedPools.class).pools().stream().map(AlarmedPool::name).toList();
  }

  @Test
  void latestEventsAreBounded() {
    AlarmOptions options = raisedAtOnce(Map.of(AlarmRule.STUCK_TASKS, 1.0), Duration.ofMinutes(1));
    double[] value = {0};
    AlarmedPool pool =
        new AlarmedPool(
            PoolType.ADVANCED, "one", "one", () -> rule -> value[0], options, name -> name);
    for (int i = 0; i < 2 * AlarmedPool.RECENT; i++) {
      value[0] = 1 - value[0];
      pool.look(Instant.EPOCH.plusSeconds(i), TimeUnit.SECONDS.toNanos(i));
    }
    assertThat(pool.recent()).hasSize(AlarmedPool.RECENT);
  }

  @Test
  void raisedAlarmThatIsRemoved_isCleared() {
    AlarmOptions options =
        raisedAtOnce(
            Map.of(AlarmRule.STUCK_TASKS, 1.0, AlarmRule.REJECTIONS, 1.0), Duration.ofMinutes(1));
    AlarmedPool pool =
        new AlarmedPool(
            PoolType.ADVANCED,
            "one",
            "one",
            () -> rule -> rule == AlarmRule.STUCK_TASKS ? 1 : 0,
            options,
            name -> name);
    assertThat(pool.look(Instant.EPOCH, 0)).hasSize(1);

    pool.become(options);
    assertThat(pool.look(Instant.EPOCH.plusSeconds(1), 1_000_000_000L)).isEmpty();
    pool.become(AlarmOptions.NONE);

    assertThat(pool.look(Instant.EPOCH.plusSeconds(2), 2_000_000_000L))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getState()).isEqualTo(PoolAlarmEvent.State.CLEARED);
              assertThat(event.getRule()).isEqualTo(AlarmRule.STUCK_TASKS);
            });
    assertThat(pool.look(Instant.EPOCH.plusSeconds(3), 3_000_000_000L)).isEmpty();
  }

  // ---- Advice

  @Test
  void alarmSaysWhatTheAdviceHasFound_inTheSameWords() throws Exception {
    AtomicLong nanos = new AtomicLong();
    ManualClock clock = new ManualClock();
    ConnectionFactory<Object> factory = arguments -> new Object();
    try (ConnectionPool<Object> ledger =
        clock
            .drives(ConnectionPool.builder(factory))
            .name("ledger")
            .leakThreshold(Duration.ofSeconds(30))
            .build()) {
      AdvisedPool advised = new AdvisedPool("ledger", ledger, name -> name, nanos::get);
      AlarmedPool alarmed = new AlarmedPool("ledger", ledger, afterThreeMinutes(), name -> name);
      AlarmedPool others = new AlarmedPool("ledger", ledger, afterThreeMinutes(), name -> name);
      alarmed.explainBy(advised);
      Lease<Object> lease = ledger.acquire();
      for (int i = 0; i < 60; i++) {
        clock.advance(Duration.ofSeconds(5));
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(5));
        alarmed.look(Instant.EPOCH.plusNanos(nanos.get()), nanos.get());
        others.look(Instant.EPOCH.plusNanos(nanos.get()), nanos.get());
      }
      assertThat(advised.rules()).containsExactly(AdviceRule.LEAKING);
      assertThat(alarmed.recent()).hasSize(2);
      assertThat(alarmed.recent())
          .filteredOn(event -> event.getRule() == AlarmRule.LEAKS)
          .singleElement()
          .satisfies(
              event -> {
                assertThat(event.getAdvice()).isEqualTo(advised.advice().get(0).sentence());
                assertThat(event.getMessage())
                    .contains("(alarms.leaks). Advice: leaking: In the last 2 min 1 lease");
              });
      assertThat(others.recent())
          .allSatisfy(
              event -> {
                assertThat(event.getAdvice()).isNull();
                assertThat(event.getMessage()).doesNotContain("Advice");
              });
      lease.close();
      for (int i = 0; i < 15; i++) {
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(5));
        alarmed.look(Instant.EPOCH.plusNanos(nanos.get()), nanos.get());
      }
      assertThat(alarmed.recent())
          .filteredOn(event -> !event.isRaised())
          .isNotEmpty()
          .allSatisfy(event -> assertThat(event.getAdvice()).isNull());
    }
  }

  private static AlarmOptions afterThreeMinutes() {
    return new AlarmOptions(
        Map.of(AlarmRule.LEAKS, 1.0, AlarmRule.SATURATION, 0.1),
        Duration.ofHours(1),
        Duration.ofMinutes(3),
        Duration.ofMinutes(1),
        1);
  }

  // ---- Contexts

  @Test
  void childContextPublishesItsOwnPoolsOnly() {
    tasks
        .withPropertyValues("pools.advanced.instances.printer.alarms.saturation=1")
        .run(
            parent ->
                runner
                    .withParent(parent)
                    .withPropertyValues(
                        "pools.advanced.instances.mailer.max-workers=1",
                        "pools.advanced.instances.mailer.kill-at-exit=true",
                        "pools.advanced.instances.mailer.alarms.saturation=1")
                    .run(
                        child -> {
                          keepTheWorkerBusy(parent.getBean("printer", AdvancedPool.class));
                          keepTheWorkerBusy(child.getBean("mailer", AdvancedPool.class));
                          look(child, 0);
                          look(child, 15);
                          assertThat(pools(events(child))).containsExactly("mailer");
                          assertThat(events(parent)).isEmpty();
                          // As each event, it reaches the parent, too.
                          List<PoolAlarmEvent> above = parent.getBean(Application.class).told;
                          await().atMost(LONG).until(() -> pools(above).contains("mailer"));

                          look(parent, 0);
                          look(parent, 15);
                          await().atMost(LONG).until(() -> pools(above).contains("printer"));
                          assertThat(
                                  pools(
                                      child.getBean("alarmWatchTest.Application", Application.class)
                                          .told))
                              .containsExactly("mailer");
                        }));
  }

  private static List<String> pools(List<PoolAlarmEvent> events) {
    return events.stream().map(PoolAlarmEvent::getPool).toList();
  }

  @Test
  void contextsBesideEachOther_haveAlarmsOfTheirOwn() {
    ApplicationContextRunner application =
        tasks.withPropertyValues("pools.advanced.instances.printer.alarms.saturation=1");
    application.run(
        one ->
            application.run(
                other -> {
                  keepTheWorkerBusy(one.getBean(AdvancedPool.class));
                  for (ApplicationContext context : List.of(one, other)) {
                    look(context, 0);
                    look(context, 15);
                  }
                  List<PoolAlarmEvent> told = one.getBean(Application.class).told;
                  await().atMost(LONG).until(() -> told.size() == 1);
                  assertThat(events(other)).isEmpty();
                  assertThat(other.getBean(Application.class).told).isEmpty();
                }));
  }

  @Test
  void alarmsWorkWithoutActuator() {
    tasks
        .withPropertyValues("pools.advanced.instances.printer.alarms.saturation=1")
        .withClassLoader(
            new FilteredClassLoader(
                "org.springframework.boot.actuate",
                "org.springframework.boot.health",
                "io.micrometer"))
        .run(
            context -> {
              keepTheWorkerBusy(context.getBean(AdvancedPool.class));
              look(context, 0);
              assertThat(look(context, 15)).hasSize(1);
            });
  }

  @Test
  void alarmsAreOnTheTimeLineOfTheEndpoint_alsoThoseOfAParent() {
    tasks
        .withPropertyValues("pools.advanced.instances.printer.alarms.saturation=1")
        .run(
            parent ->
                plain
                    .withParent(parent.getSourceApplicationContext())
                    .withConfiguration(
                        AutoConfigurations.of(
                            EndpointAutoConfiguration.class, PoolsEndpointAutoConfiguration.class))
                    .withPropertyValues(
                        // The settings of the parent are those of the child, too.
                        "pools.advanced.instances.printer.enabled=false",
                        "spring.jmx.enabled=true",
                        "management.endpoints.jmx.exposure.include=pools")
                    .run(
                        child -> {
                          AdvancedPool pool = parent.getBean("printer", AdvancedPool.class);
                          keepTheWorkerBusy(pool);
                          look(parent, 0);
                          look(parent, 15);
                          end.countDown();
                          until(pool, stats -> stats.active() == 0);
                          look(parent, 1);
                          look(parent, 60);
                          assertThat(
                                  child
                                      .getBean(PoolsEndpoint.class)
                                      .pool("advanced", "printer", null, null)
                                      .get("events")
                                      .toString())
                              .matches(
                                  ".*type=ALARM_CLEARED, text=Pool 'printer': the alarm saturation.*type=ALARM, text=Pool 'printer': the alarm.*");
                        }));
  }

  /** Finds its pools in a channel, but for the first time. */
  private record PoolsInChannel(SlowChannel channel, AtomicBoolean isKnown)
      implements AlarmedPools {

    @Override
    public boolean hasAlarms() {
      return true;
    }

    @Override
    public List<AlarmedPool> pools() {
      if (isKnown.getAndSet(true)) {
        channel.read();
      }
      return List.of();
    }
  }

  @Test
  void stopThatHangsInAnInterrupt_holdsUpNoOtherCaller() throws Exception {
    SlowChannel channel = new SlowChannel();
    AlarmWatch slow =
        new AlarmWatch(
            new PoolsInChannel(channel, new AtomicBoolean()), event -> {}, Duration.ofMillis(100));
    slow.start();
    channel.entered.await();
    CompletableFuture<Void> stop = onAThread(slow::stop);
    channel.closing.await();

    onAThread(() -> assertThat(slow.isRunning()).isFalse()).get(30, TimeUnit.SECONDS);
    onAThread(slow::stop).get(30, TimeUnit.SECONDS);

    channel.goesOn.countDown();
    stop.get(30, TimeUnit.SECONDS);
  }

  private static CompletableFuture<Void> onAThread(Runnable step) {
    return CompletableFuture.runAsync(step, command -> new Thread(command).start());
  }
}

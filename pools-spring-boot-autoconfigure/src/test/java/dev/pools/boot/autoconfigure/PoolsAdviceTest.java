package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pools.boot.alarm.AlarmedPool;
import dev.pools.boot.alarm.AlarmedPools;
import dev.pools.boot.endpoint.PoolsEndpoint;
import dev.pools.boot.health.PoolsHealth;
import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.Lease;
import dev.pools.task.AdvancedPool;
import dev.pools.test.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Pools say what is wrong with them in their health, at the endpoint, and in the log. */
@ExtendWith(OutputCaptureExtension.class)
class PoolsAdviceTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  /** Pools and advice follow one clock. */
  @Configuration(proxyBeanMethods = false)
  static class ByTheClock {

    private final AtomicLong nanos = new AtomicLong();

    @Bean
    AtomicLong nanos() {
      return nanos;
    }

    @Bean
    ManualClock clock() {
      return new ManualClock();
    }

    @Bean("dev.pools.boot.autoconfigure.AdvisedPoolsOfContext")
    AdvisedPoolsOfContext advised() {
      return new AdvisedPoolsOfContext(nanos::get);
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

  private final ApplicationContextRunner health =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  EndpointAutoConfiguration.class,
                  PoolsAutoConfiguration.class,
                  PoolsHealthAutoConfiguration.class,
                  PoolsEndpointAutoConfiguration.class))
          .withUserConfiguration(ByTheClock.class)
          .withPropertyValues(
              "pools.advanced.instances.printer.max-workers=1",
              "pools.advanced.instances.printer.kill-at-exit=true",
              "pools.connection.instances.ledger.leak-threshold=30s");

  private final ApplicationContextRunner endpoint =
      health.withPropertyValues(
          "spring.jmx.enabled=true", "management.endpoints.jmx.exposure.include=pools");

  private final Semaphore permits = new Semaphore(0);

  @AfterEach
  void endTasks() {
    permits.release(1000);
  }

  private static void advance(ApplicationContext context, int seconds) {
    Duration time = Duration.ofSeconds(seconds);
    context.getBean(ManualClock.class).advance(time);
    context.getBean(AtomicLong.class).addAndGet(time.toNanos());
  }

  private static HealthIndicator indicator(ApplicationContext context, String pool) {
    return (HealthIndicator)
        Objects.requireNonNull(context.getBean(PoolsHealth.class).getContributor(pool));
  }

  private static Health health(ApplicationContext context, String pool, boolean details) {
    return Objects.requireNonNull(indicator(context, pool).health(details));
  }

  /** Far more tasks than one worker ends: one in five seconds. */
  private AdvancedPool overload(ApplicationContext context) {
    AdvancedPool pool = context.getBean("printer", AdvancedPool.class);
    for (int i = 0; i < 60; i++) {
      pool.execute(permits::acquireUninterruptibly);
    }
    for (int i = 1; i <= 30; i++) {
      int ended = i;
      permits.release();
      await()
          .atMost(LONG)
          .until(() -> pool.stats().completed() == ended && pool.stats().active() == 1);
      advance(context, 5);
      health(context, "printer", false);
    }
    return pool;
  }

  /** A prediction is computed by another thread. */
  private static void awaitDetails(ApplicationContext context, String text) {
    await()
        .atMost(LONG)
        .untilAsserted(
            () ->
                assertThat(details(health(context, "printer", true)))
                    .singleElement()
                    .asString()
                    .contains(text));
  }

  @SuppressWarnings("unchecked")
  private static List<Object> details(Health health) {
    return (List<Object>) health.getDetails().getOrDefault("advice", List.of());
  }

  @Test
  void saturatedPoolSaysSoInItsHealth_andStaysUp() {
    health.run(
        context -> {
          overload(context);
          Health shown = health(context, "printer", true);
          assertThat(shown.getStatus()).isEqualTo(Status.UP);
          assertThat(shown.getDetails()).containsKey("maxWorkers");
          assertThat(details(shown))
              .singleElement()
              .asString()
              .startsWith("saturated: In the last")
              .contains("Set pools.advanced.instances.printer.max-workers=2 (now 1)")
              .endsWith(".");
          awaitDetails(
              context, "What 2 workers would have done cannot be said: the pool records no tasks");
          assertThat(health(context, "printer", false).getDetails()).isEmpty();
          assertThat(indicator(context, "printer").health())
              .satisfies(full -> assertThat(full.getDetails()).containsKey("advice"));
        });
  }

  @Test
  void poolThatRecordsItsTasksSaysWhatTheValueWouldHaveDone_orWhyNot(CapturedOutput log) {
    health
        .withPropertyValues("pools.advanced.instances.printer.advice-window=5m")
        .run(
            context -> {
              overload(context);
              awaitDetails(context, "tasks are too few, at least 200 are needed");
              await()
                  .atMost(LONG)
                  .untilAsserted(
                      () ->
                          assertThat(log)
                              .containsOnlyOnce("Pool 'printer': advice: saturated: In the last"));
            });
  }

  @Test
  @SuppressWarnings("unchecked")
  void endpointShowsAdvice_andLearnsFromTheHealth() {
    endpoint.run(
        context -> {
          PoolsEndpoint pools = context.getBean(PoolsEndpoint.class);
          assertThat(pools.pool("advanced", "printer", null, null))
              .containsEntry("advice", List.of());
          overload(context);
          List<Map<String, Object>> advice =
              (List<Map<String, Object>>)
                  Objects.requireNonNull(
                      pools.pool("advanced", "printer", null, null).get("advice"));
          assertThat(advice)
              .singleElement()
              .satisfies(
                  saturated ->
                      assertThat(saturated)
                          .containsEntry("rule", "saturated")
                          .containsEntry(
                              "property", "pools.advanced.instances.printer.max-workers=2")
                          .containsEntry("change", Map.of("maxWorkers", 2))
                          .containsEntry("current", Map.of("maxWorkers", 1))
                          .containsKeys("windowMillis", "figures", "cure", "prediction"));
          assertThat(pools.pools().toString()).contains("advice=[saturated]");
        });
  }

  @Test
  void alarmNamesTheAdvice_whichLearnsFromItsLooks() {
    health
        .withConfiguration(AutoConfigurations.of(PoolsAlarmsAutoConfiguration.class))
        .withPropertyValues(
            "pools.alarms.interval=100ms",
            "pools.advanced.instances.printer.alarms.queue-age=140s",
            "pools.advanced.instances.printer.alarms.raise-after=0s")
        .run(
            context -> {
              overload(context);
              AlarmedPool printer = context.getBean(AlarmedPools.class).pools().get(0);
              await().atMost(LONG).until(() -> !printer.recent().isEmpty());
              assertThat(printer.recent().get(0).getAdvice())
                  .startsWith("saturated: In the last")
                  .contains("Set pools.advanced.instances.printer.max-workers=2 (now 1)");
            });
  }

  @Test
  void leakIsTold_untilTheLeaseEnds() {
    health.run(
        context -> {
          ConnectionPool<?> ledger = context.getBean("ledger", ConnectionPool.class);
          Lease<?> lease = ledger.acquire();
          for (int i = 0; i < 40; i++) {
            advance(context, 5);
            health(context, "ledger", true);
          }
          Health shown = health(context, "ledger", true);
          assertThat(shown.getStatus()).isEqualTo(Status.UP);
          assertThat(details(shown))
              .singleElement()
              .asString()
              .startsWith("leaking: In the last")
              .contains("1 lease reported as leaked did not end");
          lease.close();
          advance(context, 5);
          assertThat(details(health(context, "ledger", true))).isEmpty();
        });
  }

  @Test
  void quietPoolsHaveNoAdvice_andNothingLooksWithoutBeingAsked() {
    health.run(
        context -> {
          assertThat(details(health(context, "printer", true))).isEmpty();
          assertThat(details(health(context, "ledger", true))).isEmpty();
          assertThat(Thread.getAllStackTraces().keySet())
              .noneMatch(thread -> thread.getName().contains("advice"));
        });
  }
}

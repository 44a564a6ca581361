package dev.pools.boot.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import io.micrometer.core.instrument.AbstractTimer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** One timer that fails costs no other timer anything: neither of its registry nor of the next. */
@ExtendWith(OutputCaptureExtension.class)
class PoolTimersTest {

  private static final int EVENTS = 3;

  private final SimpleMeterRegistry good = new SimpleMeterRegistry();

  /** Some of its timers throw, each the first one that hears of its events. */
  private static final class Failing extends SimpleMeterRegistry {

    @Override
    protected Timer newTimer(
        Meter.Id id, DistributionStatisticConfig histogram, PauseDetector pauses) {
      if (!id.getName().startsWith("pools.")) {
        return super.newTimer(id, histogram, pauses);
      }
      return new FailingTimer(id, this);
    }
  }

  private static final class FailingTimer extends AbstractTimer {

    FailingTimer(Meter.Id id, SimpleMeterRegistry registry) {
      super(
          id,
          registry.config().clock(),
          DistributionStatisticConfig.NONE,
          registry.config().pauseDetector(),
          TimeUnit.SECONDS,
          /* supportsAggregablePercentiles= */ false);
    }

    @Override
    protected void recordNonNegative(long amount, TimeUnit unit) {
      if (getId().getName().endsWith("wait")) {
        throw new NoSuchMethodError("a registry of another version");
      }
      throw new IllegalStateException("a timer that fails");
    }

    @Override
    public long count() {
      return 0;
    }

    @Override
    public double totalTime(TimeUnit unit) {
      return 0;
    }

    @Override
    public double max(TimeUnit unit) {
      return 0;
    }
  }

  private static long count(SimpleMeterRegistry registry, String timer) {
    return registry.get(timer).timer().count();
  }

  @Test
  void timerOfTasksThatThrows_isMissingAloneAndIsWarnedOfOnce(CapturedOutput output) {
    Failing failing = new Failing();
    AdvancedPoolMetrics metrics = new AdvancedPoolMetrics(/* executorMeters= */ true);
    metrics.bindTo(failing);
    metrics.bindTo(good);
    AdvancedPool pool =
        AdvancedPool.builder().name("reports").listener(metrics.listenerFor("reports")).build();
    metrics.add("reports", pool);

    for (int i = 0; i < EVENTS; i++) {
      pool.submit(() -> 1).join();
    }

    await()
        .untilAsserted(
            () -> {
              assertThat(count(good, "pools.advanced.task.wait")).isEqualTo(EVENTS);
              assertThat(count(good, "pools.advanced.task.run")).isEqualTo(EVENTS);
              assertThat(count(good, "executor")).isEqualTo(EVENTS);
              assertThat(count(good, "executor.idle")).isEqualTo(EVENTS);
              assertThat(count(failing, "executor")).isEqualTo(EVENTS);
              assertThat(count(failing, "executor.idle")).isEqualTo(EVENTS);
            });
    pool.close();
    warnedOnce(output, "Pool 'reports': the meter 'pools.advanced.task.wait' could not record");
  }

  @Test
  void timerOfConnectionsThatThrows_isMissingAloneAndIsWarnedOfOnce(CapturedOutput output)
      throws Exception {
    Failing failing = new Failing();
    ConnectionPoolMetrics metrics = new ConnectionPoolMetrics(/* openTelemetryNames= */ true);
    metrics.bindTo(failing);
    metrics.bindTo(good);
    try (ConnectionPool<Object> pool =
        ConnectionPool.builder(Object::new)
            .name("db")
            .minSize(1)
            .maxSize(1)
            .listener(metrics.listenerFor("db"))
            .build()) {
      metrics.add("db", pool);
      pool.start().join();

      for (int i = 0; i < EVENTS; i++) {
        pool.acquire().close();
      }

      assertThat(count(good, "pools.connection.acquire")).isEqualTo(EVENTS);
      assertThat(count(good, "pools.connection.usage")).isEqualTo(EVENTS);
      await().until(() -> count(good, "pools.connection.create") == 1);
      assertThat(count(good, "db.client.connection.use_time")).isEqualTo(EVENTS);
      assertThat(count(failing, "db.client.connection.wait_time")).isEqualTo(EVENTS);
      assertThat(count(failing, "db.client.connection.use_time")).isEqualTo(EVENTS);
    }
    warnedOnce(output, "Pool 'db': the meter 'pools.connection.");
  }

  /** That is, at a level that applications show. */
  private static void warnedOnce(CapturedOutput output, String line) {
    assertThat(output.getOut().lines().filter(next -> next.contains("could not record")))
        .singleElement()
        .asString()
        .contains("WARN", line, "Further failures of this registry are logged at DEBUG");
    assertThat(output).doesNotContain("ERROR", "a listener failed");
  }
}

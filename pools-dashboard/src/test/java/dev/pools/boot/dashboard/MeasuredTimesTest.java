package dev.pools.boot.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Percentiles come from the timers of a pool, if these have any. */
class MeasuredTimesTest {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final MeasuredTimes times = new MeasuredTimes(registry);

  private Timer timer(String name, String pool, double... percentiles) {
    Timer.Builder builder = Timer.builder(name).tag("pool", pool);
    return (percentiles.length == 0 ? builder : builder.publishPercentiles(percentiles))
        .register(registry);
  }

  @Test
  void percentilesOfThePoolAreShown() {
    timer("pools.advanced.task.wait", "printer", 0.5, 0.99, 0.999).record(Duration.ofMillis(20));
    timer("pools.advanced.task.run", "other", 0.5).record(Duration.ofMillis(20));

    assertThat(times.of("advanced", "printer"))
        .containsOnlyKeys("waitP50Millis", "waitP99Millis", "waitP999Millis")
        .hasEntrySatisfying(
            "waitP50Millis", value -> assertThat((Double) value).isBetween(19.0, 21.0));
  }

  @Test
  void thereAreNoneBeforeTheFirstTask_andNoneWithoutPercentiles() {
    timer("pools.connection.acquire", "ledger", 0.5);
    timer("pools.connection.usage", "ledger").record(Duration.ofMillis(20));

    assertThat(times.of("connection", "ledger")).isEmpty();
    assertThat(times.of("other", "ledger")).isEmpty();
    assertThat(PoolTimes.NONE.of("connection", "ledger")).isEmpty();
  }
}

package dev.pools.boot.dashboard;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.ValueAtPercentile;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Percentiles that the meters of the application have. */
final class MeasuredTimes implements PoolTimes {

  /** The timers of a kind of pool, by the beginning of their figures. */
  private static final Map<String, Map<String, String>> TIMERS =
      Map.of(
          "advanced",
          Map.of("wait", "pools.advanced.task.wait", "run", "pools.advanced.task.run"),
          "connection",
          Map.of("acquire", "pools.connection.acquire", "usage", "pools.connection.usage"));

  private final MeterRegistry registry;

  MeasuredTimes(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public Map<String, Object> of(String kind, String name) {
    Map<String, Object> times = new LinkedHashMap<>();
    TIMERS
        .getOrDefault(kind, Map.of())
        .forEach(
            (figure, meter) -> {
              Timer timer = registry.find(meter).tag("pool", name).timer();
              if (timer != null && timer.count() > 0) {
                for (ValueAtPercentile value : timer.takeSnapshot().percentileValues()) {
                  times.put(
                      figure + percentile(value.percentile()), value.value(TimeUnit.MILLISECONDS));
                }
              }
            });
    return times;
  }

  private static String percentile(double share) {
    String digits = String.valueOf(Math.round(share * 1000));
    return "P"
        + (digits.endsWith("0") ? digits.substring(0, digits.length() - 1) : digits)
        + "Millis";
  }
}

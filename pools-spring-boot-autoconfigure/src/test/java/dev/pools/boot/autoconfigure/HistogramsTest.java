package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.distribution.ValueAtPercentile;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The timers of the pools obey {@code management.metrics.distribution}. */
class HistogramsTest {

  /** Queue wait, run, acquire, usage and creation. */
  private static final List<String> TIMERS =
      List.of(
          "pools.advanced.task.wait",
          "pools.advanced.task.run",
          "pools.connection.acquire",
          "pools.connection.usage",
          "pools.connection.create");

  private final ScrapedContext context = new ScrapedContext();

  private static Timer timer(MeterRegistry registry, String name) {
    return registry.get(name).timer();
  }

  private static Stream<String> buckets(PrometheusMeterRegistry registry, String timer) {
    String sample = timer.replace('.', '_') + "_seconds_bucket{";
    return registry.scrape().lines().filter(line -> line.startsWith(sample));
  }

  @Test
  void withoutSettings_noTimerHasBuckets() {
    context.run(
        registry ->
            assertThat(TIMERS)
                .allSatisfy(timer -> assertThat(buckets(registry, timer)).as(timer).isEmpty()));
  }

  @Test
  void oneSetting_givesAllTimersBuckets() {
    context
        .with("management.metrics.distribution.percentiles-histogram.pools=true")
        .run(
            registry ->
                assertThat(TIMERS)
                    .allSatisfy(
                        timer ->
                            assertThat(buckets(registry, timer))
                                .as(timer)
                                .hasSizeGreaterThan(50)
                                .allSatisfy(line -> assertThat(line).contains("le=\""))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pools.advanced.task.wait",
        "pools.advanced.task.run",
        "pools.connection.acquire",
        "pools.connection.usage",
        "pools.connection.create"
      })
  void settingOfOneTimer_givesThatTimerBucketsAndNoOther(String chosen) {
    context
        .with("management.metrics.distribution.percentiles-histogram." + chosen + "=true")
        .run(
            registry ->
                assertThat(TIMERS)
                    .filteredOn(timer -> buckets(registry, timer).findAny().isPresent())
                    .containsExactly(chosen));
  }

  @Test
  void limitsAndPercentiles_applyToTheTimers() {
    context
        .with(
            "management.metrics.distribution.slo.pools=10ms,1s",
            "management.metrics.distribution.percentiles.pools=0.5,0.99")
        .run(
            registry ->
                assertThat(TIMERS)
                    .allSatisfy(
                        name -> {
                          Timer timer = timer(registry, name);
                          assertThat(timer.takeSnapshot().histogramCounts())
                              .as(name)
                              .extracting(CountAtBucket::bucket)
                              .contains(
                                  (double) Duration.ofMillis(10).toNanos(),
                                  (double) Duration.ofSeconds(1).toNanos());
                          assertThat(timer.takeSnapshot().percentileValues())
                              .as(name)
                              .extracting(ValueAtPercentile::percentile)
                              .containsExactly(0.5, 0.99);
                        }));
  }

  @Test
  void rangeOfTheBuckets_canReachFromMicrosecondsToMinutes() {
    context
        .with(
            "management.metrics.distribution.percentiles-histogram.pools.advanced.task=true",
            "management.metrics.distribution.minimum-expected-value.pools.advanced.task=10us",
            "management.metrics.distribution.maximum-expected-value.pools.advanced.task=10m")
        .run(
            registry -> {
              CountAtBucket[] buckets =
                  timer(registry, "pools.advanced.task.run").takeSnapshot().histogramCounts();
              assertThat(buckets[0].bucket(TimeUnit.MICROSECONDS)).isBetween(5.0, 20.0);
              assertThat(buckets)
                  .anySatisfy(
                      bucket ->
                          assertThat(bucket.bucket(TimeUnit.SECONDS)).isBetween(300.0, 600.0));
            });
  }

  @Test
  void whatThePoolsDo_isCountedInTheBuckets() {
    context
        .with("management.metrics.distribution.percentiles-histogram.pools=true")
        .run(
            (registry, beans) -> {
              beans.getBean(AdvancedPool.class).submit(() -> "printed").join();
              beans.getBean(ConnectionPool.class).acquire().close();

              assertThat(TIMERS)
                  .allSatisfy(
                      timer ->
                          assertThat(buckets(registry, timer).filter(line -> line.contains("+Inf")))
                              .as(timer)
                              .allSatisfy(line -> assertThat(line).endsWith(" 1")));
            });
  }
}

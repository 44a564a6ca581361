package dev.pools.boot.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.connection.ConnectionPool;
import dev.pools.connection.ConnectionPoolStats;
import dev.pools.connection.Lease;
import dev.pools.task.AdvancedPool;
import dev.pools.task.PoolStats;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What one scrape reads of a pool is of one instant; what is asked on its own is of now. */
class ScrapeTest {

  private final AtomicInteger readings = new AtomicInteger();
  private final AdvancedPool pool = AdvancedPool.create();

  private final MeasuredPools<AdvancedPool, PoolStats, TaskEvent> pools =
      new MeasuredPools<>(
          TaskEvent.class,
          List.of(AdvancedPoolMeters.OWN, ExecutorMeters.TASKS),
          measured -> {
            readings.incrementAndGet();
            return measured.stats();
          },
          (measured, action) -> {});

  @BeforeEach
  void add() {
    pools.add("reports", pool);
    readings.set(0);
  }

  @AfterEach
  void close() {
    pool.close();
  }

  @Test
  void scrapeOfPrometheus_readsThePoolOnce() {
    PrometheusMeterRegistry registry = Registries.prometheus();
    pools.bindTo(registry);
    for (int i = 1; i <= 5; i++) {
      registry.scrape();
      assertThat(readings).hasValue(i);
    }
  }

  @Test
  void scrapeByTheEndpointOfSpringBoot_readsThePoolOnce() {
    PrometheusMeterRegistry registry = Registries.prometheus();
    pools.bindTo(registry);
    for (int i = 1; i <= 5; i++) {
      registry.getPrometheusRegistry().scrape();
      assertThat(readings).hasValue(i);
    }
  }

  @Test
  void otlpThatSends_readsThePoolOnce() {
    Registries.Otlp otlp = new Registries.Otlp();
    pools.bindTo(otlp.registry);

    assertThat(otlp.send()).hasSizeGreaterThan(20);

    assertThat(readings).hasValue(1);
  }

  @Test
  void eachRegistryOfAComposite_readsThePoolOnce() {
    PrometheusMeterRegistry prometheus = Registries.prometheus();
    Registries.Otlp otlp = new Registries.Otlp();
    CompositeMeterRegistry composite = new CompositeMeterRegistry();
    composite.add(prometheus).add(otlp.registry);
    pools.bindTo(composite);

    prometheus.scrape();
    assertThat(readings).hasValue(1);
    otlp.send();
    assertThat(readings).hasValue(2);
    prometheus.scrape();
    assertThat(readings).hasValue(3);
  }

  @Test
  void twoRegistriesThatOneThreadScrapes_eachReadThePool() {
    PrometheusMeterRegistry first = Registries.prometheus();
    PrometheusMeterRegistry second = Registries.prometheus();
    pools.bindTo(first);
    pools.bindTo(second);

    first.scrape();
    second.scrape();

    assertThat(readings).hasValue(2);
  }

  @Test
  void meterThatIsAskedOnItsOwn_readsThePoolAnew() {
    PrometheusMeterRegistry registry = Registries.prometheus();
    pools.bindTo(registry);
    registry.scrape();

    for (Meter meter : registry.find("pools.advanced.workers").meters()) {
      meter.measure().forEach(measurement -> assertThat(measurement.getValue()).isPositive());
    }
    registry.get("pools.advanced.idle").gauge().value();

    assertThat(readings).hasValue(3);
  }

  @Test
  void snapshotIsSharedByOneThreadAndNoLongerThanASecond() throws Exception {
    AtomicLong nanos = new AtomicLong();
    AtomicInteger taken = new AtomicInteger();
    PoolReadings<Integer> shared = new PoolReadings<>(taken::incrementAndGet, nanos::get);
    Object registry = new Object();

    assertThat(shared.inScrape(registry, "a")).isEqualTo(1);
    nanos.addAndGet(1_000_000_000);
    assertThat(shared.inScrape(registry, "b")).isEqualTo(1);
    Thread other = new Thread(() -> shared.inScrape(registry, "c"));
    other.start();
    other.join();
    assertThat(taken).as("another thread is another scrape").hasValue(2);
    assertThat(shared.inScrape(registry, "c")).as("this one goes on").isEqualTo(1);
    nanos.addAndGet(1);
    assertThat(shared.inScrape(registry, "d")).as("too old").isEqualTo(3);
    assertThat(shared.inScrape(registry, "d")).as("the next scrape").isEqualTo(4);
  }

  @Test
  void valuesOfAScrapeFitTogether_whateverThePoolDoesMeanwhile() throws Exception {
    ConnectionPoolMetrics metrics = new ConnectionPoolMetrics(false);
    PrometheusMeterRegistry registry = Registries.prometheus();
    metrics.bindTo(registry);
    AtomicBoolean over = new AtomicBoolean();
    try (ConnectionPool<Object> db =
        ConnectionPool.builder(Object::new).minSize(4).maxSize(4).build()) {
      metrics.add("db", db);
      db.start().join();
      Thread user =
          new Thread(
              () -> {
                while (!over.get()) {
                  try (Lease<Object> lease = db.acquire()) {
                    assertThat(lease.connection()).isNotNull();
                  } catch (InterruptedException e) {
                    return;
                  }
                }
              });
      user.start();

      for (int i = 0; i < 200; i++) {
        Map<String, Double> values = values(registry.scrape());
        assertThat(
                values.get("pools_connection_idle_connections")
                    + values.get("pools_connection_in_use_connections")
                    + values.get("pools_connection_checking_connections"))
            .isEqualTo(values.get("pools_connection_size_connections"));
      }
      over.set(true);
      user.join();
    }
  }

  private static Map<String, Double> values(String scrape) {
    Map<String, Double> values = new HashMap<>();
    Arrays.stream(scrape.split("\n"))
        .filter(line -> !line.startsWith("#"))
        .forEach(
            line ->
                values.put(
                    line.substring(0, line.indexOf('{')),
                    Double.valueOf(line.substring(line.lastIndexOf(' ') + 1))));
    return values;
  }

  @Test
  void poolWithoutReadings_hasNoValuesAndHarmsNoScrape() {
    PrometheusMeterRegistry registry = Registries.prometheus();
    MeasuredPools<Object, PoolStats, TaskEvent> standIns =
        new MeasuredPools<>(
            TaskEvent.class,
            List.of(AdvancedPoolMeters.OWN),
            ignored -> null,
            (ignored, action) -> {});
    MeasuredPools<Object, ConnectionPoolStats, ConnectionEvent> broken =
        new MeasuredPools<>(
            ConnectionEvent.class,
            List.of(ConnectionPoolMeters.OWN),
            ignored -> {
              throw new IllegalStateException("a stand-in that fails");
            },
            (ignored, action) -> {});
    standIns.bindTo(registry);
    broken.bindTo(registry);
    Object standIn = new Object();
    standIns.add("mock", standIn);
    broken.add("mock", standIn);

    assertThat(registry.scrape())
        .contains("pools_advanced_qsize_tasks{pool=\"mock\"} NaN")
        .contains("pools_advanced_submitted_tasks_total{pool=\"mock\"} 0.0")
        .contains("pools_connection_size_connections{pool=\"mock\"} NaN")
        .contains("pools_connection_acquired_connections_total{pool=\"mock\"} 0.0");
    standIns.remove("mock", standIn);
    broken.remove("mock", standIn);
    assertThat(registry.scrape()).isEmpty();
  }

  @Test
  void simpleRegistry_isAskedForOneMeterAtATime() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    pools.bindTo(registry);
    pool.resize(2, 3).join();
    assertThat(registry.get("pools.advanced.workers.max").gauge().value()).isEqualTo(3);
    pool.resize(2, 4).join();
    assertThat(registry.get("pools.advanced.workers.min").gauge().value()).isEqualTo(2);
    assertThat(registry.get("executor.pool.max").gauge().value()).isEqualTo(4);
  }
}

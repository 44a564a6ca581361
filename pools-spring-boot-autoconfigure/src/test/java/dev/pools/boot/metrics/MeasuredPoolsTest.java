package dev.pools.boot.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import dev.pools.task.PoolFuture;
import dev.pools.task.TaskOptions;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The meters of a pool begin and end with it, whatever else is in the registry. */
class MeasuredPoolsTest {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final AdvancedPoolMetrics tasks = new AdvancedPoolMetrics(true);
  private final ConnectionPoolMetrics connections = new ConnectionPoolMetrics(true);

  private AdvancedPool tasks(String name) {
    AdvancedPool pool =
        AdvancedPool.builder().name(name).maxWorkers(1).listener(tasks.listenerFor(name)).build();
    tasks.add(name, pool);
    return pool;
  }

  private ConnectionPool<Object> connections(String name, int size) {
    ConnectionPool<Object> pool =
        ConnectionPool.builder(Object::new)
            .name(name)
            .minSize(size)
            .maxSize(size)
            .listener(connections.listenerFor(name))
            .build();
    connections.add(name, pool);
    pool.start().join();
    return pool;
  }

  private static double gauge(MeterRegistry registry, String meter, String pool) {
    return registry.get(meter).tag("pool", pool).gauge().value();
  }

  private static double counter(MeterRegistry registry, String meter, String pool) {
    return registry.get(meter).tag("pool", pool).functionCounter().count();
  }

  private static List<String> of(MeterRegistry registry, String pool) {
    return registry.getMeters().stream()
        .map(Meter::getId)
        .filter(id -> id.getTags().stream().anyMatch(tag -> tag.getValue().equals(pool)))
        .map(Meter.Id::getName)
        .toList();
  }

  @Test
  void closedPools_areInTheRegistryNoMore() {
    tasks.bindTo(registry);
    connections.bindTo(registry);
    AdvancedPool tasks = tasks("reports");
    ConnectionPool<Object> db = connections("db", 2);
    assertThat(of(registry, "reports")).hasSizeGreaterThan(20);
    assertThat(of(registry, "db")).hasSizeGreaterThan(30);

    tasks.close();
    db.close();

    await().untilAsserted(() -> assertThat(registry.getMeters()).isEmpty());
  }

  @Test
  void poolThatWasBuiltWithoutTheListener_isMeasuredWithoutTimersAndEndsAllTheSame() {
    tasks.bindTo(registry);
    connections.bindTo(registry);
    AdvancedPool own = AdvancedPool.create();
    ConnectionPool<Object> db = ConnectionPool.builder(Object::new).minSize(1).build();
    tasks.add("own", own);
    connections.add("db", db);
    assertThat(gauge(registry, "pools.advanced.workers.max", "own")).isEqualTo(5);
    assertThat(gauge(registry, "pools.connection.min", "db")).isEqualTo(1);
    assertThat(registry.getMeters())
        .noneMatch(io.micrometer.core.instrument.Timer.class::isInstance);

    own.shutdownNow();
    db.stop().join();

    await().untilAsserted(() -> assertThat(registry.getMeters()).isEmpty());
  }

  @Test
  void poolThatIsCreatedAgainUnderItsName_isMeasuredAgain() throws Exception {
    tasks.bindTo(registry);
    connections.bindTo(registry);
    for (int i = 1; i <= 3; i++) {
      AdvancedPool reports = tasks("reports");
      ConnectionPool<Object> tenant = connections("tenant", i);

      assertThat(gauge(registry, "pools.advanced.workers.max", "reports")).isEqualTo(1);
      assertThat(gauge(registry, "pools.connection.size", "tenant")).isEqualTo(i);
      assertThat(counter(registry, "pools.connection.creations", "tenant")).isEqualTo(i);
      tenant.acquire().close();
      reports.submit(() -> 1).join();
      assertThat(counter(registry, "pools.connection.acquired", "tenant")).isEqualTo(1);
      int round = i;
      await()
          .untilAsserted(
              () ->
                  assertThat(
                          registry
                              .get("pools.advanced.task.run")
                              .tag("pool", "reports")
                              .timer()
                              .count())
                      .as("round " + round)
                      .isEqualTo(1));

      reports.close();
      tenant.close();
      await().untilAsserted(() -> assertThat(registry.getMeters()).isEmpty());
    }
  }

  @Test
  void connectionPoolThatIsStartedAgain_isMeasuredAgainAndItsCountersBeginAnew() throws Exception {
    connections.bindTo(registry);
    ConnectionPool<Object> db = connections("db", 2);
    db.acquire().close();
    db.stop().join();
    await().untilAsserted(() -> assertThat(registry.getMeters()).isEmpty());

    db.start().join();

    await().untilAsserted(() -> assertThat(of(registry, "db")).isNotEmpty());
    assertThat(gauge(registry, "pools.connection.size", "db")).isEqualTo(2);
    assertThat(counter(registry, "pools.connection.acquired", "db")).isZero();
    db.acquire().close();
    assertThat(counter(registry, "pools.connection.acquired", "db")).isEqualTo(1);
    assertThat(registry.get("pools.connection.usage").timer().count()).isEqualTo(1);
    db.close();
  }

  @Test
  void poolThatTakesOverWhileTheOldOneDrains_isAddedToItAndNoCounterGoesDown() throws Exception {
    tasks.bindTo(registry);
    AdvancedPool old = tasks("reports");
    CountDownLatch gate = new CountDownLatch(1);
    old.submit(() -> 1).join();
    old.submit(() -> gate.await(30, TimeUnit.SECONDS));
    old.shutdown();
    AdvancedPool next = tasks("reports");
    next.submit(() -> 1).join();

    await()
        .untilAsserted(
            () -> assertThat(gauge(registry, "pools.advanced.active", "reports")).isEqualTo(1));
    assertThat(counter(registry, "pools.advanced.submitted", "reports")).isEqualTo(3);
    assertThat(gauge(registry, "pools.advanced.workers.max", "reports")).isEqualTo(2);

    gate.countDown();
    await()
        .untilAsserted(
            () ->
                assertThat(gauge(registry, "pools.advanced.workers.max", "reports")).isEqualTo(1));
    assertThat(counter(registry, "pools.advanced.submitted", "reports")).isEqualTo(3);
    next.close();
    await().untilAsserted(() -> assertThat(registry.getMeters()).isEmpty());
  }

  @Test
  void noPoolIsKept_neitherAClosedOneNorOneThatItsUserForgets() throws Exception {
    tasks.bindTo(registry);
    connections.bindTo(registry);
    List<WeakReference<?>> references = pools();

    await()
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(
            () -> {
              System.gc();
              assertThat(references).allMatch(reference -> reference.get() == null);
            });
    await().untilAsserted(() -> assertThat(registry.getMeters()).isEmpty());
  }

  /** In a method of its own, so that no local variable keeps them. */
  private List<WeakReference<?>> pools() throws Exception {
    AdvancedPool closed = tasks("closed");
    closed.submit(() -> 1).join();
    closed.close();
    AdvancedPool forgotten = tasks("forgotten");
    forgotten.submit(() -> 1).join();
    ConnectionPool<Object> stopped = connections("stopped", 1);
    stopped.acquire().close();
    stopped.close();
    ConnectionPool<Object> left = ConnectionPool.builder(Object::new).name("left").build();
    connections.add("left", left);
    return List.of(
        new WeakReference<>(closed),
        new WeakReference<>(forgotten),
        new WeakReference<>(stopped),
        new WeakReference<>(left));
  }

  @Test
  void registryThatIsDropped_isNotKeptByAPool() {
    AdvancedPool pool = AdvancedPool.create();
    WeakReference<MeterRegistry> reference = boundAndClosed(pool);

    await()
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(
            () -> {
              System.gc();
              assertThat(reference.get()).isNull();
            });
    pool.shutdownNow();
  }

  private static WeakReference<MeterRegistry> boundAndClosed(AdvancedPool pool) {
    MeterRegistry registry = new SimpleMeterRegistry();
    AdvancedPoolMetrics metrics = new AdvancedPoolMetrics(true);
    metrics.bindTo(registry);
    metrics.add("reports", pool);
    metrics.close();
    return new WeakReference<>(registry);
  }

  @Test
  void twoBindersOfOneRegistry_shareTheMetersOfOneName() throws Exception {
    ConnectionPoolMetrics others = new ConnectionPoolMetrics(false);
    connections.bindTo(registry);
    others.bindTo(registry);
    ConnectionPool<Object> mine = connections("db", 2);
    ConnectionPool<Object> theirs =
        ConnectionPool.builder(Object::new).minSize(3).listener(others.listenerFor("db")).build();
    others.add("db", theirs);
    theirs.start().join();

    assertThat(gauge(registry, "pools.connection.size", "db")).isEqualTo(5);
    mine.acquire().close();
    theirs.acquire().close();
    assertThat(registry.get("pools.connection.usage").timer().count()).isEqualTo(2);

    mine.close();
    await()
        .untilAsserted(
            () -> assertThat(gauge(registry, "pools.connection.size", "db")).isEqualTo(3));
    theirs.acquire().close();
    assertThat(registry.get("pools.connection.usage").timer().count()).isEqualTo(3);
    assertThat(counter(registry, "pools.connection.acquired", "db")).isEqualTo(3);
    others.close();
    assertThat(registry.getMeters()).isEmpty();
    theirs.close();
  }

  @Test
  void metersOfARegistry_areListedOnceForAllPools() {
    AtomicInteger lists = new AtomicInteger();
    MeterRegistry counting =
        new SimpleMeterRegistry() {
          @Override
          public List<Meter> getMeters() {
            lists.incrementAndGet();
            return super.getMeters();
          }
        };
    tasks.bindTo(counting);
    List<AdvancedPool> pools = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      pools.add(tasks("pool-" + i));
    }
    for (int i = 0; i < 10; i++) {
      tasks.remove("pool-" + i, pools.get(i));
      pools.get(i).shutdownNow();
    }

    assertThat(lists).hasValue(1);
    assertThat(counting.getMeters()).isEmpty();
  }

  @Test
  void metersOfOthers_stayWhereTheyAre() {
    Gauge.builder("executor.active", () -> 42).tag("name", "reports").register(registry);
    tasks.bindTo(registry);
    AdvancedPool pool = tasks("reports");

    tasks.remove("reports", pool);

    assertThat(Registries.meters(registry)).containsExactly("executor.active");
    assertThat(registry.get("executor.active").gauge().value()).isEqualTo(42);
    pool.shutdownNow();
  }

  @Test
  void meterOfAnotherType_costsThatMeterOnly() {
    registry.counter("pools.advanced.active", "pool", "reports");
    tasks.bindTo(registry);

    AdvancedPool pool = tasks("reports");

    assertThat(of(registry, "reports")).contains("pools.advanced.qsize");
    pool.close();
    await()
        .untilAsserted(
            () -> assertThat(Registries.meters(registry)).containsExactly("pools.advanced.active"));
  }

  @Test
  void filtersThatDenyRenameAndMerge_areObeyedAndLeaveNothingBehind() {
    registry
        .config()
        .commonTags("application", "shop")
        .meterFilter(MeterFilter.denyNameStartsWith("pools.advanced.task"))
        .meterFilter(MeterFilter.renameTag("pools.connection", "pool", "pool.name"))
        .meterFilter(
            new MeterFilter() {
              @Override
              public Meter.Id map(Meter.Id id) {
                return id.getName().equals("executor.queued") ? id.withName("queued") : id;
              }
            });
    tasks.bindTo(registry);
    connections.bindTo(registry);
    AdvancedPool reports = tasks("reports");
    ConnectionPool<Object> db = connections("db", 2);

    assertThat(Registries.meters(registry))
        .doesNotContain("pools.advanced.tasks", "pools.advanced.task.run", "executor.queued")
        .contains("queued");
    assertThat(
            registry
                .get("pools.connection.size")
                .tags("application", "shop", "pool.name", "db")
                .gauge()
                .value())
        .isEqualTo(2);
    reports.close();
    db.close();
    await().untilAsserted(() -> assertThat(registry.getMeters()).isEmpty());
  }

  @Test
  void poolsThatAFilterMerges_takeOverFromEachOther() {
    registry.config().meterFilter(MeterFilter.ignoreTags("pool"));
    connections.bindTo(registry);
    ConnectionPool<Object> one = connections("one", 1);
    ConnectionPool<Object> two = connections("two", 2);
    assertThat(registry.get("pools.connection.size").gauge().value()).isEqualTo(1);

    one.close();

    await()
        .untilAsserted(
            () -> assertThat(registry.get("pools.connection.size").gauge().value()).isEqualTo(2));
    two.close();
    await().untilAsserted(() -> assertThat(registry.getMeters()).isEmpty());
  }

  @Test
  void filterThatThrows_harmsNoPool() {
    registry
        .config()
        .meterFilter(
            new MeterFilter() {
              @Override
              public Meter.Id map(Meter.Id id) {
                if (id.getName().startsWith("executor")) {
                  throw new NoSuchMethodError("a filter of another version");
                }
                throw new IllegalStateException("a filter that fails");
              }
            });
    tasks.bindTo(registry);

    AdvancedPool pool = tasks("reports");

    assertThat(pool.submit(() -> 1).join()).isEqualTo(1);
    pool.close();
  }

  @Test
  void compositeRegistry_andItsPartsLoseThePoolThatEnds() throws Exception {
    PrometheusMeterRegistry prometheus = Registries.prometheus();
    CompositeMeterRegistry composite = new CompositeMeterRegistry();
    composite.add(prometheus).add(registry);
    tasks.bindTo(composite);
    connections.bindTo(composite);
    AdvancedPool reports = tasks("reports");
    ConnectionPool<Object> db = connections("db", 2);
    reports.submit(() -> 1).join();

    assertThat(prometheus.scrape())
        .contains("pools_connection_size_connections{pool=\"db\"} 2.0")
        .contains("db_client_connection_max{db_client_connection_pool_name=\"db\"} 2.0");
    assertThat(gauge(registry, "pools.connection.size", "db")).isEqualTo(2);
    PrometheusMeterRegistry late = Registries.prometheus();
    composite.add(late);
    assertThat(late.scrape()).contains("pools_connection_size_connections{pool=\"db\"} 2.0");

    reports.close();
    db.close();
    await()
        .untilAsserted(
            () -> {
              assertThat(composite.getMeters()).isEmpty();
              assertThat(registry.getMeters()).isEmpty();
              assertThat(prometheus.scrape()).isEmpty();
              assertThat(late.scrape()).isEmpty();
            });
  }

  @Test
  void severalRegistries_eachHaveAllMeters() throws Exception {
    SimpleMeterRegistry first = new SimpleMeterRegistry();
    connections.bindTo(first);
    ConnectionPool<Object> db = connections("db", 1);
    connections.bindTo(registry);
    connections.bindTo(registry);
    db.acquire().close();

    assertThat(Registries.meters(registry)).isEqualTo(Registries.meters(first)).isNotEmpty();
    assertThat(registry.get("pools.connection.usage").timer().count()).isEqualTo(1);
    assertThat(first.get("pools.connection.usage").timer().count()).isEqualTo(1);
    db.close();
  }

  @Test
  void registryThatWasCleared_hasAllMetersWhenBoundAgain() {
    tasks.bindTo(registry);
    AdvancedPool pool = tasks("reports");
    List<String> before = Registries.meters(registry);
    registry.clear();

    tasks.bindTo(registry);

    assertThat(Registries.meters(registry)).isEqualTo(before);
    pool.submit(() -> 1).join();
    await()
        .untilAsserted(
            () -> assertThat(registry.get("pools.advanced.task.run").timer().count()).isEqualTo(1));
    pool.close();
    await().untilAsserted(() -> assertThat(registry.getMeters()).isEmpty());
  }

  @Test
  void registryThatIsClosed_harmsNoPool() throws Exception {
    tasks.bindTo(registry);
    connections.bindTo(registry);
    AdvancedPool before = tasks("before");
    registry.close();

    AdvancedPool after = tasks("after");
    ConnectionPool<Object> db = connections("db", 1);

    assertThat(before.submit(() -> 1).join()).isEqualTo(1);
    assertThat(after.submit(() -> 1).join()).isEqualTo(1);
    db.acquire().close();
    before.close();
    after.close();
    db.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "with \"quotes\"",
        "a\\b",
        "line\nbreak",
        "{x}",
        "größe-π-😀",
        "a=b,c",
        "pool"
      })
  void names_areTagsAsTheyAre(String name) {
    PrometheusMeterRegistry prometheus = Registries.prometheus();
    connections.bindTo(prometheus);
    connections.bindTo(registry);
    ConnectionPool<Object> pool = ConnectionPool.builder(Object::new).minSize(1).build();
    connections.add(name, pool);
    pool.start().join();

    assertThat(gauge(registry, "pools.connection.size", name)).isEqualTo(1);
    assertThat(prometheus.scrape())
        .contains(
            "pools_connection_size_connections{pool=\""
                + name.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n")
                + "\"} 1.0");
    pool.close();
    await().untilAsserted(() -> assertThat(prometheus.getMeters()).isEmpty());
  }

  @Test
  void tasksThatWaitForAPlace_areMeasured() {
    tasks.bindTo(registry);
    CountDownLatch gate = new CountDownLatch(1);
    try (AdvancedPool pool =
        AdvancedPool.builder().name("reports").maxWorkers(1).queueCapacity(1).build()) {
      tasks.add("reports", pool);
      for (int i = 0; i < 5; i++) {
        pool.submit(() -> gate.await(30, TimeUnit.SECONDS));
      }

      await()
          .untilAsserted(
              () -> {
                Map<String, Double> values = executorGauges();
                assertThat(values)
                    .containsEntry("executor.admissions.waiting", 3.0)
                    .containsEntry("executor.queued", 1.0)
                    .containsEntry("executor.queue.remaining", 0.0)
                    .containsEntry("executor.active", 1.0)
                    .containsEntry("executor.pool.max", 1.0);
              });
      gate.countDown();
    }
  }

  private Map<String, Double> executorGauges() {
    return registry.find("executor.queued").gauges().isEmpty()
        ? Map.of()
        : registry.getMeters().stream()
            .filter(Gauge.class::isInstance)
            .filter(meter -> meter.getId().getName().startsWith("executor."))
            .collect(
                Collectors.toMap(
                    meter -> meter.getId().getName(),
                    meter -> ((Gauge) meter).value(),
                    (one, other) -> one,
                    TreeMap::new));
  }

  @Test
  void timersOfTasks_haveTheWaitsThatWereInVain() {
    tasks.bindTo(registry);
    CountDownLatch gate = new CountDownLatch(1);
    AdvancedPool pool = tasks("reports");
    pool.submit(() -> gate.await(30, TimeUnit.SECONDS));
    PoolFuture<Integer> late =
        pool.submit(() -> 1, TaskOptions.DEFAULT.withMaxQueueTime(Duration.ofMillis(50)));

    await().until(() -> pool.stats().oldestWait().toMillis() > 60);
    gate.countDown();
    await().until(late::isDone);

    await()
        .untilAsserted(
            () ->
                assertThat(
                        registry.get("pools.advanced.task.wait").timer().max(TimeUnit.MILLISECONDS))
                    .isGreaterThanOrEqualTo(50));
    assertThat(registry.get("executor.idle").timer().count()).isEqualTo(1);
    pool.close();
  }

  @Test
  void metricsThatWereClosed_registerNothingAnyMore() {
    tasks.bindTo(registry);
    AdvancedPool pool = tasks("reports");

    tasks.close();
    tasks.bindTo(registry);
    tasks.add("other", pool);

    assertThat(registry.getMeters()).isEmpty();
    assertThat(pool.submit(() -> 1).join()).isEqualTo(1);
    pool.close();
  }
}

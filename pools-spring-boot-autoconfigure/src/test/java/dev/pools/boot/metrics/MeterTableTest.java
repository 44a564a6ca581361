package dev.pools.boot.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ExecutorServiceMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.proto.metrics.v1.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The meters are those of docs/meters.md, in each registry. */
class MeterTableTest {

  private static final Path TABLE = Path.of("..", "docs", "meters.md");

  /** What the client of Prometheus strips from, or adds to, a name. */
  private static final Set<String> RESERVED = Set.of("total", "created", "bucket", "info");

  private final AdvancedPoolMetrics tasks = new AdvancedPoolMetrics(true, true);
  private final ConnectionPoolMetrics connections = new ConnectionPoolMetrics(true);
  private final AdvancedPool printer =
      AdvancedPool.builder().name("printer").listener(tasks.listenerFor("printer")).build();
  private final ConnectionPool<Object> ledger =
      ConnectionPool.builder(Object::new)
          .name("ledger")
          .listener(connections.listenerFor("ledger"))
          .build();

  @AfterEach
  void closePools() {
    printer.close();
    ledger.close();
  }

  private <R extends MeterRegistry> R measured(R registry) {
    tasks.bindTo(registry);
    connections.bindTo(registry);
    tasks.add("printer", printer);
    connections.add("ledger", ledger);
    return registry;
  }

  @Test
  void theTableListsAllMetersAsPrometheusShowsThem() throws IOException {
    PrometheusMeterRegistry registry = measured(Registries.prometheus());
    Map<String, String> descriptions = new TreeMap<>();
    registry
        .scrape()
        .lines()
        .filter(line -> line.startsWith("# HELP "))
        .map(line -> line.split(" ", 4))
        .forEach(help -> descriptions.put(help[2], help[3]));

    List<String> rows = rows(registry, descriptions);

    assertThat(Files.readAllLines(TABLE).stream().filter(line -> line.startsWith("| `")).toList())
        .as("The rows of docs/meters.md must be:%n%s", String.join("\n", rows))
        .containsExactlyInAnyOrderElementsOf(rows);
  }

  @Test
  void readmeSaysHowManyMetersThereAre() throws IOException {
    assertThat(Files.readString(Path.of("..", "README.md")))
        .contains(
            "%d meters for each task pool and %d for each connection pool"
                .formatted(ofOurs("pools.advanced."), ofOurs("pools.connection.")));
  }

  private long ofOurs(String prefix) {
    return Registries.meters(measured(new SimpleMeterRegistry())).stream()
        .filter(name -> name.startsWith(prefix))
        .distinct()
        .count();
  }

  /** One row for each name: meter, type, tags, unit, meaning, name on Prometheus. */
  private static List<String> rows(
      PrometheusMeterRegistry registry, Map<String, String> descriptions) {
    Map<String, List<Meter>> byName =
        registry.getMeters().stream()
            .collect(
                Collectors.groupingBy(
                    meter -> meter.getId().getName(), TreeMap::new, Collectors.toList()));
    List<String> rows = new ArrayList<>();
    byName.forEach(
        (name, meters) -> {
          Meter.Id id = meters.get(0).getId();
          String shown = id.getConventionName(registry.config().namingConvention());
          String exported = id.getType() == Meter.Type.COUNTER ? shown + "_total" : shown;
          assertThat(descriptions).as(name).containsEntry(exported, id.getDescription());
          rows.add(
              "| `%s` | %s | %s | %s | %s | `%s` |"
                  .formatted(
                      name,
                      meters.get(0) instanceof Timer
                          ? "timer"
                          : id.getType().name().toLowerCase(Locale.ROOT),
                      tags(meters),
                      id.getType() == Meter.Type.TIMER ? "seconds" : id.getBaseUnit(),
                      id.getDescription(),
                      exported));
        });
    return rows;
  }

  private static String tags(List<Meter> meters) {
    Map<String, Set<String>> values = new LinkedHashMap<>();
    for (Meter meter : meters) {
      for (Tag tag : meter.getId().getTags()) {
        values.computeIfAbsent(tag.getKey(), key -> new TreeSet<>()).add(tag.getValue());
      }
    }
    return values.entrySet().stream()
        .map(
            tag ->
                tag.getValue().size() == 1
                    ? "`" + tag.getKey() + "`"
                    : "`%s` (%s)".formatted(tag.getKey(), String.join(", ", tag.getValue())))
        .collect(Collectors.joining(", "));
  }

  @Test
  void eachGaugeAndCounterHasAUnitAndEachMeterADescription() {
    SimpleMeterRegistry registry = measured(new SimpleMeterRegistry());

    assertThat(registry.getMeters())
        .hasSizeGreaterThan(60)
        .allSatisfy(
            meter -> {
              assertThat(meter.getId().getBaseUnit()).as("unit of " + meter.getId()).isNotBlank();
              assertThat(meter.getId().getDescription())
                  .as("description of " + meter.getId())
                  .isNotBlank();
            });
  }

  @Test
  void noNameHasASuffixThatPrometheusReserves() {
    SimpleMeterRegistry registry = measured(new SimpleMeterRegistry());

    assertThat(Registries.meters(registry))
        .allSatisfy(
            name ->
                assertThat(RESERVED)
                    .as(name)
                    .doesNotContain(name.substring(name.lastIndexOf('.') + 1)));
  }

  @Test
  void openTelemetrysNames_sayWhatThePoolDoes() {
    try (AdvancedPool bounded =
        AdvancedPool.builder()
            .name("bounded")
            .minWorkers(1)
            .maxWorkers(3)
            .queueCapacity(7)
            .build()) {
      PrometheusMeterRegistry registry = measured(Registries.prometheus());
      tasks.add("bounded", bounded);
      bounded.submit(() -> "printed").join();

      String tags =
          "{jvm_executor_name=\"bounded\",jvm_executor_type=\"dev.pools.task.AdvancedPool\"";
      assertThat(registry.scrape().lines())
          .contains(
              "jvm_executor_queue_capacity" + tags + "} 7.0",
              "jvm_executor_queue_size" + tags + "} 0.0",
              "jvm_executor_thread_core" + tags + "} 1.0",
              "jvm_executor_thread_limit" + tags + "} 3.0",
              "jvm_executor_task_completed_total" + tags + "} 1.0",
              "jvm_executor_task_rejected_total" + tags + "} 0.0")
          .anyMatch(line -> isThreadCount(line, "active"))
          .anyMatch(line -> isThreadCount(line, "idle"));
    }
  }

  private static boolean isThreadCount(String line, String state) {
    return line.startsWith(
        "jvm_executor_thread_count{jvm_executor_name=\"bounded\",jvm_executor_thread_state=\""
            + state
            + "\",jvm_executor_type=\"dev.pools.task.AdvancedPool\"} ");
  }

  @Test
  void capacityThatIsNoLimit_hasNoNumberUnderOpenTelemetrysName() {
    SimpleMeterRegistry registry = measured(new SimpleMeterRegistry());

    assertThat(registry.get("jvm.executor.queue.capacity").gauge().value()).isNaN();
  }

  @Test
  void eachMeterHasANameOfItsOwnOnPrometheus() {
    PrometheusMeterRegistry registry = measured(Registries.prometheus());
    Map<String, Set<String>> meters = new TreeMap<>();
    for (Meter meter : registry.getMeters()) {
      String name = meter.getId().getConventionName(registry.config().namingConvention());
      Set<String> samples =
          switch (meter.getId().getType()) {
            case COUNTER -> Set.of(name + "_total", name + "_created");
            case TIMER -> Set.of(name + "_count", name + "_sum", name + "_max", name + "_bucket");
            default -> Set.of(name);
          };
      for (String sample : samples) {
        meters.computeIfAbsent(sample, ignored -> new TreeSet<>()).add(meter.getId().getName());
      }
    }

    assertThat(meters).allSatisfy((sample, names) -> assertThat(names).as(sample).hasSize(1));
  }

  @Test
  void otlpIsSentTheSameMetersWithTheirUnits() {
    Registries.Otlp otlp = new Registries.Otlp();
    measured(otlp.registry);
    Map<String, String> expected = new TreeMap<>();
    for (Meter meter : otlp.registry.getMeters()) {
      expected.put(meter.getId().getName(), described(meter));
    }

    Map<String, String> sent = new TreeMap<>();
    for (Metric metric : otlp.send()) {
      String type =
          metric.hasGauge()
              ? "gauge"
              : metric.hasSum() ? "sum" : metric.hasHistogram() ? "histogram" : "?";
      sent.put(metric.getName(), type + " in " + metric.getUnit() + ": " + metric.getDescription());
    }

    // From Micrometer 1.17 on, each timer also has its longest duration as a gauge.
    Map<String, String> shown = new TreeMap<>(sent);
    shown.keySet().removeIf(name -> isMaxOfATimer(name, expected.keySet()));
    assertThat(shown).isEqualTo(expected);
    assertThat(sent)
        .containsEntry(
            "db.client.connection.count",
            "gauge in {connection}: The number of connections that are in the state described by the state attribute")
        .containsEntry(
            "db.client.connection.pending_requests",
            "gauge in {request}: The number of current pending requests for an open connection");
  }

  private static boolean isMaxOfATimer(String name, Set<String> meters) {
    return name.endsWith(".max")
        && !meters.contains(name)
        && meters.contains(name.substring(0, name.length() - ".max".length()));
  }

  private static String described(Meter meter) {
    String type =
        meter instanceof Timer
            ? "histogram"
            : meter.getId().getType() == Meter.Type.COUNTER ? "sum" : "gauge";
    String unit =
        meter instanceof Timer || meter instanceof TimeGauge
            ? "milliseconds"
            : meter.getId().getBaseUnit();
    return type + " in " + unit + ": " + meter.getId().getDescription();
  }

  @Test
  void executorMetersAreThoseOfMicrometer() {
    ExecutorService executor = Executors.newFixedThreadPool(1);
    try {
      PrometheusMeterRegistry theirs = Registries.prometheus();
      ExecutorServiceMetrics.monitor(theirs, executor, "printer");
      PrometheusMeterRegistry ours = measured(Registries.prometheus());

      Map<String, String> missing = samples(theirs);
      missing.keySet().removeAll(samples(ours).keySet());
      assertThat(missing).isEmpty();
      assertThat(ours.scrape())
          .contains("executor_active_threads{name=\"printer\"} ")
          .contains("executor_idle_seconds_count{name=\"printer\"} ")
          .contains("executor_admissions_waiting_tasks{name=\"printer\"} ");
      for (Meter meter : theirs.getMeters()) {
        if (!(meter instanceof Timer)) {
          Meter.Id own = ours.get(meter.getId().getName()).meter().getId();
          assertThat(own.getDescription()).isEqualTo(meter.getId().getDescription());
          assertThat(own.getBaseUnit()).isEqualTo(meter.getId().getBaseUnit());
        }
      }
    } finally {
      executor.shutdownNow();
    }
  }

  /** By name with tags. */
  private static Map<String, String> samples(PrometheusMeterRegistry registry) {
    Map<String, String> samples = new TreeMap<>();
    registry
        .scrape()
        .lines()
        .filter(line -> !line.startsWith("#"))
        .forEach(line -> samples.put(line.replaceAll(" [^ ]*$", ""), line));
    return samples;
  }
}

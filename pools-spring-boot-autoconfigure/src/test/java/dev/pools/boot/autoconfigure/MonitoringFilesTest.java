package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The dashboard and the alert rules name metrics, labels and settings that exist. */
class MonitoringFilesTest {

  private static final Path DOCS = Path.of("..", "docs");
  private static final Path DASHBOARD = DOCS.resolve("monitoring/grafana-dashboard.json");
  private static final Path ALERTS = DOCS.resolve("monitoring/prometheus-alerts.yml");

  /** Prometheus adds these to each sample. */
  private static final Set<String> OF_PROMETHEUS = Set.of("job", "instance");

  private static final Pattern SAMPLE = Pattern.compile("(\\w+)(?:\\{(.*)})? \\S+");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  /** The values of each label, by metric. */
  private static Map<String, Map<String, Set<String>>> scraped() {
    Map<String, Map<String, Set<String>>> samples = new TreeMap<>();
    new ScrapedContext()
        .with("management.metrics.distribution.percentiles-histogram.pools=true")
        .run(
            registry ->
                registry
                    .scrape()
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .forEach(line -> addSample(line, samples)));
    return samples;
  }

  private static void addSample(String line, Map<String, Map<String, Set<String>>> samples) {
    Matcher sample = SAMPLE.matcher(line);
    assertThat(sample.matches()).as(line).isTrue();
    Map<String, Set<String>> labels =
        samples.computeIfAbsent(sample.group(1), name -> new TreeMap<>());
    Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
    while (label.find()) {
      labels.computeIfAbsent(label.group(1), key -> new TreeSet<>()).add(label.group(2));
    }
  }

  private static List<Map<String, Object>> rules() throws IOException {
    List<Map<String, Object>> rules = new ArrayList<>();
    try (InputStream file = Files.newInputStream(ALERTS)) {
      Map<String, List<Map<String, List<Map<String, Object>>>>> content = new Yaml().load(file);
      content.get("groups").forEach(group -> rules.addAll(group.get("rules")));
    }
    return rules;
  }

  private static JsonNode dashboard() throws IOException {
    return new ObjectMapper().readTree(Files.readString(DASHBOARD));
  }

  /** Each query of the dashboard, by the title of its panel or the name of its variable. */
  private static Map<String, List<String>> queries() throws IOException {
    Map<String, List<String>> queries = new TreeMap<>();
    for (JsonNode panel : dashboard().get("panels")) {
      for (JsonNode target : panel.path("targets")) {
        queries
            .computeIfAbsent(panel.get("title").asString(), title -> new ArrayList<>())
            .add(target.get("expr").asString());
      }
    }
    for (JsonNode variable : dashboard().get("templating").get("list")) {
      if (variable.has("definition")) {
        queries.put(
            variable.get("name").asString(), List.of(variable.get("definition").asString()));
      }
    }
    return queries;
  }

  @Test
  void dashboardNamesMetricsAndLabelsOfAScrape() throws IOException {
    Map<String, Map<String, Set<String>>> scraped = scraped();

    assertThat(queries())
        .hasSizeGreaterThan(30)
        .allSatisfy(
            (panel, expressions) ->
                assertThat(expressions)
                    .allSatisfy(expression -> PromQl.of(expression).check(scraped)));
  }

  @Test
  void alertsNameMetricsAndLabelsOfAScrape() throws IOException {
    Map<String, Map<String, Set<String>>> scraped = scraped();

    assertThat(rules())
        .hasSizeGreaterThan(15)
        .allSatisfy(
            rule -> {
              PromQl expression = PromQl.of(rule.get("expr").toString());
              expression.check(scraped);
              Set<String> known = expression.labelsOfTheResult(scraped);
              Map<?, ?> annotations = (Map<?, ?>) rule.get("annotations");
              Matcher shown =
                  Pattern.compile("\\$labels\\.(\\w+)").matcher(String.valueOf(annotations));
              while (shown.find()) {
                assertThat(known).as("labels of %s", rule.get("alert")).contains(shown.group(1));
              }
            });
  }

  @Test
  void eachAlertHasANameOfItsOwn_aSeverityAndTextsWithACure() throws IOException {
    String settings = Files.readString(DOCS.resolve("settings.md"));

    assertThat(rules()).extracting(rule -> rule.get("alert")).doesNotHaveDuplicates();
    assertThat(rules())
        .allSatisfy(
            rule -> {
              Map<?, ?> annotations = (Map<?, ?>) rule.get("annotations");
              assertThat(((Map<?, ?>) rule.get("labels")).get("severity"))
                  .isIn("critical", "warning");
              assertThat(annotations.get("summary").toString())
                  .contains("{{ $labels.pool }}", "{{ $labels.instance }}");
              // A growth of a counter has a window; each reading of a gauge must last.
              if (!rule.get("expr").toString().startsWith("increase(")) {
                assertThat(rule.get("for")).as("%s", rule.get("alert")).isNotNull();
              }
              Matcher setting =
                  Pattern.compile("`([\\w-]+-[\\w-]+)`")
                      .matcher(annotations.get("description").toString());
              while (setting.find()) {
                assertThat(settings).contains("| `" + setting.group(1) + "` |");
              }
            });
  }

  @Test
  void eachAlert_isInTheDocument() throws IOException {
    String document = Files.readString(DOCS.resolve("monitoring.md"));

    assertThat(rules())
        .allSatisfy(
            rule ->
                assertThat(document)
                    .contains(
                        "| `%s` | %s | %s |"
                            .formatted(
                                rule.get("alert"),
                                ((Map<?, ?>) rule.get("labels")).get("severity"),
                                rule.getOrDefault("for", "-"))));
  }

  @Test
  void dashboardShowsWhatAnOperatorNeeds() throws IOException {
    String all = queries().values().toString();

    assertThat(all)
        .contains(
            "pools_advanced_active_tasks",
            "pools_advanced_workers_max_threads",
            "histogram_quantile(0.5, sum by (instance, pool, le) (rate(pools_advanced_task_wait_",
            "histogram_quantile(0.99, sum by (instance, pool, le) (rate(pools_advanced_task_wait_",
            "pools_advanced_tasks_total",
            "pools_advanced_stuck_tasks",
            "pools_connection_in_use_connections",
            "pools_connection_idle_connections",
            "pools_connection_waiting_callers",
            "histogram_quantile(0.99, sum by (instance, pool, le) (rate(pools_connection_acquire_",
            "pools_connection_create_failures_total",
            "pools_connection_timeouts_total",
            "pools_connection_leaks_total");
  }

  @Test
  void dashboardCanBeImportedIntoAnyGrafana() throws IOException {
    JsonNode dashboard = dashboard();
    Set<Integer> ids = new HashSet<>();
    Map<String, String> places = new HashMap<>();

    assertThat(dashboard.get("id").isNull()).isTrue();
    for (JsonNode panel : dashboard.get("panels")) {
      String title = panel.get("title").asString();
      assertThat(ids.add(panel.get("id").asInt())).as(title).isTrue();
      assertThat(places.putIfAbsent(panel.get("gridPos").toString(), title)).isNull();
      Consumer<JsonNode> sourceIsChosen =
          node ->
              assertThat(node.get("datasource").get("uid").asString())
                  .as(title)
                  .isEqualTo("${datasource}");
      if (panel.has("targets")) {
        sourceIsChosen.accept(panel);
        panel.get("targets").forEach(sourceIsChosen);
        assertThat(panel.get("description").asString()).as(title).isNotBlank();
      }
    }
  }

  @Test
  void wrongNamesAreFound() {
    Map<String, Map<String, Set<String>>> scraped =
        Map.of("a_total", Map.of("outcome", Set.of("failed"), "pool", Set.of("printer")));

    assertThat(
            PromQl.of("sum by (pool) (rate(a_total{outcome=\"failed\"}[5m])) > 0.1")
                .faults(scraped))
        .isEmpty();
    assertThat(PromQl.of("a > 0").faults(scraped)).containsExactly("no metric a");
    assertThat(PromQl.of("a_total{out=\"failed\"}").faults(scraped))
        .containsExactly("no label out of a_total");
    assertThat(PromQl.of("a_total{outcome=\"lost\"}").faults(scraped))
        .containsExactly("no value lost of outcome of a_total");
    assertThat(PromQl.of("a_total{outcome=~\"failed|lost\"}").faults(scraped))
        .containsExactly("no value lost of outcome of a_total");
    assertThat(PromQl.of("sum by (pol) (a_total)").faults(scraped))
        .containsExactly("no label pol to group by");
    assertThat(PromQl.of("label_values({__name__=~\"a_total|b\"}, job)").faults(scraped))
        .containsExactly("no metric b");
  }

  /** The names in an expression of Prometheus, or in a variable's query of Grafana. */
  private record PromQl(
      String text,
      Set<String> metrics,
      List<Selection> selections,
      Set<String> groupings,
      boolean isGrouped) {

    private record Selection(String metric, String label, String operator, String value) {}

    private static final Set<String> WORDS =
        Set.of("and", "or", "unless", "bool", "offset", "inf", "nan");
    private static final Set<String> GROUPINGS =
        Set.of("by", "without", "on", "ignoring", "group_left", "group_right");
    private static final Pattern TOKEN =
        Pattern.compile("\"[^\"]*\"|\\[[^]]*]|[A-Za-z_]\\w*|[0-9.]+[a-z]*|=~|!~|!=|[^\\s\"\\[\\w]");

    static PromQl of(String text) {
      PromQl names =
          new PromQl(
              text,
              new TreeSet<>(),
              new ArrayList<>(),
              new TreeSet<>(),
              Pattern.compile("\\bby \\(").matcher(text).find());
      List<String> tokens = TOKEN.matcher(text).results().map(found -> found.group()).toList();
      String metric = "";
      boolean inBraces = false;
      boolean inGrouping = false;
      boolean inLabelValues = false;
      for (int i = 0; i < tokens.size(); i++) {
        String token = tokens.get(i);
        if (!token.matches("[A-Za-z_]\\w*|[{})]")) {
          continue;
        }
        String next = i + 1 < tokens.size() ? tokens.get(i + 1) : "";
        if (token.equals("{") || token.equals("}")) {
          inBraces = token.equals("{");
          metric = inBraces && i > 0 && tokens.get(i - 1).matches("\\w+") ? metric : "";
        } else if (token.equals(")")) {
          inGrouping = false;
        } else if (inBraces && token.equals("__name__")) {
          names.metrics.addAll(alternatives(unquoted(tokens.get(i + 2))));
        } else if (inBraces) {
          names.selections.add(new Selection(metric, token, next, unquoted(tokens.get(i + 2))));
        } else if (inGrouping || (inLabelValues && next.equals(")"))) {
          names.groupings.add(token);
        } else if (GROUPINGS.contains(token)) {
          inGrouping = true;
        } else if (next.equals("(")) {
          inLabelValues |= token.equals("label_values");
        } else if (!WORDS.contains(token) && !GROUPINGS.contains(next) && !next.equals("by")) {
          metric = token;
          names.metrics.add(token);
        }
      }
      return names;
    }

    private static List<String> alternatives(String values) {
      return List.of(values.split("\\|", -1));
    }

    private static String unquoted(String token) {
      return token.substring(1, token.length() - 1);
    }

    void check(Map<String, Map<String, Set<String>>> scraped) {
      assertThat(metrics).as(text).isNotEmpty();
      assertThat(faults(scraped)).as(text).isEmpty();
    }

    List<String> faults(Map<String, Map<String, Set<String>>> scraped) {
      List<String> faults = new ArrayList<>();
      for (String metric : metrics) {
        if (!scraped.containsKey(metric)) {
          faults.add("no metric " + metric);
        }
      }
      for (Selection selection : selections) {
        Map<String, Set<String>> labels = scraped.get(selection.metric);
        if (labels == null || OF_PROMETHEUS.contains(selection.label)) {
          continue;
        }
        Set<String> values = labels.get(selection.label);
        if (values == null) {
          faults.add("no label " + selection.label + " of " + selection.metric);
        } else if (!selection.value.startsWith("$")) {
          for (String value : alternatives(selection.value)) {
            if (!values.contains(value)) {
              faults.add(
                  "no value %s of %s of %s".formatted(value, selection.label, selection.metric));
            }
          }
        }
      }
      Set<String> known = labelsOfTheMetrics(scraped);
      for (String grouping : groupings) {
        if (!known.contains(grouping)) {
          faults.add("no label " + grouping + " to group by");
        }
      }
      return faults;
    }

    private Set<String> labelsOfTheMetrics(Map<String, Map<String, Set<String>>> scraped) {
      Set<String> known = new HashSet<>(OF_PROMETHEUS);
      metrics.forEach(metric -> known.addAll(scraped.getOrDefault(metric, Map.of()).keySet()));
      return known;
    }

    Set<String> labelsOfTheResult(Map<String, Map<String, Set<String>>> scraped) {
      return isGrouped ? groupings : labelsOfTheMetrics(scraped);
    }
  }
}

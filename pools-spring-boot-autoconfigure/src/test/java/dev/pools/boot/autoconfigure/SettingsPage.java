package dev.pools.boot.autoconfigure;

import dev.pools.boot.endpoint.PoolType;
import dev.pools.connection.ConnectionFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/**
 * The text of docs/settings.md. Names, types, defaults and descriptions are those that an editor
 * shows. The ranges are those that the errors of an application name.
 */
final class SettingsPage {

  private static final String HEAD =
      """
      # Settings

      All settings of the starter. This page is generated from the comments of the properties classes. The build checks it; this command writes it again:

      ```sh
      %s
      ```

      - Each setting of a pool can be set under `pools.advanced.instances.<name>` (or `pools.connection.instances.<name>`), under
        `….bases.<base>` for the pools that name this base, and under `….defaults` for all pools of its kind. The first of these that has a value applies.
      - A duration has a unit: `500ms`, `5s`, `10m`, `1h`. A number alone means milliseconds. Choices can be written in any case, with hyphens or underscores.
      - A value out of its range, or a name that is not on this page, stops the application at startup; the error names the property, its file and line,
        and the fix.
      - Settings with "yes" in the last column can also change while the application runs: through the [endpoint](endpoint.md), over JMX and by a [refresh](starter.md#change-without-restart) of Spring Cloud, and by `reconfigure`.
        Those with "by a refresh" change by a refresh only. The others take effect when the application starts, and so does `queue-capacity` of a pool that has started without a bound.
      """;

  /** The sentence that says when to change a setting begins with one of these words. */
  private static final Pattern WHEN =
      Pattern.compile("(?:^|(?<=[.] ))(?:Set it|Raise it|Lower it|Change it)\\b");

  private static final Pattern RANGE =
      Pattern.compile("-1\\S*, but must be (.+?)\\.(?:\\s|$)", Pattern.DOTALL);

  private final Metadata metadata;

  SettingsPage(Metadata metadata) {
    this.metadata = metadata;
  }

  /** The whole page. */
  String text(String command) {
    StringBuilder page = new StringBuilder(HEAD.formatted(command));
    section(page, "Task pools", "pools.advanced.defaults.", "pools.advanced.instances.<name>.");
    section(
        page,
        "Connection pools",
        "pools.connection.defaults.",
        "pools.connection.instances.<name>.");
    page.append("\n## The whole application\n");
    head(page);
    metadata
        .properties()
        .forEach(
            (name, property) -> {
              if (!name.contains(".defaults.")) {
                row(page, name, name, property);
              }
            });
    return page.toString();
  }

  private void section(StringBuilder page, String title, String prefix, String shown) {
    page.append("\n## %s: `%s…`\n".formatted(title, shown));
    head(page);
    metadata
        .properties()
        .forEach(
            (name, property) -> {
              if (name.startsWith(prefix)) {
                row(page, name.substring(prefix.length()), name, property);
              }
            });
  }

  private static void head(StringBuilder page) {
    page.append(
        """

        | property | type | default | range | purpose | when to change it | at run time |
        | --- | --- | --- | --- | --- | --- | --- |
        """);
  }

  private void row(StringBuilder page, String shown, String name, Map<String, Object> property) {
    String description = String.valueOf(property.get("description")).replace("|", "\\|");
    page.append(
        "| `%s` | %s | %s | %s | %s | %s | %s |\n"
            .formatted(
                shown,
                type(name, property),
                defaultOf(property),
                range(name, property),
                marked(purpose(description)),
                marked(when(description)),
                atRunTime(name, shown)));
  }

  private static String atRunTime(String name, String setting) {
    if (!name.contains(".defaults.")) {
      return "";
    }
    PoolType type =
        name.startsWith("pools.connection.defaults.") ? PoolType.CONNECTION : PoolType.ADVANCED;
    return type.changeable().contains(PoolName.camel(setting))
        ? "yes"
        : setting.startsWith("alarms.") ? "by a refresh" : "";
  }

  /** With the names of properties as code. */
  private String marked(String text) {
    Set<String> names = new LinkedHashSet<>();
    for (String property : metadata.properties().keySet()) {
      String name = property.substring(property.lastIndexOf('.') + 1);
      if (name.contains("-")) {
        names.add(name);
      }
    }
    return Pattern.compile(
            "(?<![\\w.-])(%s|[a-z]+(?:\\.[a-z*]+){2,})(?![\\w-])"
                .formatted(String.join("|", names)))
        .matcher(text)
        .replaceAll("`$1`");
  }

  static String purpose(String description) {
    Matcher when = WHEN.matcher(description);
    return when.find() ? description.substring(0, when.start()).strip() : description;
  }

  static String when(String description) {
    Matcher when = WHEN.matcher(description);
    return when.find() ? description.substring(when.start()) : "";
  }

  private String type(String name, Map<String, Object> property) {
    if (target(name) != null) {
      return "bean";
    }
    Class<?> type = typeOf(property);
    if (type == null || Map.class.isAssignableFrom(type)) {
      return "map";
    }
    if (type.isEnum()) {
      return "choice";
    }
    return switch (type.getSimpleName()) {
      case "Integer", "Long" -> "whole number";
      case "Double" -> "number";
      case "String" -> "name";
      default -> type.getSimpleName().toLowerCase(Locale.ROOT);
    };
  }

  /** The type of the bean whose name the property is; null if it is something else. */
  private @Nullable String target(String name) {
    Map<String, Object> hint = metadata.hints().get(name);
    String text = String.valueOf(hint);
    Matcher target = Pattern.compile("target=[\\w.]*\\.(\\w+)").matcher(text);
    return target.find() ? target.group(1) : null;
  }

  private static @Nullable Class<?> typeOf(Map<String, Object> property) {
    String type = String.valueOf(property.get("type")).replaceAll("<.*", "");
    try {
      return Class.forName(type);
    } catch (ClassNotFoundException noClass) {
      throw new AssertionError(noClass);
    }
  }

  private static String defaultOf(Map<String, Object> property) {
    Object value = property.get("defaultValue");
    if (value == null) {
      return "";
    }
    boolean unlimited = value.equals(Integer.MAX_VALUE);
    return "`%s`%s".formatted(value, unlimited ? " (no limit)" : "");
  }

  private String range(String name, Map<String, Object> property) {
    Class<?> type = Objects.requireNonNull(typeOf(property));
    if (type.isEnum()) {
      return Arrays.stream(type.getEnumConstants())
          .map(
              value ->
                  "`"
                      + PoolName.kebab(value.toString().toLowerCase(Locale.ROOT)).replace('_', '-')
                      + "`")
          .collect(Collectors.joining(", "));
    }
    String target = target(name);
    if (target != null) {
      return "a `" + target + "`";
    }
    boolean isNumber = Number.class.isAssignableFrom(type);
    if (!isNumber && type != Duration.class) {
      return "";
    }
    String failure =
        failure(name.replace(".defaults.", ".instances.one."), isNumber ? "-1" : "-1s");
    if (failure.isEmpty()) {
      return "any";
    }
    Matcher range = RANGE.matcher(failure);
    if (!range.find()) {
      throw new AssertionError("no range of " + name + " in: " + failure);
    }
    return range.group(1).replaceAll(", which is .*", "");
  }

  /** What an application is told that has this value; empty if it starts. */
  private static String failure(String name, String value) {
    AtomicReference<String> told = new AtomicReference<>("");
    new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(
                PoolsAutoConfiguration.class,
                PoolsAlarmsAutoConfiguration.class,
                PoolsHealthAutoConfiguration.class))
        .withBean(ConnectionFactory.class, () -> (ConnectionFactory<Object>) arguments -> "")
        .withPropertyValues(name + "=" + value)
        .run(
            context -> {
              Throwable failure = context.getStartupFailure();
              while (failure != null && !(failure instanceof InvalidPoolException)) {
                failure = failure.getCause();
              }
              if (failure != null) {
                told.set(failure.getMessage());
              }
            });
    return told.get();
  }
}

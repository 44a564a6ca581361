package dev.pools.boot.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;

/**
 * Says what the placeholders in a value stand for, and where that is set: {@code max-workers:
 * ${SIZE}} may be invalid because of a variable that is not set, or has another value than
 * expected.
 */
final class Placeholders {

  private static final String OPEN = "${";

  private final Environment environment;

  Placeholders(Environment environment) {
    this.environment = environment;
  }

  /** A placeholder as it is written, without its braces. */
  private record Placeholder(String name, @Nullable String usual) {

    String written() {
      return Secrets.shown("", OPEN + name + (usual == null ? "" : ":" + usual) + "}");
    }

    boolean isSecret() {
      return Secrets.isSecret(name);
    }
  }

  /** Where a property is set and what its placeholders are; for the end of a description. */
  String line(ConfigurationProperty property) {
    List<String> lines = new ArrayList<>();
    for (Placeholder placeholder : all(property)) {
      lines.add("    Placeholder: " + description(placeholder));
    }
    String origin = Origins.line(property);
    if (lines.isEmpty()) {
      return origin;
    }
    String separator = System.lineSeparator();
    return (origin.isEmpty() ? separator : origin) + separator + String.join(separator, lines);
  }

  /** How to give a value to the placeholders that have none; empty if all have one. */
  String cure(ConfigurationProperty property) {
    List<String> unset = new ArrayList<>();
    for (Placeholder placeholder : all(property)) {
      if (placeholder.usual == null && find(placeholder.name) == null) {
        unset.add(placeholder.name);
      }
    }
    return unset.isEmpty()
        ? ""
        : "Set %s, or write a default as in ${%s:value}. "
            .formatted(String.join(" and ", unset), unset.get(0));
  }

  /** Whether a value comes from a property whose name is that of a secret. */
  boolean isSecret(ConfigurationProperty property) {
    return all(property).stream().anyMatch(Placeholder::isSecret);
  }

  /** The value with all placeholders replaced that have a value, as it may be shown. */
  String shown(String name, ConfigurationProperty property) {
    String value = property.getValue().toString();
    if (isSecret(property)) {
      return Secrets.HIDDEN;
    }
    try {
      return Secrets.shown(name, environment.resolvePlaceholders(value));
    } catch (RuntimeException circular) {
      return Secrets.shown(name, value);
    }
  }

  private String description(Placeholder placeholder) {
    PropertySource<?> source = find(placeholder.name);
    if (source != null) {
      return "%s is '%s' (%s)"
          .formatted(
              placeholder.written(),
              Secrets.shown(placeholder.name, source.getProperty(placeholder.name)),
              PropertySourceOrigin.get(source, placeholder.name));
    }
    return placeholder.usual == null
        ? placeholder.written() + " is not set"
        : "%s is not set and has its default".formatted(placeholder.written());
  }

  private @Nullable PropertySource<?> find(String name) {
    if (environment instanceof ConfigurableEnvironment configurable) {
      for (PropertySource<?> source : configurable.getPropertySources()) {
        if (source.getProperty(name) != null) {
          return source;
        }
      }
    }
    return null;
  }

  // ---- What is written

  /** All placeholders of a value, and of the values that they stand for, each once. */
  private Set<Placeholder> all(ConfigurationProperty property) {
    Set<Placeholder> all = new LinkedHashSet<>();
    add(property.getValue(), all);
    return all;
  }

  private void add(@Nullable Object value, Set<Placeholder> all) {
    if (!(value instanceof CharSequence)) {
      return;
    }
    String text = value.toString();
    int start = text.indexOf(OPEN);
    while (start >= 0) {
      int end = end(text, start + OPEN.length());
      if (end < 0) {
        return;
      }
      addOne(text.substring(start + OPEN.length(), end), all);
      start = text.indexOf(OPEN, end);
    }
  }

  private void addOne(String content, Set<Placeholder> all) {
    int colon = content.indexOf(':');
    Placeholder placeholder =
        colon < 0
            ? new Placeholder(content, null)
            : new Placeholder(content.substring(0, colon), content.substring(colon + 1));
    if (!all.add(placeholder)) {
      return;
    }
    PropertySource<?> source = find(placeholder.name);
    add(source == null ? placeholder.usual : source.getProperty(placeholder.name), all);
  }

  /** The brace that closes a placeholder; negative if there is none. */
  private static int end(String text, int from) {
    int open = 1;
    for (int i = from; i < text.length(); i++) {
      char character = text.charAt(i);
      if (character == '{') {
        open++;
      } else if (character == '}' && --open == 0) {
        return i;
      }
    }
    return -1;
  }
}

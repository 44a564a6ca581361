package dev.pools.benchmarks;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;

/**
 * One place in a grid: a mode, and the numbers that it is measured with. Written {@code
 * tasks/execute/threads=platform/work=0us/submitters=4/workers=2}.
 *
 * @param part {@code tasks} or {@code connections}
 * @param mode how the pool is used
 * @param settings names and values, in the order in which they are written
 */
record Cell(String part, String mode, Map<String, String> settings) {

  Cell {
    requireWord("part", part);
    requireWord("mode", mode);
    settings.forEach(
        (name, value) -> {
          requireWord("name of a setting", name);
          requireWord("value of " + name, value);
        });
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  private static void requireWord(String what, String word) {
    if (word.isEmpty() || word.indexOf('/') >= 0 || word.indexOf('=') >= 0) {
      throw new IllegalArgumentException(
          "The %s is '%s', but must be a word without '/' and '='.".formatted(what, word));
    }
  }

  /** Reads what {@link #toString()} writes. */
  static Cell parse(String text) {
    String[] steps = text.split("/", -1);
    if (steps.length < 2) {
      throw new IllegalArgumentException(
          "'%s' is no cell: write part/mode/name=value/…, as 'tasks/execute/submitters=4'."
              .formatted(text));
    }
    Map<String, String> settings = new LinkedHashMap<>();
    for (int step = 2; step < steps.length; step++) {
      String setting = steps[step];
      int equals = setting.indexOf('=');
      if (equals < 0) {
        throw new IllegalArgumentException(
            "'%s' in cell '%s' is no setting: write name=value.".formatted(setting, text));
      }
      String name = setting.substring(0, equals);
      if (settings.put(name, setting.substring(equals + 1)) != null) {
        throw new IllegalArgumentException(
            "Cell '%s' sets %s twice. Set it once.".formatted(text, name));
      }
    }
    return new Cell(steps[0], steps[1], settings);
  }

  /** The value of a setting. */
  String setting(String name) {
    String value = settings.get(name);
    if (value == null) {
      throw new IllegalArgumentException("Cell '%s' has no setting %s.".formatted(this, name));
    }
    return value;
  }

  /** The value of a setting that is a number, with its unit left out. */
  int number(String name) {
    String value = setting(name);
    try {
      return Integer.parseInt(value.replaceFirst("(us|ms)$", ""));
    } catch (NumberFormatException notNumeric) {
      throw new IllegalArgumentException(
          "%s is '%s' in cell '%s', but must be a number.".formatted(name, value, this),
          notNumeric);
    }
  }

  /** The settings as they are written, without part and mode. */
  String numbers() {
    StringJoiner text = new StringJoiner("/");
    settings.forEach((name, value) -> text.add(name + "=" + value));
    return text.toString();
  }

  @Override
  public String toString() {
    return settings.isEmpty() ? part + "/" + mode : part + "/" + mode + "/" + numbers();
  }
}

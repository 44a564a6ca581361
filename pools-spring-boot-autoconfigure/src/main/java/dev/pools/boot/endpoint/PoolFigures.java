package dev.pools.boot.endpoint;

import dev.pools.internal.Faults;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of a snapshot, by name, as they are shown: a duration is a whole number of
 * milliseconds, and its name ends in {@code Millis}.
 */
final class PoolFigures {

  private PoolFigures() {}

  /** Reads a public record, without its name. */
  static Map<String, Object> of(Record stats) {
    Map<String, Object> figures = new LinkedHashMap<>();
    for (RecordComponent component : stats.getClass().getRecordComponents()) {
      if (!component.getName().equals("name")) {
        put(figures, component.getName(), read(stats, component));
      }
    }
    return figures;
  }

  /** Reads some numbers only. */
  static Map<String, Object> of(Record stats, Collection<String> names) {
    Map<String, Object> figures = new LinkedHashMap<>();
    for (RecordComponent component : stats.getClass().getRecordComponents()) {
      if (names.contains(component.getName())) {
        put(figures, component.getName(), read(stats, component));
      }
    }
    return figures;
  }

  private static @Nullable Object read(Record stats, RecordComponent component) {
    try {
      return component.getAccessor().invoke(stats);
    } catch (ReflectiveOperationException notReadable) {
      throw new IllegalStateException(notReadable);
    }
  }

  private static void put(Map<String, Object> figures, String name, @Nullable Object value) {
    if (value instanceof Duration duration) {
      figures.put(name + "Millis", millis(duration));
    } else if (value instanceof Number || value instanceof Boolean) {
      figures.put(name, value);
    } else if (value instanceof Enum<?> choice) {
      figures.put(name, choice.name());
    } else if (value instanceof Throwable fault) {
      figures.put(name, Faults.describeObject(fault));
    } else if (value instanceof Map<?, ?> counts) {
      Map<String, Object> byReason = new LinkedHashMap<>();
      counts.forEach(
          (reason, count) ->
              byReason.put(
                  String.valueOf(reason).toLowerCase(Locale.ROOT).replace('_', '-'), count));
      figures.put(name, byReason);
    }
  }

  /** A duration of any length in milliseconds. */
  static long millis(Duration duration) {
    try {
      return duration.toMillis();
    } catch (ArithmeticException tooLong) {
      return duration.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }
}

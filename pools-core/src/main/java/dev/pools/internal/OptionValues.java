package dev.pools.internal;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads a record of options, so that it can be shown: each plain value, by its name. */
public final class OptionValues {

  private OptionValues() {}

  /**
   * Returns the numbers, flags, durations and choices of a record and of the records in it, in
   * their order. Everything else is left out: it may be an object of the user, and no method of
   * such an object is called.
   */
  public static Map<String, Object> of(Record options) {
    Map<String, Object> values = new LinkedHashMap<>();
    add(options, values);
    return values;
  }

  private static void add(Record options, Map<String, Object> values) {
    for (RecordComponent component : options.getClass().getRecordComponents()) {
      Object value = read(options, component);
      if (value instanceof Number
          || value instanceof Boolean
          || value instanceof Duration
          || value instanceof Enum<?>) {
        values.put(component.getName(), value);
      } else if (value instanceof Record group
          && group.getClass().getPackage() == options.getClass().getPackage()) {
        add(group, values);
      }
    }
  }

  private static Object read(Record options, RecordComponent component) {
    try {
      component.getAccessor().setAccessible(true);
      Object value = component.getAccessor().invoke(options);
      return value == null ? "" : value;
    } catch (ReflectiveOperationException notReadable) {
      return "";
    }
  }
}

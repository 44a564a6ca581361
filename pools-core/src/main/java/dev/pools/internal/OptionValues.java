package dev.pools.internal;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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

  /** Creates a change of a value. */
  public interface Change<C> {

    /** The value of this name was this before, and is that after. */
    C of(String name, Object before, Object after);
  }

  /** What differs between the values of two records of one type, in their order. */
  public static <C> List<C> changes(Record before, Record after, Change<C> change) {
    List<C> changes = new ArrayList<>();
    Map<String, Object> values = of(after);
    of(before)
        .forEach(
            (option, value) -> {
              Object now = values.get(option);
              if (now != null && !now.equals(value)) {
                changes.add(change.of(option, value, now));
              }
            });
    return List.copyOf(changes);
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

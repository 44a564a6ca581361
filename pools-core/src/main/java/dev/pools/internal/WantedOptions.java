package dev.pools.internal;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** The options that a change of a running pool names, each with the value to set. */
public final class WantedOptions {

  private final Map<String, Class<?>> types;
  private final Map<String, Object> values;

  /**
   * No option yet.
   *
   * @param types the options that can change, in the order of messages, each with its type
   */
  public WantedOptions(Map<String, Class<?>> types) {
    this(types, new LinkedHashMap<>());
  }

  private WantedOptions(Map<String, Class<?>> types, Map<String, Object> values) {
    this.types = types;
    this.values = values;
  }

  /** Sets an option that can change, to a value of its type. */
  public void put(String option, Object value) {
    values.put(option, Objects.requireNonNull(value, option));
  }

  /**
   * Sets an option, after a look at its name and the type of the value.
   *
   * @throws IllegalArgumentException if no option of this name can change, or the value has another
   *     type
   */
  public void set(String option, Object value) {
    Objects.requireNonNull(value, option);
    Class<?> type = types.get(option);
    if (type == null) {
      throw new IllegalArgumentException(
          "%s cannot change while the pool runs. The options that can are %s."
              .formatted(option, String.join(", ", types.keySet())));
    }
    if (!type.isInstance(value)) {
      throw new IllegalArgumentException(
          "%s is of type %s, but must be of type %s."
              .formatted(option, value.getClass().getSimpleName(), type.getSimpleName()));
    }
    values.put(option, value);
  }

  /** The value to set, or the given one if the change does not name the option. */
  // Each value has the type of its option: see put and set.
  @SuppressWarnings("unchecked")
  public <V> V or(String option, V otherwise) {
    return (V) values.getOrDefault(option, otherwise);
  }

  /** A copy, which later changes of this object leave as it is. */
  public WantedOptions copy() {
    return new WantedOptions(types, Map.copyOf(values));
  }
}

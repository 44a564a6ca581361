package dev.pools;

import dev.pools.internal.Faults;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Arguments of a call: values by position, and values by parameter name. Immutable, so any thread
 * may use it; the values themselves may be mutable. A value may be null, a name may not.
 *
 * <p>A text that a pool shows (exception, log, health) hides the values of arguments whose names
 * look like a secret (password, token, key and the like), and all texts given by position except
 * addresses. Give by name what an error message should show, such as a host or a schema. Texts of
 * fewer than 4 characters are not hidden.
 *
 * <p>Two are equal if their values are, by position and by name, whatever the order of the names.
 */
public final class Arguments {

  private static final Arguments NONE = new Arguments(List.of(), Map.of());

  private final List<@Nullable Object> positional;
  private final Map<String, @Nullable Object> named;

  private Arguments(List<@Nullable Object> positional, Map<String, @Nullable Object> named) {
    this.positional = positional;
    this.named = named;
  }

  /** No arguments. */
  public static Arguments none() {
    return NONE;
  }

  /** Arguments by position. */
  public static Arguments of(@Nullable Object... positional) {
    return ofList(Arrays.asList(positional));
  }

  /** Arguments by position; the list is copied. */
  public static Arguments ofList(List<? extends @Nullable Object> positional) {
    return new Arguments(
        Collections.unmodifiableList(new ArrayList<@Nullable Object>(positional)), Map.of());
  }

  /** Arguments by name; the map is copied, in its order. */
  public static Arguments named(Map<String, ? extends @Nullable Object> named) {
    return NONE.andAll(named);
  }

  /** One argument by name. */
  public static Arguments named(String name, @Nullable Object value) {
    return NONE.and(name, value);
  }

  /**
   * These arguments and one more by name.
   *
   * @throws IllegalArgumentException if the name is given already
   */
  public Arguments and(String name, @Nullable Object value) {
    Map<String, @Nullable Object> more = new LinkedHashMap<>(named);
    add(more, name, value);
    return new Arguments(positional, Collections.unmodifiableMap(more));
  }

  /**
   * These arguments and more by name.
   *
   * @throws IllegalArgumentException if one of the names is given already
   */
  public Arguments andAll(Map<String, ? extends @Nullable Object> others) {
    Map<String, @Nullable Object> more = new LinkedHashMap<>(named);
    others.forEach((name, value) -> add(more, name, value));
    return new Arguments(positional, Collections.unmodifiableMap(more));
  }

  private static void add(
      Map<String, @Nullable Object> named, String name, @Nullable Object value) {
    Objects.requireNonNull(name, "name");
    if (named.containsKey(name)) {
      throw new IllegalArgumentException(
          "The argument '%s' is given twice. Give it once.".formatted(name));
    }
    named.put(name, value);
  }

  /** The values by position; cannot be changed. */
  public List<@Nullable Object> positional() {
    return positional;
  }

  /** The values by name, in the order in which they were given; cannot be changed. */
  public Map<String, @Nullable Object> named() {
    return named;
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return positional.isEmpty() && named.isEmpty();
  }

  /**
   * The value at a position.
   *
   * @param index from 0
   * @param type what it must be; of a primitive type and its box either will do, but null is of no
   *     primitive type
   * @throws ArgumentsMismatchException if there is none, or it is of another type
   */
  public <V> @Nullable V get(int index, Class<V> type) {
    if (index < 0 || index >= positional.size()) {
      throw new ArgumentsMismatchException(
          "There is no argument %d: %s given by position, counted from 0."
              .formatted(index, Faults.count(positional.size(), "is", "are")));
    }
    return cast("argument " + index, positional.get(index), type);
  }

  /**
   * The value of a name.
   *
   * @param type as in {@link #get(int, Class)}
   * @throws ArgumentsMismatchException if there is none, or it is of another type
   */
  public <V> @Nullable V get(String name, Class<V> type) {
    if (!named.containsKey(name)) {
      String closest = ClosestName.to(name, named.keySet());
      throw new ArgumentsMismatchException(
          "There is no argument '%s'%s: given by name are %s."
              .formatted(
                  name,
                  closest == null ? "" : " (did you mean '" + closest + "'?)",
                  named.keySet()));
    }
    return cast("argument '" + name + "'", named.get(name), type);
  }

  @SuppressWarnings("unchecked")
  private static <V> @Nullable V cast(String which, @Nullable Object value, Class<V> type) {
    if (value == null ? type.isPrimitive() : !Conversion.boxed(type).isInstance(value)) {
      throw new ArgumentsMismatchException(
          "The %s is %s, but %s was asked for."
              .formatted(
                  which,
                  value == null ? "null" : "a " + value.getClass().getName(),
                  type.getName()));
    }
    return (V) value;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Arguments that
        && positional.equals(that.positional)
        && named.equals(that.named);
  }

  @Override
  public int hashCode() {
    return 31 * positional.hashCode() + named.hashCode();
  }

  /** How many there are, and their names. Values are not shown: they may be passwords. */
  @Override
  public String toString() {
    List<String> all = new ArrayList<>();
    if (!positional.isEmpty()) {
      all.add(positional.size() + " by position");
    }
    if (!named.isEmpty()) {
      all.add("by name: " + String.join(", ", named.keySet()));
    }
    return all.isEmpty() ? "(no arguments)" : "(" + String.join("; ", all) + ")";
  }
}

package dev.pools.boot.autoconfigure;

import dev.pools.OptionChange;
import dev.pools.connection.ConnectionPool;
import dev.pools.internal.Faults;
import dev.pools.task.AdvancedPool;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Changes the options of pools of both kinds by their names. */
final class PoolOptions {

  private static final String LEAST = "minWorkers";
  private static final String MOST = "maxWorkers";

  private PoolOptions() {}

  /**
   * Says what would change.
   *
   * @throws IllegalArgumentException if a value is out of its range
   */
  static List<OptionChange> preview(Object pool, Map<String, Object> options) {
    if (pool instanceof ConnectionPool<?> connections) {
      return connections.preview(change -> options.forEach(change::set));
    }
    Map<String, Object> before = ((AdvancedPool) pool).options();
    List<OptionChange> changes = new ArrayList<>();
    options.forEach(
        (option, value) -> {
          Object now = before.get(option);
          // A stand-in of a test has no options.
          if (now != null && !now.equals(value)) {
            changes.add(new OptionChange(option, now, value));
          }
        });
    Map<String, Object> after = new LinkedHashMap<>(before);
    after.putAll(options);
    if (number(after, LEAST) > number(after, MOST)) {
      throw new IllegalArgumentException(
          "minWorkers is %d, but must be from 0 to maxWorkers, which is %d."
              .formatted(number(after, LEAST), number(after, MOST)));
    }
    return changes;
  }

  /**
   * Changes options of a pool, all at once.
   *
   * @throws IllegalArgumentException if a value is out of its range; nothing has changed
   */
  static List<OptionChange> change(Object pool, Map<String, Object> options) {
    if (pool instanceof ConnectionPool<?> connections) {
      return connections.reconfigure(change -> options.forEach(change::set));
    }
    List<OptionChange> changes = preview(pool, options);
    if (!changes.isEmpty()) {
      Map<String, Object> after = new LinkedHashMap<>(((AdvancedPool) pool).options());
      after.putAll(options);
      ((AdvancedPool) pool).resize(number(after, LEAST), number(after, MOST));
    }
    return changes;
  }

  /**
   * Changes options of several pools: all of them, or none if one rejects its change.
   *
   * @return what has changed in each pool
   * @throws IllegalArgumentException if a value is out of its range; all pools have the options
   *     again that they had
   */
  static Map<Object, List<OptionChange>> changeAll(Map<Object, Map<String, Object>> wanted) {
    Map<Object, List<OptionChange>> made = new LinkedHashMap<>();
    try {
      wanted.forEach((pool, options) -> made.put(pool, change(pool, options)));
    } catch (RuntimeException | Error rejected) {
      made.forEach(
          (pool, changes) ->
              Faults.guard(
                  PoolOptions.class, "The return to earlier options", () -> undo(pool, changes)));
      throw rejected;
    }
    return made;
  }

  /** Gives options the values that they had before a change. */
  static void undo(Object pool, List<OptionChange> made) {
    Map<String, Object> before = new LinkedHashMap<>();
    made.forEach(change -> before.put(change.option(), change.before()));
    change(pool, before);
  }

  private static int number(Map<String, Object> options, String option) {
    return options.get(option) instanceof Integer number ? number : 0;
  }
}

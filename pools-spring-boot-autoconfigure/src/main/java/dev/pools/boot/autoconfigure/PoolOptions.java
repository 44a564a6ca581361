package dev.pools.boot.autoconfigure;

import dev.pools.OptionChange;
import dev.pools.connection.ConnectionPool;
import dev.pools.internal.Faults;
import dev.pools.task.AdvancedPool;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Changes the options of pools of both kinds by their names. */
final class PoolOptions {

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
    return ((AdvancedPool) pool).preview(change -> options.forEach(change::set));
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
    return ((AdvancedPool) pool).reconfigure(change -> options.forEach(change::set));
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
}

package dev.pools.boot.autoconfigure;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets no refresh of the configuration miss a pool whose bean is being created on another thread.
 *
 * <p>Spring shows a bean when its creation is over. Until then a refresh cannot tell whether the
 * creation has read the settings already. So each creation is noted here, and a change of a pool
 * meets it in one of these states. The lock is held when one state ends and the next begins.
 *
 * <ol>
 *   <li>The creation has not begun: the change is written to the settings, and the creation reads
 *       it.
 *   <li>The creation goes on: the change waits. The creating thread writes it to the settings when
 *       it has read them, and applies it to the pool; changes that come meanwhile follow in their
 *       order. So no creation reads settings that are half changed.
 *   <li>The pool is built, whether Spring shows it or not: the refresh gets it from here and
 *       applies the change itself.
 * </ol>
 *
 * <p>Neither a creation nor a change of a pool runs under the lock.
 *
 * <p>It also keeps what customizers have set: once a pool is built, its settings and its options
 * change, and cannot tell that any more.
 */
final class PoolsInCreation {

  /** A change of the settings of one pool. */
  interface Change {
    /** Writes it to the settings from which the pool is created. Runs under the lock. */
    void write();

    /** Applies it to the pool, which was built without it. Throws nothing. */
    void apply(Object pool);
  }

  // Guarded by this.
  private final Map<String, List<Change>> inCreation = new HashMap<>();

  /** Weak, so that a pool whose bean could not be completed is collected. Guarded by this. */
  private final Map<String, WeakReference<Object>> built = new HashMap<>();

  /** What customizers have set, by the names of the pools. Guarded by this. */
  private final Map<String, Map<String, Object>> customized = new HashMap<>();

  /**
   * Creates a pool.
   *
   * @param name the name of the pool's bean
   * @param creation reads the settings and builds the pool
   */
  <P> P create(String name, Supplier<? extends P> creation) {
    begin(name);
    P pool;
    try {
      pool = creation.get();
    } catch (RuntimeException | Error failed) {
      end(name);
      throw failed;
    }
    List<Change> changes = next(name, pool);
    while (!changes.isEmpty()) {
      changes.forEach(change -> change.apply(pool));
      changes = next(name, pool);
    }
    return pool;
  }

  private synchronized void begin(String name) {
    built.remove(name);
    inCreation.put(name, new ArrayList<>());
  }

  /** The creation has failed. The next one finds the new settings. */
  private synchronized void end(String name) {
    written(inCreation.remove(name));
  }

  /** The changes that have waited. If there are none, the creation is over. */
  private synchronized List<Change> next(String name, Object pool) {
    List<Change> waiting = written(inCreation.remove(name));
    if (waiting.isEmpty()) {
      built.put(name, new WeakReference<>(pool));
    } else {
      inCreation.put(name, new ArrayList<>());
    }
    return waiting;
  }

  private static List<Change> written(@Nullable List<Change> waiting) {
    List<Change> changes = waiting == null ? List.of() : waiting;
    changes.forEach(Change::write);
    return changes;
  }

  /** Notes the options that customizers have set in a pool, during its creation. */
  synchronized void noteCustomized(String name, Map<String, Object> options) {
    customized.put(name, options);
  }

  /** The options that customizers have set in a pool, with the values that it was created with. */
  synchronized Map<String, Object> customized(String name) {
    return customized.getOrDefault(name, Map.of());
  }

  /** The pool, if it is built; null otherwise. */
  synchronized @Nullable Object built(String name) {
    WeakReference<Object> pool = built.get(name);
    return pool == null ? null : pool.get();
  }

  /**
   * Writes a change to the settings of a pool, or leaves it to the creation that goes on.
   *
   * @return the pool, if it is built and the caller has to apply the change; null otherwise
   */
  synchronized @Nullable Object add(String name, Change change) {
    List<Change> waiting = inCreation.get(name);
    if (waiting != null) {
      waiting.add(change);
      return null;
    }
    change.write();
    return built(name);
  }
}

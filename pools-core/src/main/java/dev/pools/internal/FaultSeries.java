package dev.pools.internal;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reports faults of user code that may be met as often as there are tasks or calls. Of each kind
 * one is let through in each minute, as {@link RareReports} does. Without this, a listener that
 * always fails would write a stack trace for each task.
 *
 * <p>Faults are of one kind if the same line tells them, the failing code is of the same class, and
 * so is what it has thrown. There is one series for each pool; it keeps names of classes only.
 *
 * <p>Like those of {@link Faults}, no method throws, and none may be called under a pool's lock.
 */
public final class FaultSeries {

  /** How many kinds are told apart; what throws new classes again and again has one in common. */
  static final int MOST_KINDS = 50;

  private static final String OTHERS = "";

  private final String pool;
  private final Time time;

  /** Guarded by this. Null before the first fault. */
  private @Nullable Map<String, RareReports> kinds;

  /** The faults of one pool; there are none so far. */
  public FaultSeries(String pool, Time time) {
    this.pool = pool;
    this.time = time;
  }

  /** The name of the pool. */
  public String pool() {
    return pool;
  }

  /**
   * Logs an error now and then; the others at DEBUG.
   *
   * @param code the user's object that has failed; null if the line says it
   * @param format as for {@link Faults#error}
   */
  public void error(
      Class<?> source,
      @Nullable Object code,
      @Nullable Throwable fault,
      String format,
      @Nullable Object... arguments) {
    try {
      RareReports.error(next(code, fault, format), source, fault, format, arguments);
    } catch (Throwable noMemory) {
      // As in Faults: the caller may owe something.
    }
  }

  /** As {@link #error}, as a warning. */
  public void warn(
      Class<?> source,
      @Nullable Object code,
      @Nullable Throwable fault,
      String format,
      @Nullable Object... arguments) {
    try {
      RareReports.warn(next(code, fault, format), source, fault, format, arguments);
    } catch (Throwable noMemory) {
      // As in error.
    }
  }

  /**
   * Runs an action, and reports what it throws.
   *
   * @param what names the action, as it follows the name of the pool: "a completion"
   */
  public void guard(Class<?> source, String what, Runnable action) {
    try {
      action.run();
    } catch (Throwable fault) {
      error(source, null, fault, "Pool '{}': {} failed", pool, what);
    }
  }

  /** As {@link RareReports#next}, of those of its kind. */
  private long next(@Nullable Object code, @Nullable Throwable fault, String format) {
    String name = format.concat(typeOf(code)).concat(typeOf(fault));
    synchronized (this) {
      Map<String, RareReports> known = kinds;
      if (known == null) {
        known = new HashMap<>();
        kinds = known;
      }
      RareReports kind = known.get(name);
      if (kind == null && known.size() >= MOST_KINDS) {
        known.values().removeIf(RareReports::isOver);
        name = known.size() < MOST_KINDS ? name : OTHERS;
        kind = known.get(name);
      }
      if (kind == null) {
        kind = new RareReports(time);
        known.put(name, kind);
      }
      return kind.next();
    }
  }

  private static String typeOf(@Nullable Object object) {
    return object == null ? "" : object.getClass().getName();
  }
}

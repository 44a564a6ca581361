package dev.pools.internal;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reports faults of user code that may be met as often as there are tasks or calls. Of each kind
 * the first fault is logged at once, and then one a minute at most, which says how many were not
 * logged since the one before. Without this, a listener that always fails would write a stack trace
 * for each task.
 *
 * <p>Faults are of one kind if the same line tells them, the failing code is of the same class, and
 * so is what it has thrown. There is one series for each pool; it keeps names of classes only.
 *
 * <p>Like those of {@link Faults}, no method throws, and none may be called under a pool's lock.
 */
public final class FaultSeries {

  /** How long faults of a kind are only counted after one was logged. */
  static final long PAUSE_NANOS = 60_000_000_000L;

  /** How many kinds are told apart; what throws new classes again and again has one in common. */
  static final int MOST_KINDS = 50;

  private static final String OTHERS = "";

  private static final String UNTOLD = " ({} since the last one that was logged; one a minute is)";

  /** What is known of the faults of one kind. */
  private static final class Kind {
    long toldNanos;
    long untold;

    boolean isOver(long nowNanos) {
      return untold == 0 && nowNanos - toldNanos >= PAUSE_NANOS;
    }
  }

  private final String pool;
  private final Time time;

  /** Guarded by this. Null before the first fault. */
  private @Nullable Map<String, Kind> kinds;

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
   * Logs an error, or counts it.
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
      long untold = take(code, fault, format);
      if (untold == 0) {
        Faults.error(source, fault, format, arguments);
      } else if (untold > 0) {
        Faults.error(source, fault, format.concat(UNTOLD), with(arguments, untold));
      }
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
      long untold = take(code, fault, format);
      if (untold == 0) {
        Faults.warn(source, fault, format, arguments);
      } else if (untold > 0) {
        Faults.warn(source, fault, format.concat(UNTOLD), with(arguments, untold));
      }
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

  /**
   * Counts a fault. Of those that threads meet at the same time, one is logged: it takes the count
   * and begins the next minute under the same hold of the lock.
   *
   * @return how many were not logged since the last one that was; negative if this one is not
   *     either
   */
  private long take(@Nullable Object code, @Nullable Throwable fault, String format) {
    String name = format.concat(typeOf(code)).concat(typeOf(fault));
    long now = time.nanoTime();
    synchronized (this) {
      Map<String, Kind> known = kinds;
      if (known == null) {
        known = new HashMap<>();
        kinds = known;
      }
      Kind kind = known.get(name);
      if (kind == null && known.size() >= MOST_KINDS) {
        known.values().removeIf(other -> other.isOver(now));
        name = known.size() < MOST_KINDS ? name : OTHERS;
        kind = known.get(name);
      }
      if (kind == null) {
        kind = new Kind();
        known.put(name, kind);
      } else if (now - kind.toldNanos < PAUSE_NANOS) {
        kind.untold++;
        return -1;
      }
      long untold = kind.untold;
      kind.toldNanos = now;
      kind.untold = 0;
      return untold;
    }
  }

  private static String typeOf(@Nullable Object object) {
    return object == null ? "" : object.getClass().getName();
  }

  private static @Nullable Object[] with(@Nullable Object[] arguments, long untold) {
    @Nullable Object[] all = new @Nullable Object[arguments.length + 1];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    all[arguments.length] = Faults.count(untold, "more such fault");
    return all;
  }
}

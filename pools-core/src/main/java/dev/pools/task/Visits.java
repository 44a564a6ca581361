package dev.pools.task;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The pools whose tasks the current thread runs, although it is not a worker of theirs: a caller
 * that runs its own task, or a thread that tells the listeners about a task, reads the inputs of a
 * map or completes its future. Such a thread must not wait for the end of these pools.
 *
 * <p>A thread keeps the pools' numbers in an array of its own. A number costs less to store than a
 * reference, which the garbage collector tracks, and keeps no pool reachable.
 */
final class Visits {

  /** The number of no pool. */
  private static final long NONE = 0;

  private static final AtomicLong NUMBERS = new AtomicLong(NONE);

  /** The visits of a thread, the innermost last; never empty. */
  private static final ThreadLocal<long[]> CURRENT = new Places();

  private static final class Places extends ThreadLocal<long[]> {

    @Override
    protected long[] initialValue() {
      return new long[1];
    }
  }

  /** What a visit has changed, and its end undoes. */
  enum Change {
    /** The thread was in no pool. */
    FIRST,
    /** The thread was in other pools. */
    INNER,
    /** The thread was already in this pool. */
    NOTHING
  }

  private Visits() {}

  /** A number for a new pool. */
  static long newNumber() {
    return NUMBERS.incrementAndGet();
  }

  /** The current thread's visits, for {@link #begin} and {@link #end}. */
  static long[] place() {
    return CURRENT.get();
  }

  /**
   * Begins a visit.
   *
   * @param place what {@link #place} has returned
   * @param pool the pool's number
   * @return what {@link #end} needs
   */
  static Change begin(long[] place, long pool) {
    if (place[0] == NONE) {
      place[0] = pool;
      return Change.FIRST;
    }
    return beginInner(place, pool);
  }

  private static Change beginInner(long[] place, long pool) {
    if (contains(place, pool)) {
      return Change.NOTHING;
    }
    long[] inner = Arrays.copyOf(place, place.length + 1);
    inner[place.length] = pool;
    CURRENT.set(inner);
    return Change.INNER;
  }

  /**
   * Ends a visit.
   *
   * @param place what {@link #place} returned before it began
   * @param change what {@link #begin} returned
   */
  static void end(long[] place, Change change) {
    switch (change) {
      case FIRST -> place[0] = NONE;
      case INNER -> CURRENT.set(place);
      case NOTHING -> {}
    }
  }

  /** Whether the current thread is inside of that pool. */
  static boolean isInside(long pool) {
    return contains(CURRENT.get(), pool);
  }

  private static boolean contains(long[] visits, long pool) {
    for (long visit : visits) {
      if (visit == pool) {
        return true;
      }
    }
    return false;
  }
}

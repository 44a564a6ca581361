package dev.pools.task;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The pools that the current thread is inside of, although it is not a worker of theirs: it is a
 * caller that runs its own task, or tells the listeners about a task, reads the inputs of a map or
 * completes its future. Such a thread must not wait for the end of these pools.
 *
 * <p>A thread keeps the pools' numbers in an array of its own. A number costs less to store than a
 * reference, which the garbage collector tracks, and keeps no pool reachable.
 */
final class EnteredPools {

  /** The number of no pool. */
  private static final long NONE = 0;

  private static final AtomicLong NUMBERS = new AtomicLong(NONE);

  /** The pools that a thread has entered, the innermost last; never empty. */
  private static final ThreadLocal<long[]> CURRENT = new Places();

  private static final class Places extends ThreadLocal<long[]> {

    @Override
    protected long[] initialValue() {
      return new long[1];
    }
  }

  /** What an entry has changed, which leaving undoes. */
  enum Entry {
    /** The thread was in no pool. */
    FIRST,
    /** The thread was in other pools. */
    INNER,
    /** The thread was already in this pool. */
    NOTHING
  }

  private EnteredPools() {}

  /** A number for a new pool. */
  static long newNumber() {
    return NUMBERS.incrementAndGet();
  }

  /** The pools of the current thread, for {@link #enter} and {@link #leave}. */
  static long[] place() {
    return CURRENT.get();
  }

  /**
   * The current thread enters a pool.
   *
   * @param place what {@link #place} has returned
   * @param pool the pool's number
   * @return what {@link #leave} needs
   */
  static Entry enter(long[] place, long pool) {
    if (place[0] == NONE) {
      place[0] = pool;
      return Entry.FIRST;
    }
    return enterInner(place, pool);
  }

  private static Entry enterInner(long[] place, long pool) {
    if (contains(place, pool)) {
      return Entry.NOTHING;
    }
    long[] inner = Arrays.copyOf(place, place.length + 1);
    inner[place.length] = pool;
    CURRENT.set(inner);
    return Entry.INNER;
  }

  /**
   * The current thread leaves a pool.
   *
   * @param place what {@link #place} returned before it entered
   * @param entry what {@link #enter} returned
   */
  static void leave(long[] place, Entry entry) {
    switch (entry) {
      case FIRST -> place[0] = NONE;
      case INNER -> CURRENT.set(place);
      case NOTHING -> {}
    }
  }

  /** Whether the current thread is inside of that pool. */
  static boolean isInside(long pool) {
    return contains(CURRENT.get(), pool);
  }

  private static boolean contains(long[] pools, long pool) {
    for (long entered : pools) {
      if (entered == pool) {
        return true;
      }
    }
    return false;
  }
}

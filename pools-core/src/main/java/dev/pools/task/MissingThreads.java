package dev.pools.task;

/**
 * The workers whose threads a factory of the user was asked for and has not delivered. They count
 * as free, because a thread comes as a rule; one that does not come is found by the looks at the
 * runs (see {@link RunWatch}). Guarded by the pool's lock.
 *
 * <pre>
 *   from     to       by
 *   ASKED    MISSED   a look that finds that the thread has not come
 *   MISSED   (none)   a look that finds that it has come, or that the worker was given up
 * </pre>
 */
final class MissingThreads {

  /** A thread that looks have missed for this long counts as missing. */
  static final long COUNTED_AFTER_NANOS = 1_000_000_000L;

  /** After this time the log says so. */
  static final long TOLD_AFTER_NANOS = PoolTimers.LISTENER_PATIENCE_NANOS;

  /** A pool in this state is not looked at any more. */
  private static final PoolState NOT_TOLD = PoolState.TERMINATED;

  private final WorkerSet workers;
  private PoolState toldIn = NOT_TOLD;
  private long longestNanos;

  // Written under the lock, read by anyone.
  private volatile int count;

  MissingThreads(WorkerSet workers) {
    this.workers = workers;
  }

  /**
   * Looks which threads have not come.
   *
   * @return whether one has not, however short the time may be
   */
  boolean look(long nowNanos) {
    boolean any = false;
    int counted = 0;
    longestNanos = 0;
    for (Worker worker : workers.present()) {
      boolean missedBefore = worker.missed;
      worker.missed = !worker.hasArrived();
      if (worker.missed) {
        worker.missedSinceNanos = missedBefore ? worker.missedSinceNanos : nowNanos;
        long nanos = nowNanos - worker.missedSinceNanos;
        any = true;
        longestNanos = Math.max(longestNanos, nanos);
        counted += nanos >= COUNTED_AFTER_NANOS ? 1 : 0;
      }
    }
    count = counted;
    if (longestNanos < TOLD_AFTER_NANOS) {
      toldIn = NOT_TOLD;
    }
    return any;
  }

  /** How many count as missing; any thread may ask. */
  int count() {
    return count;
  }

  /** For how long the longest has been missing. */
  long longestNanos() {
    return longestNanos;
  }

  /** Whether the log has to be told: once in each state of the pool, while a thread is missing. */
  boolean takeNews(PoolState state) {
    if (longestNanos < TOLD_AFTER_NANOS || toldIn == state) {
      return false;
    }
    toldIn = state;
    return true;
  }
}

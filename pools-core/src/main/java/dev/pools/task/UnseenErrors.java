package dev.pools.task;

import dev.pools.internal.Faults;
import org.jspecify.annotations.Nullable;

/**
 * Errors of tasks whose futures no thread waits for: a limited number of them goes where uncaught
 * exceptions go, and the others are counted. Created when the first one is met.
 */
final class UnseenErrors {

  /** How many are reported in a second, at most. */
  static final int MOST_PER_SECOND = 10;

  private static final long SECOND_NANOS = 1_000_000_000L;

  private final String pool;

  // Guarded by this.
  private long windowNanos;
  private int reported;
  private long suppressed;

  UnseenErrors(String pool, long nowNanos) {
    this.pool = pool;
    this.windowNanos = nowNanos;
  }

  /** Whether this one is reported. Then the log says how many were not since the last report. */
  boolean mayReport(@Nullable Throwable error, long nowNanos) {
    long left = 0;
    synchronized (this) {
      if (nowNanos - windowNanos >= SECOND_NANOS) {
        windowNanos = nowNanos;
        reported = 0;
      }
      if (reported >= MOST_PER_SECOND) {
        suppressed++;
        return false;
      }
      reported++;
      left = suppressed;
      suppressed = 0;
    }
    if (left > 0) {
      Faults.warn(
          UnseenErrors.class,
          null,
          "Pool '{}': before the error {}, {} more errors of tasks were not reported, because at most {} are reported in a second",
          pool,
          Faults.describe(error),
          left,
          MOST_PER_SECOND);
    }
    return true;
  }
}

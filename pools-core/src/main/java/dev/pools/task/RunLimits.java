package dev.pools.task;

import dev.pools.internal.Time;
import java.time.Duration;

/** The limits that the options of a pool set to the time of a run. */
final class RunLimits {

  /** The shortest time from one look to the next. */
  static final long SHORTEST_LOOK_NANOS = 1_000_000L;

  /** How many looks there are in the time of a limit. */
  private static final int LOOKS_PER_LIMIT = 4;

  private RunLimits() {}

  /** Whether a pool with these options watches how long runs take. */
  static boolean areSet(PoolOptions options) {
    return !options.stuckAfter().isZero() || !options.maxRunTime().isZero();
  }

  /** How long until the next look at the runs of such a pool, at most. */
  static long lookNanos(PoolOptions options) {
    return Math.min(lookNanos(options.stuckAfter()), lookNanos(options.maxRunTime()));
  }

  private static long lookNanos(Duration limit) {
    return limit.isZero()
        ? Long.MAX_VALUE
        : Math.max(SHORTEST_LOOK_NANOS, Time.nanos(limit) / LOOKS_PER_LIMIT);
  }
}

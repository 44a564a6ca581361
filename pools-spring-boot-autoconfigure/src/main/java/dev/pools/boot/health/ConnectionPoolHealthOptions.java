package dev.pools.boot.health;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When a connection pool is reported as down.
 *
 * @param failures after how many failed attempts in a row to create a connection it is down while
 *     it has none; at least 1
 * @param unservedAfter for how long callers must have waited without any of them getting a
 *     connection; positive. Null means the pool's {@code acquireTimeout}, but at least 1 s
 */
public record ConnectionPoolHealthOptions(int failures, @Nullable Duration unservedAfter) {

  /** Two failures in a row, and the pool's {@code acquireTimeout}. */
  public static final ConnectionPoolHealthOptions DEFAULTS =
      new ConnectionPoolHealthOptions(2, null);

  private static final Duration LEAST_UNSERVED = Duration.ofSeconds(1);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a value is out of its range
   */
  public ConnectionPoolHealthOptions {
    if (failures < 1) {
      throw new IllegalArgumentException(
          "health.failures is %d, but must be at least 1. With 1 the first failed attempt counts."
              .formatted(failures));
    }
    if (unservedAfter != null && (unservedAfter.isZero() || unservedAfter.isNegative())) {
      throw new IllegalArgumentException(
          "health.unserved-after is %s, but must be positive. Remove it to use acquire-timeout."
              .formatted(unservedAfter));
    }
  }

  /** For how long no caller may have been served, with this {@code acquireTimeout} of the pool. */
  Duration unservedAfter(Duration acquireTimeout) {
    if (unservedAfter != null) {
      return unservedAfter;
    }
    return acquireTimeout.compareTo(LEAST_UNSERVED) < 0 ? LEAST_UNSERVED : acquireTimeout;
  }
}

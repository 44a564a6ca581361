package dev.pools.flight;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a pool was last seen.
 *
 * @param capacity how many workers or connections there may be
 * @param failures how many attempts to create a connection had failed in a row
 * @param outage why connections could not be created; null if they could, as far as is known
 */
record PoolAtEnd(
    String pool,
    boolean isOfTasks,
    Instant seen,
    int busy,
    int capacity,
    int waiting,
    Duration longestWait,
    long refused,
    int failures,
    @Nullable String outage) {

  /** Whether callers or tasks waited although all was in use, or nothing could be created. */
  boolean isInTrouble() {
    return failures > 0 || outage != null || (waiting > 0 && busy >= capacity);
  }

  PoolAtEnd withOutage(@Nullable String cause) {
    return new PoolAtEnd(
        pool, isOfTasks, seen, busy, capacity, waiting, longestWait, refused, failures, cause);
  }
}

package dev.pools.boot.health;

import dev.pools.connection.ConnectionPoolStats;
import java.time.Duration;

/**
 * Combines several readings of a connection pool. Each result is a lower bound: nothing happened
 * for at least so long. Safe for use by several threads.
 */
final class ServiceWatch {

  private long acquired = -1;
  private long sameAcquiredNanos;
  private long createFailures = -1;
  private long quietNanos;
  private boolean quiet;

  /** The facts after a reading. */
  record Findings(Duration unserved, Duration unrepeated) {}

  /**
   * Takes a reading into account.
   *
   * @return for how long callers have waited and none has got a connection; and for how long the
   *     pool has not repeated its failed attempt although it could
   */
  synchronized Findings next(ConnectionPoolStats stats, long nowNanos) {
    if (stats.acquired() != acquired) {
      acquired = stats.acquired();
      sameAcquiredNanos = nowNanos;
    }
    Duration unserved = stats.unservedFor();
    if (stats.waiting() > 0) {
      Duration noLease = Duration.ofNanos(nowNanos - sameAcquiredNanos);
      unserved = longer(unserved, shorter(noLease, stats.longestWait()));
    }
    boolean repeats =
        stats.creating() > 0
            || stats.waiting() > 0
            || !stats.nextCreateAttempt().isZero()
            || !hasRoom(stats);
    if (repeats || !quiet || stats.createFailures() != createFailures) {
      createFailures = stats.createFailures();
      quietNanos = nowNanos;
    }
    quiet = !repeats;
    Duration unrepeated = quiet ? Duration.ofNanos(nowNanos - quietNanos) : Duration.ZERO;
    return new Findings(unserved, unrepeated);
  }

  /** Whether another connection could be created. */
  static boolean hasRoom(ConnectionPoolStats stats) {
    return stats.size() + stats.closing() + stats.creating() < stats.maxSize();
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }
}

package dev.pools.boot.advice;

import dev.pools.connection.ConnectionPoolStats;
import dev.pools.connection.ConnectionPoolStats.State;
import dev.pools.connection.RetireReason;
import dev.pools.internal.Faults;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A look at a connection pool.
 *
 * @param leaked how many leases that were reported as leaked have not been closed since; for the
 *     rules those only that may still be out
 * @param takenBack how many connections were reclaimed or evicted in the life of the pool
 * @param failuresInARow how many attempts to open a connection have failed since the last success
 * @param failure the last of these, in words; null if there is none
 */
record ConnectionReading(
    long atNanos,
    boolean isOpen,
    int size,
    int inUse,
    int waiting,
    int minSize,
    int maxSize,
    long acquired,
    long timeouts,
    long nestedTimeouts,
    long created,
    long createFailures,
    int failuresInARow,
    long leaked,
    long takenBack,
    long longestWaitNanos,
    @Nullable String failure)
    implements Reading {

  static ConnectionReading of(ConnectionPoolStats stats, long atNanos) {
    Map<RetireReason, Long> retired = stats.retired();
    long takenBack =
        retired.getOrDefault(RetireReason.RECLAIMED, 0L)
            + retired.getOrDefault(RetireReason.EVICTED, 0L);
    Throwable failure = stats.lastCreateFailure();
    return new ConnectionReading(
        atNanos,
        stats.state() == State.RUNNING,
        stats.size(),
        stats.inUse(),
        stats.waiting(),
        stats.minSize(),
        stats.maxSize(),
        stats.acquired(),
        stats.timeouts(),
        stats.nestedTimeouts(),
        stats.created(),
        stats.createFailures(),
        stats.consecutiveCreateFailures(),
        stats.leaks() - stats.leaksReturned(),
        takenBack,
        Words.nanos(stats.longestWait()),
        failure == null ? null : Faults.describeObject(failure));
  }

  ConnectionReading withLeaked(long stillOut) {
    return new ConnectionReading(
        atNanos,
        isOpen,
        size,
        inUse,
        waiting,
        minSize,
        maxSize,
        acquired,
        timeouts,
        nestedTimeouts,
        created,
        createFailures,
        failuresInARow,
        stillOut,
        takenBack,
        longestWaitNanos,
        failure);
  }

  @Override
  public int limit() {
    return maxSize;
  }

  @Override
  public int kept() {
    return minSize;
  }

  @Override
  public int used() {
    return inUse;
  }

  @Override
  public boolean hasWaiting() {
    return waiting > 0;
  }

  /** Whether all connections are leased, and callers wait. */
  boolean isFull() {
    return inUse >= maxSize && waiting > 0;
  }
}

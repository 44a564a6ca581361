package dev.pools.boot.metrics;

import dev.pools.connection.ConnectionPoolStats;
import java.util.function.ToDoubleFunction;

/** As {@link TaskFigure}, of a connection pool. */
enum ConnectionFigure implements ToDoubleFunction<ConnectionPoolStats> {
  SIZE,
  IN_USE,
  IDLE,
  CHECKING,
  CREATING,
  CLOSING,
  CLOSINGS_OVERDUE,
  CALLS_OVERDUE,
  MIN_SIZE,
  MAX_SIZE,
  WAITING,
  SUSPENDED,
  LONGEST_WAIT,
  UNSERVED_FOR,
  ACQUIRED,
  TIMEOUTS,
  NESTED_TIMEOUTS,
  REFUSED_BY_LIMIT,
  REFUSED_DOWN,
  CREATED,
  CREATE_FAILURES,
  LEAKS,
  LEAKS_RETURNED;

  @Override
  public double applyAsDouble(ConnectionPoolStats stats) {
    return switch (this) {
      case SIZE -> stats.size();
      case IN_USE -> stats.inUse();
      case IDLE -> stats.idle();
      case CHECKING -> stats.checking();
      case CREATING -> stats.creating();
      case CLOSING -> stats.closing();
      case CLOSINGS_OVERDUE -> stats.closingsOverdue();
      case CALLS_OVERDUE -> stats.callsOverdue();
      case MIN_SIZE -> stats.minSize();
      case MAX_SIZE -> stats.maxSize();
      case WAITING -> stats.waiting();
      case SUSPENDED -> stats.state() == ConnectionPoolStats.State.SUSPENDED ? 1 : 0;
      case LONGEST_WAIT -> stats.longestWait().toNanos();
      case UNSERVED_FOR -> stats.unservedFor().toNanos();
      case ACQUIRED -> stats.acquired();
      case TIMEOUTS -> stats.timeouts();
      case NESTED_TIMEOUTS -> stats.nestedTimeouts();
      case REFUSED_BY_LIMIT -> stats.refusedByLimit();
      case REFUSED_DOWN -> stats.refusedDown();
      case CREATED -> stats.created();
      case CREATE_FAILURES -> stats.createFailures();
      case LEAKS -> stats.leaks();
      case LEAKS_RETURNED -> stats.leaksReturned();
    };
  }
}

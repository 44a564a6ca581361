package dev.pools.boot.metrics;

import dev.pools.task.PoolStats;
import java.util.function.ToDoubleFunction;

/**
 * The figures of a task pool that its own meters show; durations in nanoseconds. One class for all
 * of them: a method reference for each would let the JDK generate as many classes while the
 * application starts.
 */
enum TaskFigure implements ToDoubleFunction<PoolStats> {
  QSIZE,
  QUEUE_CAPACITY,
  ADMISSIONS_WAITING,
  ACTIVE,
  WORKERS,
  MIN_WORKERS,
  MAX_WORKERS,
  BLOCKED_WORKERS,
  IDLE_WORKERS,
  OLDEST_WAIT,
  LONGEST_RUN,
  STALLED_FOR,
  STUCK,
  STUCK_TASKS,
  TIMED_OUT,
  SUBMITTED,
  COMPLETED,
  FAILED,
  CANCELLED,
  REJECTED,
  EXPIRED;

  @Override
  public double applyAsDouble(PoolStats stats) {
    return switch (this) {
      case QSIZE -> stats.qsize();
      case QUEUE_CAPACITY -> stats.queueCapacity();
      case ADMISSIONS_WAITING -> stats.admissionsWaiting();
      case ACTIVE -> stats.active();
      case WORKERS -> stats.workers();
      case MIN_WORKERS -> stats.minWorkers();
      case MAX_WORKERS -> stats.maxWorkers();
      case BLOCKED_WORKERS -> stats.blockedWorkers();
      case IDLE_WORKERS -> stats.idleWorkers();
      case OLDEST_WAIT -> stats.oldestWait().toNanos();
      case LONGEST_RUN -> stats.longestRun().toNanos();
      case STALLED_FOR -> stats.stalledFor().toNanos();
      case STUCK -> stats.stuck();
      case STUCK_TASKS -> stats.stuckTasks();
      case TIMED_OUT -> stats.timedOut();
      case SUBMITTED -> stats.submitted();
      case COMPLETED -> stats.completed();
      case FAILED -> stats.failed();
      case CANCELLED -> stats.cancelled();
      case REJECTED -> stats.rejected();
      case EXPIRED -> stats.expired();
    };
  }
}

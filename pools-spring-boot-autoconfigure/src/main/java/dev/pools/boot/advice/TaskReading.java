package dev.pools.boot.advice;

import dev.pools.task.PoolState;
import dev.pools.task.PoolStats;

/**
 * A look at a task pool.
 *
 * @param arrived how many tasks have arrived in its life, those rejected included
 * @param ended how many of them have run to their end
 * @param cancelled how many of them were cancelled
 * @param lost how many were rejected, or expired in the queue
 * @param cpuNanos how much processor time this process has used; negative if it is not known
 */
record TaskReading(
    long atNanos,
    boolean isOpen,
    int workers,
    int active,
    int minWorkers,
    int maxWorkers,
    int queued,
    int blocked,
    boolean stalled,
    long oldestWaitNanos,
    long arrived,
    long ended,
    long cancelled,
    long lost,
    long cpuNanos)
    implements Reading {

  static TaskReading of(PoolStats stats, long atNanos, long cpuNanos) {
    return new TaskReading(
        atNanos,
        stats.state() == PoolState.RUNNING,
        stats.workers(),
        stats.active(),
        stats.minWorkers(),
        stats.maxWorkers(),
        stats.qsize(),
        stats.blockedWorkers(),
        stats.stalled(),
        Words.nanos(stats.oldestWait()),
        stats.submitted() + stats.rejected(),
        stats.completed() + stats.failed(),
        stats.cancelled(),
        stats.rejected() + stats.expired(),
        cpuNanos);
  }

  @Override
  public int limit() {
    return maxWorkers;
  }

  @Override
  public int kept() {
    return minWorkers;
  }

  @Override
  public int used() {
    return active;
  }

  @Override
  public boolean hasWaiting() {
    return queued > 0;
  }

  /** Whether all workers have a task, and others wait. */
  boolean isFull() {
    return active >= maxWorkers && queued > 0;
  }
}

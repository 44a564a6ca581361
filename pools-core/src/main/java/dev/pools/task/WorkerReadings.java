package dev.pools.task;

/**
 * What all workers have done and do, read in one pass and per worker: each is free, or has a task,
 * or neither, so that no sum is beyond the number of workers.
 */
final class WorkerReadings {

  long taken;
  long completed;
  long failed;
  long cancelled;

  /** How many have a task. */
  int occupied;

  /** How many have none and will come for one by themselves. */
  int free;

  /** How many of these wait to be called. */
  int idle;

  /** How long the longest of the runs has been watched. */
  long longestRunNanos;

  /**
   * Adds one worker's numbers. What was taken is read before what has ended, so that a worker that
   * goes on meanwhile is seen to have ended what it was seen to take: at most one task is left.
   */
  void add(WorkerCounters counters, boolean isFree, boolean isIdle, long nowNanos) {
    long takenBefore = counters.taken();
    long completedNow = counters.completed();
    long failedNow = counters.failed();
    long cancelledNow = counters.cancelled();
    long ended = completedNow + failedNow + cancelledNow;
    taken += Math.max(takenBefore, ended);
    completed += completedNow;
    failed += failedNow;
    cancelled += cancelledNow;
    if (takenBefore > ended) {
      occupied++;
      longestRunNanos = Math.max(longestRunNanos, counters.watchedNanos(takenBefore, nowNanos));
    } else {
      free += isFree ? 1 : 0;
      idle += isIdle ? 1 : 0;
    }
  }

  long ended() {
    return completed + failed + cancelled;
  }
}

package dev.pools.task;

import java.time.Duration;

/**
 * One consistent snapshot of a pool. In each, {@code submitted == completed + failed + cancelled +
 * expired + admissionsWaiting + qsize + active}. Numbers that workers count for themselves are of
 * one instant when the pool is at rest; while it is busy a task may be counted as queued that has
 * just been taken, but none twice and none not at all.
 *
 * @param name the pool's name
 * @param state where the pool is in its life
 * @param workers how many workers there are, including those whose threads are just starting
 * @param idleWorkers how many of them wait for a task
 * @param active how many tasks run, or are queued with an idle worker on its way to take them
 * @param minWorkers the least number of workers
 * @param maxWorkers the greatest number of workers
 * @param qsize how many tasks are queued and have no worker on its way
 * @param queueCapacity the bound of {@code qsize}; {@link Integer#MAX_VALUE} if there is none.
 *     After it was lowered, more tasks may be queued until enough have left
 * @param admissionsWaiting how many tasks wait asynchronously for a place in the queue
 * @param blockedWorkers how many workers wait, inside of a task, for another task of this pool
 * @param submitted how many tasks this pool has taken in its life, including those that wait for a
 *     place in the queue, without those rejected
 * @param completed how many tasks returned normally
 * @param failed how many tasks threw, or could not be run
 * @param cancelled how many tasks were cancelled; one that had started counts once it has ended
 * @param rejected how many tasks were refused: they are in no other number
 * @param expired how many tasks waited longer than their {@code maxQueueTime} and were not run
 * @param oldestWait how long the oldest queued task has waited; zero if none is queued. In a burst
 *     only one task in sixteen notes when it came, so it may be short by as many tasks' arrival
 * @param longestRun how long the longest of the tasks that workers run now has been running. It is
 *     looked at from time to time, so it may be short by up to 0.1 s, and by up to 1 s or a
 *     sixteenth for a worker beside a run that is long already; zero for tasks that have just begun
 * @param stalledFor for how long each worker has had a task, tasks have been queued, and none has
 *     ended; zero if any of that is not so. Looked at as {@code longestRun} is
 * @param stalled whether that is too long: 3 s if each worker's task has submitted others to this
 *     pool and its thread waits, 1 min if all threads wait but not so, 10 min if one of them
 *     computes, does I/O or sleeps, and in any case four times as long as the longest runs that
 *     have ended lately (those over 1 h count as 1 h)
 * @param stuck how many tasks run now that were reported as stuck, because they have been running
 *     for longer than the pool's {@code stuckAfter}
 * @param stuckTasks how many tasks have been reported as stuck in the pool's life
 * @param timedOut how many tasks ran for longer than their {@code maxRunTime} and failed by it;
 *     they count as failed, too, once their code has returned
 * @param uptime how long the pool has been up, or was when it had terminated
 */
public record PoolStats(
    String name,
    PoolState state,
    int workers,
    int idleWorkers,
    int active,
    int minWorkers,
    int maxWorkers,
    int qsize,
    int queueCapacity,
    int admissionsWaiting,
    int blockedWorkers,
    long submitted,
    long completed,
    long failed,
    long cancelled,
    long rejected,
    long expired,
    Duration oldestWait,
    Duration longestRun,
    Duration stalledFor,
    boolean stalled,
    int stuck,
    long stuckTasks,
    long timedOut,
    Duration uptime) {

  /**
   * Whether the pool makes no progress although tasks are queued: it is {@link #stalled}, whatever
   * its tasks wait for, or, which can be told at once, every worker that it may have waits, inside
   * of a task, for the future of another task of this pool.
   */
  public boolean starved() {
    return stalled || (blockedWorkers >= maxWorkers && blockedWorkers >= workers && qsize > 0);
  }
}

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
 * @param queueCapacity the bound of {@code qsize}; {@link Integer#MAX_VALUE} if there is none
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
    Duration uptime) {

  /**
   * Whether the pool has starved itself: every worker it may have waits, inside of a task, for
   * another task of this pool, and tasks are queued that no one is left to run.
   */
  public boolean starved() {
    return blockedWorkers >= maxWorkers && blockedWorkers >= workers && qsize > 0;
  }
}

package dev.pools.scaling;

/**
 * The numbers of a pool at one moment, as far as scaling needs them.
 *
 * @param run how many tasks have run since the pool was created, failed ones included
 * @param workers how many workers there are
 * @param blockedWorkers how many of them wait, inside of a task, for another task of the pool
 * @param queued how many tasks are queued
 * @param waitingForPlace how many tasks wait for a place in the queue
 * @param rejected how many tasks the pool has rejected since it was created
 * @param oldestWaitNanos how long the oldest queued task has waited, in nanoseconds
 * @param minWorkers the smallest number of workers
 * @param maxWorkers the largest number of workers
 */
public record PoolReading(
    long run,
    int workers,
    int blockedWorkers,
    int queued,
    int waitingForPlace,
    long rejected,
    long oldestWaitNanos,
    int minWorkers,
    int maxWorkers) {

  boolean hasWaitingWork() {
    return queued > 0 || waitingForPlace > 0;
  }
}

package dev.pools.task;

/**
 * What a pool did in one interval, and how it stood at the end of it.
 *
 * @param intervalNanos how long the interval was; positive
 * @param completed how many tasks were run in it
 * @param workers how many workers there are, without those that wait for another task of the pool
 * @param queued how many tasks are queued
 * @param turnedAway how many tasks wait for a place in the queue, or were refused one
 * @param oldestWaitNanos how long the oldest queued task has waited
 * @param cpuShare how much of the processors this process has used, from 0 to 1; NaN if unknown
 * @param minWorkers the least number of workers
 * @param maxWorkers the greatest number of workers
 */
record LoadSample(
    long intervalNanos,
    long completed,
    int workers,
    int queued,
    long turnedAway,
    long oldestWaitNanos,
    double cpuShare,
    int minWorkers,
    int maxWorkers) {

  /** Of CoDel (RFC 8289): a queue in which tasks wait for less is not one to act upon. */
  private static final long WAIT_OF_NOTE_NANOS = 5_000_000L;

  private static final double NANOS_PER_SECOND = 1e9;

  /** Whether work waits, so that another number of workers could make a difference. */
  boolean saturated() {
    return turnedAway > 0 || (queued > 0 && oldestWaitNanos >= WAIT_OF_NOTE_NANOS);
  }

  double seconds() {
    return intervalNanos / NANOS_PER_SECOND;
  }
}

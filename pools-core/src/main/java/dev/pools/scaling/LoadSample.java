package dev.pools.scaling;

/**
 * What a pool did in one interval, and its state at the end of the interval.
 *
 * @param intervalNanos the length of the interval; positive
 * @param completed how many tasks ran to their end in the interval
 * @param workers how many workers there are, without those that wait for another task of the pool
 * @param queued how many tasks are queued
 * @param turnedAway how many tasks wait for a place in the queue, or were rejected in the interval
 * @param oldestWaitNanos how long the oldest queued task has waited
 * @param cpuShare how much of the processors this process has used, from 0 to 1; NaN if unknown
 * @param minWorkers the smallest number of workers
 * @param maxWorkers the largest number of workers
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

  /** As CoDel (RFC 8289): a queue whose tasks wait for a shorter time needs no action. */
  private static final long WAIT_OF_NOTE_NANOS = 5_000_000L;

  private static final double NANOS_PER_SECOND = 1e9;

  /** Whether tasks wait, so that another number of workers could make a difference. */
  boolean saturated() {
    return turnedAway > 0 || (queued > 0 && oldestWaitNanos >= WAIT_OF_NOTE_NANOS);
  }

  double seconds() {
    return intervalNanos / NANOS_PER_SECOND;
  }
}

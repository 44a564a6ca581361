package dev.pools.advice;

import java.time.Duration;
import java.util.Objects;

/**
 * The settings of a pool that decide when each task runs.
 *
 * @param workers how many tasks can run at a time, at least 1
 * @param queueCapacity how many tasks can be queued; {@link Integer#MAX_VALUE} if there is no bound
 * @param whenFull what happens to a task that finds the queue full
 * @param aging after which wait a task is taken next, whatever its priority; zero if never
 * @param maxQueueTime after which wait a task does not run any more; zero if there is no limit
 */
public record PoolModel(
    int workers, int queueCapacity, WhenFull whenFull, Duration aging, Duration maxQueueTime) {

  /** Checks the settings. */
  public PoolModel {
    if (workers < 1) {
      throw new IllegalArgumentException(
          "workers is %d, but must be at least 1.".formatted(workers));
    }
    if (queueCapacity < 0) {
      throw new IllegalArgumentException(
          "queueCapacity is %d, but must be at least 0.".formatted(queueCapacity));
    }
    Objects.requireNonNull(whenFull, "whenFull");
    Objects.requireNonNull(aging, "aging");
    Objects.requireNonNull(maxQueueTime, "maxQueueTime");
  }

  /** A pool with an unbounded queue and none of the other settings. */
  public PoolModel(int workers) {
    this(workers, Integer.MAX_VALUE, WhenFull.WAIT, Duration.ZERO, Duration.ZERO);
  }

  /** The same pool with another number of workers. */
  public PoolModel withWorkers(int number) {
    return new PoolModel(number, queueCapacity, whenFull, aging, maxQueueTime);
  }
}

package dev.pools.task;

import java.time.Duration;
import java.util.Objects;

/**
 * How one task is to be treated.
 *
 * @param priority smaller numbers run sooner; any int
 * @param maxQueueTime how long it may wait before it runs; if it waits longer it fails with a
 *     {@link TaskExpiredException} instead, when a worker comes to it. Zero means the pool's own
 *     limit.
 */
public record TaskOptions(int priority, Duration maxQueueTime) {

  /** Priority 0 and the pool's own limits. */
  public static final TaskOptions DEFAULT = new TaskOptions(0, Duration.ZERO);

  /** Checks the options. */
  public TaskOptions {
    Objects.requireNonNull(maxQueueTime, "maxQueueTime");
    if (maxQueueTime.isNegative()) {
      throw new IllegalArgumentException(
          "maxQueueTime is "
              + maxQueueTime
              + ", but must be zero (the pool's own limit) or positive. Give it a positive duration.");
    }
  }

  /** Options with this priority. */
  public static TaskOptions priority(int priority) {
    return priority == 0 ? DEFAULT : new TaskOptions(priority, Duration.ZERO);
  }

  /** These options with this limit for the wait. */
  public TaskOptions withMaxQueueTime(Duration limit) {
    return new TaskOptions(priority, limit);
  }
}

package dev.pools.advice;

import java.util.Objects;

/**
 * What a pool has recorded about one task. Times are nanoseconds of the same clock.
 *
 * @param arrivalNanos when the task was submitted
 * @param waitNanos for how long it waited until it started, expired, or the sample was taken; at
 *     least 0
 * @param serviceNanos for how long it ran, or has been running so far; 0 if it did not start
 * @param priority smaller numbers run sooner
 * @param end what became of it
 * @param caller identifies the thread that submitted it; 0 if unknown
 * @param map identifies the map that it is an element of; 0 if there is none
 * @param running how many tasks ran when it started, including itself; 0 if unknown
 */
public record TaskRecord(
    long arrivalNanos,
    long waitNanos,
    long serviceNanos,
    int priority,
    End end,
    int caller,
    int map,
    int running) {

  /** What became of a task. */
  public enum End {
    /** A worker has run it. */
    RAN,
    /** Its submitter has run it, because the queue was full. */
    RAN_BY_CALLER,
    /** It waited for too long, and did not run. */
    EXPIRED,
    /** It found no place in the queue, or was dropped from it. */
    REJECTED,
    /** It was running when the sample was taken. */
    RUNNING,
    /** It was waiting when the sample was taken. */
    WAITING
  }

  /** Checks the times. */
  public TaskRecord {
    Objects.requireNonNull(end, "end");
    if (waitNanos < 0 || serviceNanos < 0) {
      throw new IllegalArgumentException(
          "waitNanos is %d and serviceNanos is %d, but both must be at least 0."
              .formatted(waitNanos, serviceNanos));
    }
  }

  /** Whether the time for which it ran is known. */
  boolean hasService() {
    return end == End.RAN || end == End.RAN_BY_CALLER;
  }

  /** When it started, or would have. */
  long startNanos() {
    return arrivalNanos + waitNanos;
  }

  /** When its submitter learned that it had ended; far away if it has not. */
  long endNanos() {
    return switch (end) {
      case RUNNING, WAITING -> Long.MAX_VALUE;
      case REJECTED -> arrivalNanos;
      default -> arrivalNanos + waitNanos + serviceNanos;
    };
  }
}

package dev.pools.task;

/** How a task ended. */
public enum Outcome {
  /** It returned. */
  COMPLETED,
  /** It threw, or could not be run. */
  FAILED,
  /** Its future was cancelled, or completed by someone else, before it ended. */
  CANCELLED,
  /** It waited longer than its {@code maxQueueTime} and was not run. */
  EXPIRED
}

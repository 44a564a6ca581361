package dev.pools.advice;

/** What a pool does with a task that finds the queue full. */
public enum WhenFull {
  /** The task waits for a place. */
  WAIT,
  /** The task is rejected. */
  REJECT,
  /** Its submitter runs it. */
  CALLER_RUNS,
  /** The oldest of the least urgent queued tasks is dropped, unless the new one is less urgent. */
  DISCARD_OLDEST
}

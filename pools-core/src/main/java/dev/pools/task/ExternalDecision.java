package dev.pools.task;

/** What a caller finds that wants to decide a task's result instead of the task's own run. */
enum ExternalDecision {
  /** The task had not started, and never will; the caller completes its future. */
  WITHDRAWN,
  /** The task runs; the caller completes its future. */
  RUNNING,
  /** The result has been decided already. */
  TOO_LATE
}

package dev.pools.task;

/** What becomes of an attempt to decide a task's result instead of its run. */
enum ExternalDecision {
  /** The task had not started, and never will; the caller completes its future. */
  WITHDRAWN,
  /** The task runs; the caller completes its future. */
  RUNNING,
  /** The result has been decided already. */
  TOO_LATE
}

package dev.pools.boot.metrics;

/** Events of tasks that have a duration. */
enum TaskEvent {
  /** A task has started, after a wait. */
  STARTED,
  /** A task has ended after a wait, without having run. */
  DROPPED,
  /** A task has run. */
  RAN
}

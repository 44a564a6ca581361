package dev.pools.task;

/** What a shutdown does with the tasks that no worker has taken yet. */
public enum PendingTasks {
  /** They run before the pool ends. */
  RUN,
  /** They are cancelled at once. */
  CANCEL
}

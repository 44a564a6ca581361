package dev.pools.task;

/**
 * Where an {@link AdvancedPool} is in its life. It only ever moves down this list, and may skip.
 */
public enum PoolState {
  /** Takes tasks and runs them. */
  RUNNING,
  /** Takes no more tasks, but runs all that were submitted. */
  DRAINING,
  /**
   * Takes no more tasks and has cancelled those that had not started; running ones may still end.
   */
  STOPPING,
  /** Every task has ended and every worker has left. */
  TERMINATED
}

package dev.pools.task;

/**
 * Where an {@link AdvancedPool} is in its life. It only ever moves down this list, and may skip.
 */
public enum PoolState {
  /** Takes tasks and runs them. */
  RUNNING,
  /**
   * Takes no more tasks from outside, but runs all that were submitted, and accepts what belongs to
   * them: elements of a map that had begun, and what the pool's own tasks and their completions
   * submit. Lasts until nothing is left of that.
   */
  DRAINING,
  /**
   * Takes no more tasks of any kind and has cancelled those that had not started; running ones may
   * still end.
   */
  STOPPING,
  /** Every task has ended and every worker has left. */
  TERMINATED
}

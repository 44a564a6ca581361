package dev.pools.task;

/** Decides whether a task that is next may be taken. */
interface Taker {

  /**
   * Claims a queued task.
   *
   * @return whether it is the taker's; otherwise it is not queued any more
   */
  boolean claim(PoolTask<?> task);

  /** Whether it has to see to tasks that it has withdrawn before it takes another one. */
  default boolean owesEnough() {
    return false;
  }
}

package dev.pools.task;

/** What {@code submit} and {@code execute} do with a task when the queue is full. */
public enum OverflowPolicy {
  /**
   * The task waits asynchronously for a place, the most urgent first and first come first served
   * among equals; the caller goes on at once. See {@link PoolFuture#accepted()}.
   */
  WAIT,
  /** The task is refused with a {@link PoolFullException}. */
  REJECT,
  /**
   * The caller runs the task itself, at once, and so is slowed down. {@link
   * AdvancedPool#shutdownNow()} and the total timeout of a shutdown interrupt the caller while it
   * runs the task, and not after that. Exception: in a pool without listeners, task decorator and
   * limits of its runs, a Runnable given to {@code execute} is never interrupted in its caller. The
   * pool waits for it.
   */
  CALLER_RUNS,
  /** The new task is dropped: its future is cancelled and it counts as rejected. */
  DISCARD_NEWEST,
  /**
   * The oldest of the least urgent queued tasks is cancelled to make room. If the new task is less
   * urgent than all of them, or nothing is queued, the new one is dropped instead.
   */
  DISCARD_OLDEST
}

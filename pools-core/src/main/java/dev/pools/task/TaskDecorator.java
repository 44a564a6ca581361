package dev.pools.task;

/**
 * Wraps each task on its way into a pool, so that context (logging, tracing, security) can travel:
 * {@link #decorate} runs on the submitting thread, what it returns runs on the worker.
 */
@FunctionalInterface
public interface TaskDecorator {

  /**
   * Wraps a task. What this throws, the submitter gets, and nothing is queued.
   *
   * @param task runs the user's task; never throws what that throws, because its future gets it
   * @return what the worker runs; must run {@code task} once, or the task fails
   */
  Runnable decorate(Runnable task);
}

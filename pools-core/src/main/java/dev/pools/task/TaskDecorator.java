package dev.pools.task;

/**
 * Wraps each task on its way into a pool, so that a context (logging, tracing, security) can travel
 * with it. {@link #decorate} runs on the submitting thread and captures the context. The Runnable
 * that it returns restores the context around what it wraps.
 *
 * <pre>{@code
 * task -> {
 *   Map<String, String> submitters = MDC.getCopyOfContextMap();
 *   return () -> {
 *     Map<String, String> before = MDC.getCopyOfContextMap();
 *     MDC.setContextMap(submitters);
 *     try {
 *       task.run();
 *     } finally {
 *       MDC.setContextMap(before);
 *     }
 *   };
 * }
 * }</pre>
 *
 * <p>All that the pool does about a task runs inside of its context: the task itself, the
 * listeners' {@code taskStarted}, {@code taskEnded} and {@code taskDropped}, the dependants that
 * run when the future completes, and the report of a failure. Therefore:
 *
 * <ul>
 *   <li>The Runnable runs once for each task that the pool accepts. If the task never runs, because
 *       it was cancelled, dropped or expired, the Runnable wraps only the calls of listeners and
 *       dependants.
 *   <li>It runs on the thread that decides the end of the task. As a rule that is a worker. It is
 *       the thread that cancels a queued task or shuts the pool down, the submitter with {@link
 *       OverflowPolicy#CALLER_RUNS}, and maybe a helper thread of the pool if a task that did not
 *       run has dependants. The Runnable must leave the thread as it found it.
 *   <li>It may run what it wraps on another thread, which then counts as a thread of the pool, too.
 *       The pool waits until the other thread has returned. The pool interrupts the thread of the
 *       Runnable: if that one returns interrupted while the task still runs, the pool interrupts
 *       the task's code.
 *   <li>If a task is cancelled or completed by hand while it runs, its dependants run at once, on
 *       the thread and in the context of the canceller; the listeners are told inside of the task's
 *       context.
 *   <li>For a {@code map} the context is captured once, where {@code map} is called. Later elements
 *       are read and decorated inside of it, on any thread. For this the one Runnable runs several
 *       times, one after the other.
 * </ul>
 *
 * <p>A Runnable that throws, or does not run what it wraps, cannot lose a task: the task fails, and
 * listeners and dependants are called outside of the context. A Runnable that does not return holds
 * up what a listener would ({@link PoolListener}); the dependants of a task that does not run are
 * then called outside of the context.
 */
@FunctionalInterface
public interface TaskDecorator {

  /**
   * Wraps a task. If this throws, the submitter gets the exception, and nothing is queued.
   *
   * @param task runs the user's task and reports its end; it does not throw what the task throws,
   *     which goes to the task's future
   * @return what the worker runs; must run {@code task} once, or the task fails; not null
   */
  Runnable decorate(Runnable task);
}

package dev.pools.task;

/**
 * Wraps each task on its way into a pool, so that context (logging, tracing, security) can travel:
 * {@link #decorate} runs on the submitting thread and captures the context, the Runnable that it
 * returns restores the context around what it wraps.
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
 *   <li>The Runnable runs once for each task that the pool accepts, also for one that never runs
 *       because it was cancelled, dropped or expired: then only what is told of that runs inside.
 *   <li>It runs on the thread that decides what becomes of the task: a worker as a rule, but the
 *       thread that cancels a queued task or shuts the pool down, or the submitter with {@link
 *       OverflowPolicy#CALLER_RUNS}. It must leave the thread as it found it.
 *   <li>It may run what it wraps on another thread; the pool waits until that has returned. Inside
 *       of the pool is then that thread, too. The pool interrupts the thread of the Runnable: if it
 *       returns interrupted while the task still runs, the pool interrupts the task's code.
 *   <li>If a task that did not run has dependants, a helper thread of the pool may be the one that
 *       runs it.
 *   <li>If a task is cancelled or completed by hand while it runs, the dependants run at once, on
 *       the thread and in the context of the one who does that; the listeners are told inside.
 *   <li>For a {@code map} the context is captured once, where {@code map} is called. Later elements
 *       are read and decorated inside of it, whichever thread does so; for this, that one Runnable
 *       runs several times, each after the one before.
 * </ul>
 *
 * <p>A Runnable that throws or that does not run what it wraps cannot lose a task. The task fails
 * then, and what has to be told is told outside of the context. One that does not return holds up
 * what a listener would ({@link PoolListener}); the dependants of a task that does not run then run
 * outside of the context.
 */
@FunctionalInterface
public interface TaskDecorator {

  /**
   * Wraps a task. What this throws, the submitter gets, and nothing is queued.
   *
   * @param task runs the user's task and tells of its end; never throws what the task throws,
   *     because its future gets it
   * @return what the worker runs; must run {@code task} once, or the task fails; not null
   */
  Runnable decorate(Runnable task);
}

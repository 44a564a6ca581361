package dev.pools.task;

import dev.pools.internal.ThreadInterrupt;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Carries out that a run has exceeded its limit: decides the task's result, interrupts its thread,
 * and fails its future.
 *
 * <p>What may happen at the same time, and who owns the result then. The limit first holds the task
 * ({@link TaskLifecycle#tryHoldForInterrupt}), so that it cannot end before it is released.
 *
 * <pre>
 *   before the hold                    the limit              result, by                   the run's own result
 *   the run has ended                  does nothing           the run's, its thread        counts
 *   cancelled or completed by hand     interrupts the thread  the canceller's              dropped, as before
 *   cancelled between hold and verdict interrupts the thread  the canceller's              dropped
 *   none                               decides (DECIDED)      TaskTimeoutException, here   dropped, counted as FAILED
 *   a shutdown interrupts              decides, interrupts    TaskTimeoutException, here   dropped, counted as FAILED
 * </pre>
 *
 * <p>After the release the task ends when its code does, and not before. Its worker counts it then:
 * nothing about the worker changes here. A second look does not come here: the note remembers.
 */
final class RunTimeout implements Runnable {

  private final PoolCore core;
  private final RunNote note;
  private final PoolTask<?> task;
  private final long ranNanos;
  private final long limitNanos;

  RunTimeout(PoolCore core, RunNote note, PoolTask<?> task, long ranNanos, long limitNanos) {
    this.core = core;
    this.note = note;
    this.task = task;
    this.ranNanos = ranNanos;
    this.limitNanos = limitNanos;
  }

  /** On a helper thread. */
  @Override
  public void run() {
    TaskTimeoutException failure = failure();
    boolean decides;
    if (!task.tryHoldForInterrupt()) {
      return;
    }
    try {
      // First, so that there is memory for what the decision needs.
      task.prepareTimeout();
      decides = task.tryDecideExternally();
      if (decides) {
        task.timedOut(failure);
      }
      ThreadInterrupt.send(note.thread, core.name());
    } finally {
      task.interruptSent();
    }
    if (decides) {
      try {
        count();
      } finally {
        // If that finds no memory, the thread that runs the task completes the future.
        task.failByLimit(failure);
      }
      if (task.reportsFailures()) {
        report(failure);
      }
    }
  }

  private TaskTimeoutException failure() {
    TaskTimeoutException failure =
        new TaskTimeoutException(
            task.named("A task"),
            core.name(),
            Duration.ofNanos(ranNanos),
            Duration.ofNanos(limitNanos));
    List<StackTraceElement> stack = RunStack.of(core.name(), note.thread);
    if (task.isRunning()) {
      failure.setStackTrace(stack.toArray(StackTraceElement[]::new));
    }
    return failure;
  }

  private void count() {
    core.enter();
    try {
      core.counters.timedOut++;
    } finally {
      core.leave();
    }
  }

  /** No caller has its future. */
  private void report(Throwable failure) {
    Thread.@Nullable UncaughtExceptionHandler handler = core.options.uncaughtExceptionHandler();
    try {
      if (handler == null) {
        handler = note.thread.getUncaughtExceptionHandler();
      }
      if (handler != null) {
        handler.uncaughtException(note.thread, failure);
      }
    } catch (Throwable fault) {
      core.faults.error(
          RunTimeout.class,
          handler,
          fault,
          "Pool '{}': the uncaught exception handler failed",
          core.name());
    }
  }
}

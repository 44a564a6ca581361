package dev.pools.task;

import org.jspecify.annotations.Nullable;

/** Reports what tasks have thrown, where no caller sees it. */
final class FailureReports {

  private final PoolCore core;
  private final Thread.@Nullable UncaughtExceptionHandler handler;

  // Guarded by this.
  private @Nullable UnseenErrors unseenErrors;

  FailureReports(PoolCore core) {
    this.core = core;
    this.handler = core.options.uncaughtExceptionHandler();
  }

  /**
   * Whether no thread will see what a task has thrown, as far as can be told when it ends: its
   * result was decided before, or nothing depends on its future and no thread waits for it. A
   * caller that asks the future later sees it in addition.
   */
  static boolean isUnseen(PoolTask<?> task, boolean ownResult) {
    return !ownResult || task.readers() == 0;
  }

  /** Reports an error that is unseen, unless there are too many. */
  void reportUnseen(Throwable error) {
    long now = core.time.nanoTime();
    if (unseenErrors(now).mayReport(error, now)) {
      report(error);
    }
  }

  private synchronized UnseenErrors unseenErrors(long nowNanos) {
    UnseenErrors present = unseenErrors;
    if (present == null) {
      present = new UnseenErrors(core.name(), nowNanos);
      unseenErrors = present;
    }
    return present;
  }

  /**
   * Reports the failure of an executed task: no caller has its future, so the failure goes where
   * uncaught exceptions go.
   */
  void report(Throwable failure) {
    if (failure instanceof ThreadDeath) {
      return;
    }
    Thread thread = Thread.currentThread();
    try {
      (handler == null ? thread.getUncaughtExceptionHandler() : handler)
          .uncaughtException(thread, failure);
    } catch (Throwable fault) {
      core.faults.error(
          FailureReports.class,
          handler,
          fault,
          "Pool '{}': the uncaught exception handler failed",
          core.name());
    }
  }
}

package dev.pools.task;

import dev.pools.OptionChange;
import dev.pools.internal.FaultSeries;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells all listeners of a pool. An exception of one is logged, once a minute at most, and keeps no
 * other from being told.
 */
final class Listeners {

  private final FaultSeries faults;
  private final PoolListener[] listeners;

  Listeners(FaultSeries faults, List<PoolListener> listeners) {
    this.faults = faults;
    this.listeners = listeners.toArray(new PoolListener[0]);
  }

  /** Whether there are none, so that what they would be told need not be created. */
  boolean none() {
    return listeners.length == 0;
  }

  // The two that each task leads to are told without detours.

  void taskStarted(TaskInfo task, Duration waited) {
    for (PoolListener listener : listeners) {
      try {
        listener.taskStarted(task, waited);
      } catch (Throwable fault) {
        report(listener, fault);
      }
    }
  }

  void taskEnded(
      TaskInfo task, Outcome outcome, Duration waited, Duration ran, @Nullable Throwable failure) {
    for (PoolListener listener : listeners) {
      try {
        listener.taskEnded(task, outcome, waited, ran, failure);
      } catch (Throwable fault) {
        report(listener, fault);
      }
    }
  }

  void taskDropped(PoolTask<?> task, Outcome outcome, long waitNanos, @Nullable Throwable failure) {
    if (none()) {
      return;
    }
    TaskInfo info = info(task);
    Duration waited = Duration.ofNanos(waitNanos);
    tell(listener -> listener.taskDropped(info, outcome, waited, failure));
  }

  void taskRejected(PoolTask<?> task) {
    if (none()) {
      return;
    }
    TaskInfo info = info(task);
    tell(listener -> listener.taskRejected(info));
  }

  void workerStarted(int worker) {
    tell(listener -> listener.workerStarted(worker));
  }

  void workerEnded(WorkerReport report) {
    tell(listener -> listener.workerEnded(report));
  }

  /**
   * What listeners are told of a task. Created before the run, because a task releases its code at
   * its end.
   */
  TaskInfo info(PoolTask<?> task) {
    return new TaskInfo(faults.pool(), task.priority(), task.submitted(), task.name());
  }

  /** As {@link #info(PoolTask)}, until the run is over. */
  TaskInfo info(RunNote run) {
    return run.task instanceof PoolTask<?> task
        ? new TaskInfo(faults.pool(), task.priority(), run.function, task.name())
        : new TaskInfo(faults.pool(), 0, run.function);
  }

  void reconfigured(List<OptionChange> changes) {
    tell(listener -> listener.reconfigured(changes));
  }

  void taskStuck(TaskInfo task, Duration ran, List<StackTraceElement> stack) {
    tell(listener -> listener.taskStuck(task, ran, stack));
  }

  void stuckTaskEnded(TaskInfo task, Duration ran) {
    tell(listener -> listener.stuckTaskEnded(task, ran));
  }

  private void tell(Consumer<PoolListener> event) {
    for (PoolListener listener : listeners) {
      try {
        event.accept(listener);
      } catch (Throwable fault) {
        report(listener, fault);
      }
    }
  }

  /** Does not throw: the thread that tells may owe the run of a task, or its result. */
  private void report(PoolListener listener, Throwable fault) {
    try {
      faults.error(
          Listeners.class,
          listener,
          fault,
          "Pool '{}': a listener failed, and is told of later events all the same: {}",
          faults.pool(),
          listener);
    } catch (Throwable noMemory) {
      // Not even for the arguments.
    }
  }
}

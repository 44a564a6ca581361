package dev.pools.task;

import org.jspecify.annotations.Nullable;

/**
 * Workers whose threads end by a fault: each gives its place back, and the task that it has taken
 * ends.
 *
 * <p>The fault may be that there is no memory, so that a step fails here, too. The thread of the
 * worker then tries the step again until it is done. Until then the worker is present or its task
 * is counted, so the pool does not terminate. Each step allocates before its first change, or may
 * be done twice.
 */
final class LostWorkers {

  private final PoolCore core;
  private final WorkerDemand demand;
  private final DroppedTasks dropped;

  private final IllegalStateException plainLoss =
      new IllegalStateException("The worker of the task was lost.");

  LostWorkers(PoolCore core, WorkerDemand demand, DroppedTasks dropped) {
    this.core = core;
    this.demand = demand;
    this.dropped = dropped;
  }

  /**
   * A worker's thread ends by a fault of its own.
   *
   * @param last what it has taken last, if that is not settled
   */
  void lost(Worker worker, @Nullable Object last, @Nullable Throwable failure) {
    PoolTask<?> task = last instanceof PoolTask<?> full ? full : null;
    PoolTask<?> unfinished = task != null && !task.is(TaskState.ENDED) ? task : null;
    // Not under the lock: a thread that is about to interrupt the task needs it to find the worker.
    boolean decides = unfinished != null && unfinished.end();
    while (!tryLeave(worker, task, unfinished, decides, failure)) {
      worker.awaitMemory();
    }
    while (unfinished != null && !tryFinish(unfinished, decides, failure)) {
      worker.awaitMemory();
    }
    worker.awaitInterrupts();
  }

  /** The worker leaves, and another one may have to come. */
  private boolean tryLeave(
      Worker worker,
      @Nullable PoolTask<?> task,
      @Nullable PoolTask<?> unfinished,
      boolean decides,
      @Nullable Throwable failure) {
    try {
      core.enter();
      try {
        if (core.workers.isPresent(worker)) {
          if (unfinished == null) {
            settle(task);
          } else if (unfinished.phase() == null) {
            core.drains.enter(unfinished, unfinished.ticket());
          }
          core.workers.lost(worker, failure);
          // From here on nothing fails.
          if (unfinished != null) {
            worker.counters.countEnded(decides ? Outcome.FAILED : Outcome.CANCELLED);
          }
          if (!core.threadPerTask) {
            worker.counters.endLost();
          }
          worker.endTask();
        }
        demand.replaceDeparted();
      } finally {
        core.leave();
      }
      return true;
    } catch (Throwable noMemory) {
      return false;
    }
  }

  private void settle(@Nullable PoolTask<?> task) {
    if (task != null) {
      core.drains.leave(task);
    }
  }

  /** Completes the future of a task, and counts the task out. */
  private boolean tryFinish(PoolTask<?> unfinished, boolean decides, @Nullable Throwable failure) {
    try {
      dropped.finishLost(unfinished, decides, failure == null ? plainLoss : failure);
      return true;
    } catch (Throwable noMemory) {
      return false;
    }
  }
}

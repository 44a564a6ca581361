package dev.pools.task;

/**
 * Workers for tasks: calls an idle one for a task that is queued, and plans new ones while more
 * tasks are queued than workers are free. See invariant 1 of {@link PoolCore}.
 */
final class WorkerDemand {

  private final PoolCore core;
  private final PoolFlags flags;
  private final WorkerSet workers;

  WorkerDemand(PoolCore core) {
    this.core = core;
    this.flags = core.flags;
    this.workers = core.workers;
  }

  // ---- Without the lock

  /**
   * A task is in the queue: calls an idle worker for it, or plans a new one if there may be one.
   */
  void callWorkerForTask() {
    if (!callIdleWorker() && flags.hasAny(PoolFlags.GROW | PoolFlags.PRESS)) {
      core.enter();
      try {
        meetDemand();
      } finally {
        core.leave();
      }
    }
  }

  /** Calls an idle worker for a task that is queued, unless one is underway. */
  boolean callIdleWorker() {
    Worker claimed = workers.claimForTask();
    if (claimed == null) {
      return false;
    }
    core.signal(claimed);
    return true;
  }

  // ---- Under the lock

  /** Plans the workers that the tasks need which are queued or wait for a place. */
  void meetDemand() {
    // A submitter that comes after this look sees the flags as they are now.
    core.setFlags();
    if (core.capacity.hasWaiting() || core.queue.hasWork()) {
      int free = workers.free();
      workers.meet(core.queueSize.demand(), free, core.time.nanoTime());
      workers.callOne();
    }
  }

  /**
   * Plans the workers that the tasks need for which others count as free and do not come.
   *
   * @param missing how many do not come
   */
  void meetWithout(int missing) {
    int free = Math.max(0, workers.free() - missing);
    workers.meet(core.queueSize.demand(), free, core.time.nanoTime());
  }

  /** Plans the workers that there must be without any task. */
  void fill() {
    if (core.state() == PoolState.RUNNING) {
      workers.fill(core.time.nanoTime());
    }
  }

  /** A worker that has no task leaves. */
  void workerLeaves(Worker worker) {
    workers.leave(worker);
    worker.left = true;
    replaceDeparted();
  }

  /** A worker has left; another may have to come. */
  void replaceDeparted() {
    fill();
    meetDemand();
  }
}

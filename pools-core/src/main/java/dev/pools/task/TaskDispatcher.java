package dev.pools.task;

import org.jspecify.annotations.Nullable;

/**
 * From the queue to a worker: a worker takes the next task, looks for one for a while, rests, or
 * lets a successor go on. Without the lock as a rule; under it if something is to be decided.
 */
final class TaskDispatcher {

  /** How often a worker looks for the next task before it lets other threads run. */
  private static final int SHORT_LOOKS = Runtime.getRuntime().availableProcessors() > 1 ? 2 : 0;

  /** How often it then lets other threads run, and looks again, before it rests. */
  private static final int YIELDS = 32;

  private final PoolCore core;
  private final WorkerDemand demand;
  private final PoolFlags flags;
  private final TaskQueue queue;
  private final QueueSize queueSize;
  private final QueueCapacity capacity;
  private final IdleWorkers idleWorkers;
  private final TaskCancellation cancellation;
  private final boolean threadPerTask;

  TaskDispatcher(PoolCore core, WorkerDemand demand, TaskCancellation cancellation) {
    this.core = core;
    this.demand = demand;
    this.flags = core.flags;
    this.queue = core.queue;
    this.queueSize = core.queueSize;
    this.capacity = core.capacity;
    this.idleWorkers = core.idleWorkers;
    this.cancellation = cancellation;
    this.threadPerTask = core.threadPerTask;
  }

  // ---- Take, without the lock

  /**
   * The next task for this worker.
   *
   * @param done the task that it has run, or null
   * @return null if the worker rests until it is called, or leaves
   */
  @Nullable Object take(Worker worker, @Nullable Object done) {
    Object unsettled = done;
    while (true) {
      if (worker.isNew
          || worker.dismissed
          || (unsettled instanceof PoolTask<?> task && task.phase() != null)
          || flags.hasAny(PoolFlags.SURPLUS | PoolFlags.DRAINS | PoolFlags.LINE)) {
        return takeInTurn(worker, unsettled);
      }
      Object next = poll(worker);
      if (next == null && unsettled != null) {
        next = awaitNext(worker);
      }
      unsettled = null;
      if (worker.hasDropped()) {
        countDroppedInTurn(worker, next);
        if (next == null) {
          // It may have left tasks in the queue, because it owed enough.
          continue;
        }
      }
      if (next != null) {
        queueSize.countTaken(worker);
        callOthersIfThereIsMemory(worker);
        return next;
      }
      if (flags.hasAny(PoolFlags.CLOSED | PoolFlags.TIMER)) {
        return takeInTurn(worker, null);
      }
      if (rests(worker)) {
        return null;
      }
    }
  }

  /**
   * Looks for a task for a while, because that is quicker than to rest and be called. At first it
   * looks after short pauses, since the next task may be on its way. Then it yields before each
   * look, to threads such as a caller that waits for the task that has just ended. It stops as soon
   * as a caller waits for this worker, because a yield takes long on a busy machine.
   */
  private @Nullable Object awaitNext(Worker worker) {
    Object next = null;
    for (int looks = 0;
        next == null
            && looks < SHORT_LOOKS + YIELDS
            && !worker.hasDropped()
            && !flags.hasAny(PoolFlags.SURPLUS | PoolFlags.DRAINS | PoolFlags.CLOSED);
        looks++) {
      if (looks >= SHORT_LOOKS) {
        worker.yields++;
        Thread.yield();
      } else {
        // A submitter that is just ahead gains some distance.
        TakerBackOff.pause();
      }
      if (queue.watch()) {
        next = poll(worker);
      }
    }
    return next;
  }

  private @Nullable Object poll(Worker worker) {
    worker.beginTaking();
    Object next = queue.poll(worker, worker.cursor);
    if (!worker.hasDropped()) {
      worker.endTaking(next);
    }
    return next;
  }

  /**
   * A worker has taken a task. If the worker was free, the task took no place, and now the worker
   * is not free for another task.
   *
   * @return whether a task that waits for a place can be let in
   */
  private boolean began(Worker worker) {
    if (!worker.free) {
      return capacity.givePlace();
    }
    worker.free = false;
    idleWorkers.begin(worker);
    return false;
  }

  /**
   * A worker has claimed a task, and owes its run, whatever fails meanwhile. Other workers are then
   * called by the next submitter, or by this one when it comes for its next task.
   */
  private void callOthersIfThereIsMemory(Worker worker) {
    boolean wasFree = worker.free;
    try {
      if (began(worker)) {
        core.look();
      }
      callOthers(worker, wasFree);
    } catch (Throwable noMemory) {
      owesRun(worker, noMemory);
    }
  }

  /** The report comes later, because a log may hang. */
  private void owesRun(Worker worker, Throwable noMemory) {
    try {
      core.helpers.run(
          () ->
              core.faults.warn(
                  TaskDispatcher.class,
                  null,
                  noMemory,
                  "Pool '{}': worker {} runs its next task, but could not wake or start other workers, so queued tasks may wait for it",
                  core.name(),
                  worker.counters.number));
    } catch (Throwable noReport) {
      // The task is worth more.
    }
    worker.awaitInterrupts();
  }

  /**
   * Calls other workers if they are needed. A worker does so after it has claimed a task: by then a
   * caller that waits for the task before has seen that it ended.
   *
   * @param worker the worker that has claimed a task
   * @param wasFree whether submitters counted on the worker
   */
  private void callOthers(Worker worker, boolean wasFree) {
    int now = flags.get();
    if ((now & (PoolFlags.DRAINS | PoolFlags.WATCH | PoolFlags.INTERRUPTS)) != 0) {
      core.enter();
      try {
        wantWatch();
      } finally {
        // Here the rules see what this worker has ended.
        core.leave();
      }
      worker.awaitInterrupts();
    }
    boolean mayBeMissed = wasFree && (now & (PoolFlags.GROW | PoolFlags.PRESS)) != 0;
    if ((mayBeMissed || (!threadPerTask && idleWorkers.canCall())) && queue.hasWork()) {
      demand.callWorkerForTask();
    }
  }

  private void wantWatch() {
    core.timers.watch.want(core.state() != PoolState.TERMINATED);
  }

  // ---- Rest, without the lock

  /**
   * Makes a worker idle that has found no task.
   *
   * @return true if it is idle, or another thread has called it meanwhile, which is always assumed
   *     of a virtual one; false if there is something to do
   */
  private boolean rests(Worker worker) {
    if (becomesFree(worker)) {
      core.look();
    }
    rest(worker);
    // After the bit is set: a step that changes the flags or the queue then looks for idle workers.
    boolean isToDecide =
        flags.hasAny(PoolFlags.SURPLUS | PoolFlags.DRAINS | PoolFlags.CLOSED | PoolFlags.TIMER);
    if (threadPerTask) {
      // Another thread may have this worker by now: this decides for all that rest, and calls any.
      if (isToDecide) {
        decideForThoseThatRest();
      }
      if (queue.hasWork()) {
        demand.callIdleWorker();
      }
      return true;
    }
    return (!isToDecide && !queue.hasWork()) || !resumes(worker);
  }

  private void decideForThoseThatRest() {
    core.enter();
    try {
      core.workers.dismissBeyondMax();
    } finally {
      core.leave();
    }
  }

  /** From here on another thread may have the worker. */
  private void rest(Worker worker) {
    queue.releaseTaken();
    worker.idleSinceNanos = core.time.nanoTime();
    worker.resting = true;
    idleWorkers.rest(worker);
  }

  /** Counts the worker as free. Returns whether a task that waits for a place can be let in. */
  private boolean becomesFree(Worker worker) {
    if (worker.free) {
      return false;
    }
    worker.free = true;
    idleWorkers.end(worker);
    return capacity.givePlace();
  }

  private boolean resumes(Worker worker) {
    boolean resumes = idleWorkers.resume(worker);
    if (resumes) {
      worker.resting = false;
    }
    return resumes;
  }

  // ---- Under the lock

  /** As {@link #take}, for a worker that has something to decide. */
  private @Nullable Object takeInTurn(Worker worker, @Nullable Object done) {
    Object unsettled = done;
    while (true) {
      Object next = null;
      boolean goesOn = false;
      try {
        core.enter();
        try {
          settle(worker, unsettled);
          unsettled = null;
          core.workers.comesForTask(worker);
          if (core.workers.hasSurplus()) {
            demand.workerLeaves(worker);
          } else {
            next = nextTask(worker);
            if (next != null) {
              worker.dismissed = false;
              wantWatch();
              demand.meetDemand();
            } else if (worker.dismissed || core.isOver()) {
              demand.workerLeaves(worker);
            } else {
              goesOn = !restsInTurn(worker);
            }
          }
        } finally {
          core.leave();
        }
      } catch (Throwable noMemory) {
        if (next == null) {
          throw noMemory;
        }
        owesRun(worker, noMemory);
      }
      if (!goesOn) {
        worker.awaitInterrupts();
        return next;
      }
    }
  }

  /** This worker has ended the task, if it had one. */
  private void settle(Worker worker, @Nullable Object done) {
    if (done != null) {
      worker.endTask();
      if (done instanceof PoolTask<?> task) {
        core.drains.leave(task);
      }
    }
  }

  /** Takes the next task to run out of the queue; those that must not run any more are dropped. */
  private @Nullable Object nextTask(Worker worker) {
    while (true) {
      int present = worker.free ? 0 : 1;
      core.admit(present);
      Object next = poll(worker);
      boolean dropped = worker.hasDropped();
      if (dropped) {
        countDropped(worker, next);
      }
      if (next != null) {
        queueSize.countTaken(worker);
        began(worker);
        return next;
      }
      // A worker that has taken what was let in may need the lock to give its place back. One that
      // has dropped tasks gives up the lock before it drops more, and looks into the queue again.
      if (dropped || !capacity.hasRoomForLine(present)) {
        return null;
      }
    }
  }

  private void countDroppedInTurn(Worker worker, @Nullable Object taken) {
    core.enter();
    try {
      countDropped(worker, taken);
    } finally {
      core.leave();
    }
  }

  /** Counts tasks that must not run, before the worker says which task it has taken. */
  private void countDropped(Worker worker, @Nullable Object taken) {
    for (PoolTask<?> task : worker.takeDropped()) {
      cancellation.withdrawnByWorker(task);
    }
    worker.endTaking(taken);
  }

  /** As {@link #rests}, under the lock, under which nothing changes except that tasks come. */
  private boolean restsInTurn(Worker worker) {
    becomesFree(worker);
    core.timers.shrink.want(core.workers.mayShrink());
    rest(worker);
    if (threadPerTask) {
      // As in rests.
      if (queue.hasWork()) {
        core.workers.callOne();
      }
      return true;
    }
    return !queue.hasWork() || !resumes(worker);
  }

  // ---- One thread for each task

  /**
   * A thread of a virtual worker has run its task: another one goes on in its place if there is
   * work.
   */
  void startSuccessor(Worker worker, Object done) {
    if ((done instanceof PoolTask<?> task && task.phase() != null)
        || flags.hasAny(PoolFlags.SURPLUS | PoolFlags.DRAINS | PoolFlags.CLOSED)) {
      if (goesOnInTurn(worker, done)) {
        core.startThread(worker);
      }
      return;
    }
    worker.endTask();
    if (queue.hasWork()) {
      core.startThread(worker);
    } else {
      rests(worker);
    }
  }

  private boolean goesOnInTurn(Worker worker, Object done) {
    core.enter();
    try {
      settle(worker, done);
      if (core.workers.hasSurplus() || core.isOver()) {
        demand.workerLeaves(worker);
        return false;
      }
      core.admit(1);
      boolean goesOn = queue.hasWork();
      if (!goesOn) {
        restsInTurn(worker);
      }
      return goesOn;
    } finally {
      core.leave();
    }
  }
}

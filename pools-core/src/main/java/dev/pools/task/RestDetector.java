package dev.pools.task;

import dev.pools.internal.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Finds out whether the pool has come to rest: whether all tasks of a drain have ended, whether
 * nothing is left to do, whether it may terminate; and completes the waits for it. Under the pool's
 * lock.
 *
 * <p>Workers take and end tasks without the lock. Therefore each look reads in this order: first
 * the queue or the tickets, then the bits of the idle workers, then each worker; see {@link
 * Worker#isTaking}. A worker that is just taking a task comes to the lock after it has seen the
 * flag {@link PoolFlags#DRAINS}. Of a worker that rests, and rested without the lock, the bit tells
 * that it has ended its task.
 */
final class RestDetector {

  private final TaskQueue queue;
  private final QueueCapacity capacity;
  private final WorkerSet workers;
  private final IdleWorkers idleWorkers;
  private final DrainTracker drains;
  private final Set<IdleWait> idleWaits;
  private final CallerRuns callerRuns;
  private final OpenMaps openMaps;

  /** The workers that may run a task with a ticket below {@link #mayHoldBefore}. */
  private final List<Worker> mayHold = new ArrayList<>();

  private long mayHoldBefore = -1;

  RestDetector(
      TaskQueue queue,
      QueueCapacity capacity,
      WorkerSet workers,
      DrainTracker drains,
      Set<IdleWait> idleWaits,
      CallerRuns callerRuns,
      OpenMaps openMaps) {
    this.queue = queue;
    this.capacity = capacity;
    this.workers = workers;
    this.idleWorkers = workers.idleWorkers();
    this.drains = drains;
    this.idleWaits = idleWaits;
    this.callerRuns = callerRuns;
    this.openMaps = openMaps;
  }

  /** Completes the drains whose tasks have all ended; whether there are any drains. */
  boolean completeDrains(Completions completions) {
    if (!drains.pending()) {
      return false;
    }
    if (callerRuns.running() > 0) {
      return true;
    }
    while (drains.pending() && isOver(drains.oldest())) {
      Promise<Void> drained = drains.oldest().drained;
      if (drained != null) {
        completions.complete(drained, null);
      }
      drains.removeOldest();
    }
    if (!drains.pending()) {
      forgetHeld();
    }
    return true;
  }

  /** No drain is pending: what held up the last one is released. */
  void forgetHeld() {
    queue.tickets().forgetHeld();
    mayHold.clear();
    mayHoldBefore = -1;
  }

  private boolean isOver(DrainPhase phase) {
    return phase.counted == 0
        && !queue.tickets().holdsBefore(phase.endTicket)
        && noneRunsBefore(phase.endTicket);
  }

  /**
   * Whether no worker runs a task with a lower ticket, or has taken one and not yet said so. No
   * such task is queued. Therefore a worker that has been seen without one will not have one, and
   * is not asked again: a drain asks each worker once, and then waits for one after the other.
   */
  private boolean noneRunsBefore(long line) {
    if (mayHoldBefore != line) {
      idleWorkers.idle();
      mayHold.clear();
      for (Worker worker : workers.present()) {
        if (holdsBefore(worker, line)) {
          mayHold.add(worker);
        }
      }
      mayHoldBefore = line;
    }
    for (int last = mayHold.size() - 1; last >= 0; last--) {
      if (holdsBefore(mayHold.get(last), line)) {
        return false;
      }
      mayHold.remove(last);
    }
    return true;
  }

  private static boolean holdsBefore(Worker worker, long line) {
    if (worker.isTaking()) {
      return true;
    }
    long running = worker.runningTicket();
    return running != Worker.NOTHING && running < line;
  }

  /**
   * Completes the waits for which the pool is idle; whether there are any waits.
   *
   * @param terminated whether the pool has terminated, and no caller waits any longer
   */
  boolean completeIdleWaits(Completions completions, boolean terminated) {
    if (idleWaits.isEmpty()) {
      return false;
    }
    long tickets = queue.tickets().next();
    if (!terminated && (capacity.hasWaiting() || queue.hasWorkLeft())) {
      return true;
    }
    for (IdleWait wait : List.copyOf(idleWaits)) {
      if (terminated || isIdleFor(wait, tickets)) {
        idleWaits.remove(wait);
        completions.tell(wait::cancelTimer);
        completions.complete(wait.done, null);
      }
    }
    return true;
  }

  /**
   * Whether no worker and no caller has anything to do, except for tasks that cannot end before
   * this wait.
   *
   * @param tickets how many had been drawn when no task was seen to be queued
   */
  private boolean isIdleFor(IdleWait wait, long tickets) {
    if (callerRuns.running() > wait.bareRunsThatDoNotCount()) {
      return false;
    }
    idleWorkers.idle();
    long stuck = wait.bareRunsThatDoNotCount();
    for (Worker worker : workers.present()) {
      if (worker.isTaking()) {
        return false;
      }
      if (worker.runningTicket() != Worker.NOTHING) {
        if (!wait.doesNotCount(worker.thread())) {
          return false;
        }
        stuck++;
      }
    }
    for (RunNote run : callerRuns.runs()) {
      Thread caller = run.thread;
      if (!wait.doesNotCount(caller)) {
        return false;
      }
      stuck++;
    }
    // No ticket may have been drawn meanwhile: a task may have submitted another one to a worker
    // that had been looked at, and then ended before its own worker was looked at.
    return queue.tickets().next() == tickets
        && drains.counted() <= stuck
        // A map whose element is the one that waits stays open.
        && (openMaps.isEmpty() || (stuck > 0 && wait.isQuiet()));
  }

  /** Whether nothing is left to do but tasks that cannot end before this wait. */
  boolean isIdleBut(IdleWait wait) {
    long tickets = queue.tickets().next();
    return !capacity.hasWaiting() && !queue.hasWorkLeft() && isIdleFor(wait, tickets);
  }

  /** Whether there are as many workers as there may be, and each runs a task that cannot end. */
  boolean noneCanTake(IdleWait wait) {
    for (Worker worker : workers.present()) {
      if (worker.isTaking()
          || worker.runningTicket() == Worker.NOTHING
          || !wait.doesNotCount(worker.thread())) {
        return false;
      }
    }
    return workers.size() > 0 && workers.size() >= workers.most();
  }

  /** Whether no task is queued or runs, and no worker is left. Maps may be open. */
  boolean isEmpty() {
    return workers.size() == 0 && isEmptyButForWorkers();
  }

  /** As {@link #isEmpty}, except for workers, and what these run. */
  boolean isEmptyButForWorkers() {
    return drains.noneCounted() && callerRuns.running() == 0 && !queue.hasWorkLeft();
  }
}

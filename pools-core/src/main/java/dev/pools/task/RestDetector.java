package dev.pools.task;

import dev.pools.internal.Promise;
import java.util.List;

/**
 * Finds out whether the pool has come to rest: whether all tasks of a drain have ended, whether
 * nothing is left to do, whether it may terminate. Under the pool's lock.
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
  private final CallerRuns callerRuns;
  private final OpenCompounds compounds;

  RestDetector(
      TaskQueue queue,
      QueueCapacity capacity,
      WorkerSet workers,
      DrainTracker drains,
      CallerRuns callerRuns,
      OpenCompounds compounds) {
    this.queue = queue;
    this.capacity = capacity;
    this.workers = workers;
    this.idleWorkers = workers.idleWorkers();
    this.drains = drains;
    this.callerRuns = callerRuns;
    this.compounds = compounds;
  }

  /** The drains whose tasks have all ended; each is returned once. */
  List<Promise<Void>> finishedDrains() {
    if (callerRuns.areInside()
        || drains.waitsForCounted()
        || queue.holdsBefore(drains.firstEnd())) {
      return List.of();
    }
    idleWorkers.idle();
    long lowest = queue.lowestTicket();
    for (Worker worker : workers.present()) {
      if (worker.isTaking()) {
        return List.of();
      }
      long running = worker.runningTicket();
      if (running != Worker.NOTHING) {
        lowest = Math.min(lowest, running);
      }
    }
    List<Promise<Void>> finished = drains.drained(lowest);
    queue.forgetHeld();
    return finished;
  }

  /** Whether the pool has nothing to do, except for tasks that cannot end before this wait. */
  boolean isIdleFor(IdleWait wait) {
    long tickets = queue.nextTicket();
    if (capacity.hasWaiting()
        || callerRuns.inside() > wait.bareCallersThatDoNotCount()
        || queue.hasWorkLeft()) {
      return false;
    }
    idleWorkers.idle();
    long stuck = wait.bareCallersThatDoNotCount();
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
    for (Thread caller : callerRuns.threads()) {
      if (!wait.doesNotCount(caller)) {
        return false;
      }
      stuck++;
    }
    // No ticket may have been drawn meanwhile: a task may have submitted another one to a worker
    // that had been looked at, and then ended before its own worker was looked at.
    return queue.nextTicket() == tickets
        && drains.counted() <= stuck
        // A map whose element is the one that waits stays open.
        && (compounds.isEmpty() || (stuck > 0 && wait.isQuiet()));
  }

  /** Whether no task is queued or runs, and no worker is left. Maps may be open. */
  boolean isEmpty() {
    return workers.size() == 0
        && drains.noneCounted()
        && !callerRuns.areInside()
        && !queue.hasWorkLeft();
  }
}

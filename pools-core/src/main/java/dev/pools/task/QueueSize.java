package dev.pools.task;

import dev.pools.internal.PaddedLong;

/**
 * How many tasks are queued. There is no counter of that, which all submitters and workers would
 * write: it is the difference between the tickets drawn and the tasks that have left the queue.
 */
final class QueueSize {

  /** Over how many counters virtual workers are spread. */
  private static final int TAKEN_STRIPES = 8;

  private final TaskQueue queue;
  private final WorkerSet workers;
  private final QueueCapacity places;
  private final TaskCounters counters;
  private final boolean threadPerTask;

  /** The greatest capacity so far: tasks stay queued if it is lowered. Guarded by the lock. */
  private int greatestCapacity;

  /** How many tasks virtual workers have taken; several workers share one of these. */
  private final PaddedLong[] takenByThreadPerTask;

  QueueSize(
      PoolOptions options,
      TaskQueue queue,
      WorkerSet workers,
      QueueCapacity places,
      TaskCounters counters) {
    this.queue = queue;
    this.workers = workers;
    this.places = places;
    this.counters = counters;
    this.greatestCapacity = options.queueCapacity();
    this.threadPerTask = options.threads().arePerTask();
    this.takenByThreadPerTask = new PaddedLong[threadPerTask ? TAKEN_STRIPES : 0];
    for (int stripe = 0; stripe < takenByThreadPerTask.length; stripe++) {
      takenByThreadPerTask[stripe] = new PaddedLong(0);
    }
  }

  /** This worker has taken a task. */
  void countTaken(Worker worker) {
    worker.counters.countTaken();
    if (threadPerTask) {
      // For callers that need the sum often, where there may be many workers.
      takenByThreadPerTask[worker.counters.number % TAKEN_STRIPES].getAndAdd(1);
    }
  }

  /** How many tasks workers have taken from the queue. */
  private long taken() {
    if (!threadPerTask) {
      return workers.sum(WorkerCounters::taken);
    }
    long taken = 0;
    for (PaddedLong stripe : takenByThreadPerTask) {
      taken += stripe.get();
    }
    return taken;
  }

  /**
   * How many tasks are queued; under the pool's lock. The tickets are read last: every task that
   * was taken has drawn its ticket earlier, so that the difference is never negative.
   */
  int queued() {
    long taken = taken();
    return (int)
        Math.max(0, queue.tickets().drawn() - taken - counters.withdrawn - counters.refusedTickets);
  }

  /** How many of the queued tasks take a place: a free worker comes for the others. */
  int backlog(int queued, int free) {
    return Math.min(greatestCapacity, Math.max(0, queued - free));
  }

  /** The capacity has changed; under the lock. */
  void become(int capacity) {
    greatestCapacity = Math.max(greatestCapacity, capacity);
  }

  /** How many tasks are queued or wait for a place, as far as the number matters. */
  int demand() {
    int queued = threadPerTask ? queued() : queue.readings().sizeUpTo(workers.greatestDemand());
    return queued + places.waiting();
  }
}

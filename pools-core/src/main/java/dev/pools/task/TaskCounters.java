package dev.pools.task;

/**
 * What is counted under the pool's lock; workers count for themselves, see {@link WorkerCounters}.
 */
final class TaskCounters {

  // How tasks ended that no worker ran.
  long completed;
  long failed;
  long cancelled;
  long expired;

  // Where they were then.
  /** Were withdrawn from the queue. */
  long withdrawn;

  /** Waited for a place. */
  long neverQueued;

  /** Were run by their submitters. */
  long ranByCallers;

  /** The number of the last task that waited for a place or was run by its submitter. */
  long outside;

  /** Runs whose results their limit has decided. */
  long timedOut;

  /** Runs that were told as stuck, in all; and those of them that have not ended. */
  long stuck;

  int stuckNow;

  /** Refused; these tasks count in no other number. */
  long rejected;

  /** Tickets of submitters that the closed queue refused. */
  long refusedTickets;

  void ended(Outcome outcome) {
    switch (outcome) {
      case COMPLETED -> completed++;
      case FAILED -> failed++;
      case CANCELLED -> cancelled++;
      case EXPIRED -> expired++;
    }
  }
}

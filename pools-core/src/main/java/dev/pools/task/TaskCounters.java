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

  /** Have waited for a place or have been run by their submitters: the last one's number. */
  long outside;

  /** Runs whose results their limit has decided. */
  long timedOut;

  /** Runs that were told as stuck, in all; and those of them that have not ended. */
  long stuck;

  int stuckNow;

  /** Refused; never submitted, as far as the books go. */
  long rejected;

  /** Tickets drawn by those whom the closed queue refused. */
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

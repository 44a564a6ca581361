package dev.pools.task;

/**
 * Where a taker stands in the queue, and how it gets on with the other takers. It has numbers only:
 * a reference would keep everything reachable that comes after it. Only its taker uses it.
 */
final class QueueCursor {

  // Written by ArrivalQueue.
  /** The position of the task that it has looked at last. */
  long position;

  /** The ticket of the task that it has looked at or claimed last. */
  long ticket;

  /** When the bare Runnable was submitted that it has claimed last, if all are timestamped. */
  long stampNanos;

  // Written by TaskQueue.
  /** At which of the arrival queues the taker is. */
  int arrivalQueue;

  /** How many it has taken there in a row. */
  int run;

  /** How far it backs off at the next collision. */
  int heat;

  /** How many it has taken since the last collision. */
  int undisturbed;

  long ticket() {
    return ticket;
  }

  /** It has claimed a task elsewhere, with that ticket. */
  void claimed(long sortedTicket) {
    ticket = sortedTicket;
  }

  long stampNanos() {
    return stampNanos;
  }
}

package dev.pools.task;

import dev.pools.internal.PaddingBefore;

/**
 * Where a taker stands in the queue, and how it gets on with the other takers. It has numbers only:
 * a reference would keep everything reachable that comes after it. Only its taker uses it.
 */
final class QueueCursor extends QueueCursorFields {

  /** What stands for the time of a submission that was not noted. */
  static final long NO_STAMP = 0;

  // Two cache lines after the fields, as there are two before them.
  @SuppressWarnings("UnusedVariable")
  private long after1, after2, after3, after4, after5, after6, after7, after8;
  @SuppressWarnings("UnusedVariable")
  private long after9, after10, after11, after12, after13, after14, after15;

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

@SuppressWarnings("MultipleTopLevelClasses")
class QueueCursorFields extends PaddingBefore {

  // Written by ArrivalQueue.
  /** The position of the task that it has looked at last. */
  long position;

  /** The ticket of the task that it has looked at or claimed last. */
  long ticket;

  /** When the bare Runnable was submitted that it has claimed last, if that was noted. */
  long stampNanos;

  // Written by TaskQueue, TakerRun and TakerBackOff.
  /** At which of the arrival queues the taker is. */
  int arrivalQueue;

  /** How many it has taken there in a row. */
  int run;

  /** When {@link TakerRun} read the clock first. */
  long runNanos;

  /** How far it backs off at the next collision. */
  int heat;

  /** How many it has taken since the last collision. */
  int undisturbed;

  /** The sorter's turns when the lanes were seen to be empty. */
  int turns;

  /**
   * How many tasks of other priorities had been submitted then; none of them is queued any more.
   */
  long others = -1;
}

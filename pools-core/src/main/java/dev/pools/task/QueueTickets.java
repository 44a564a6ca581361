package dev.pools.task;

import dev.pools.internal.PaddedLong;
import org.jspecify.annotations.Nullable;

/**
 * The tickets that tasks draw when they are submitted: how many have been drawn, and whether a task
 * with a low one is still queued.
 */
final class QueueTickets {

  private final ArrivalQueue[] arrivals;
  private final TaskSorter sorter;

  /** The next ticket, if there are several arrival queues. */
  private final @Nullable PaddedLong sequence;

  // Guarded by the pool's lock.
  /** The task that {@link #holdsBefore} looks at. */
  private @Nullable PoolTask<?> heldBefore;

  QueueTickets(ArrivalQueue[] arrivals, TaskSorter sorter, @Nullable PaddedLong sequence) {
    this.arrivals = arrivals;
    this.sorter = sorter;
    this.sequence = sequence;
  }

  /** How many tasks have been submitted, including those that the closed queue has rejected. */
  long drawn() {
    long drawn = 0;
    for (ArrivalQueue queue : arrivals) {
      drawn += queue.tickets();
    }
    return drawn;
  }

  /** Higher than all tickets that have been drawn. */
  long next() {
    return sequence == null ? arrivals[0].end() : sequence.get();
  }

  // ---- Lines

  /**
   * Draws a line between the tasks that have been submitted and those that will be; under the
   * pool's lock.
   *
   * @return a ticket: that of a task is lower if its {@code add} has returned before this call
   *     starts, and is not if its {@code add} starts when this call has returned
   */
  long line() {
    if (sequence == null) {
      return next();
    }
    sorter.lock();
    try {
      long line = 0;
      for (ArrivalQueue queue : arrivals) {
        line = Math.max(line, queue.ticketsEnd());
      }
      for (ArrivalQueue queue : arrivals) {
        queue.leaveBehind(line);
      }
      return line;
    } finally {
      sorter.unlockUnchanged();
    }
  }

  // ---- Tickets of queued tasks

  /**
   * Whether a task is queued, or about to be, that has drawn a lower ticket. It looks at one such
   * task as long as that is queued. If another has to be found, that takes a few steps, however
   * many priorities there are. Under the pool's lock.
   */
  boolean holdsBefore(long line) {
    PoolTask<?> known = heldBefore;
    if (known != null && known.isQueued() && known.ticket() < line) {
      return true;
    }
    sorter.lock();
    try {
      heldBefore = sorter.lanes.peekBefore(line);
      return heldBefore != null || lowestUnsorted() < line;
    } finally {
      sorter.unlock();
    }
  }

  /** No drain asks {@link #holdsBefore} any more: the task that it looks at is released. */
  void forgetHeld() {
    heldBefore = null;
  }

  /** The lowest ticket of tasks that are not sorted; more than any if there are none. */
  private long lowestUnsorted() {
    long[] lowest = {Long.MAX_VALUE};
    for (ArrivalScan scan : sorter.scans) {
      scan.visitAll(
          (ticket, task) -> {
            lowest[0] = Math.min(ticket, lowest[0]);
            return false;
          });
    }
    return lowest[0];
  }
}

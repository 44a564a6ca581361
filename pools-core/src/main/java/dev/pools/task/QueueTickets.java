package dev.pools.task;

import dev.pools.internal.PaddedLong;
import org.jspecify.annotations.Nullable;

/**
 * The tickets that tasks draw when they are submitted: how many have been drawn, and whether a task
 * with a low one is still queued.
 */
final class QueueTickets {

  /** How far the tickets of an arrival queue may be behind those of others. */
  private static final long MOST_BEHIND = 1L << 29;

  private final ArrivalQueue[] arrivals;
  private final TaskSorter sorter;

  /** The next ticket, if there are several arrival queues. */
  private final @Nullable PaddedLong sequence;

  // Guarded by the pool's lock.
  /** The one that {@link #holdsBefore} looks at. */
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

  /** The whole ticket of a task, which keeps its lower half. */
  long of(PoolTask<?> task) {
    return widened(task.ticket, next());
  }

  /** The whole ticket with this lower half: the last one before the next to be drawn. */
  static long widened(int ticket, long next) {
    return next - Integer.toUnsignedLong((int) next - ticket);
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
      leaveBehind(line);
      return line;
    } finally {
      sorter.unlockUnchanged();
    }
  }

  /**
   * Whether the next tickets of this arrival queue are so old that their lower halves could be
   * taken for new ones, because only others have been used for long; then {@link #renew} helps.
   */
  boolean areOutdated(ArrivalQueue queue) {
    return sequence != null && queue.isBehind(sequence.get() - MOST_BEHIND);
  }

  /** Sees to it that the next tickets are higher than all others; under the pool's lock. */
  void renew() {
    sorter.lock();
    try {
      leaveBehind(next());
    } finally {
      sorter.unlockUnchanged();
    }
  }

  private void leaveBehind(long line) {
    for (ArrivalQueue queue : arrivals) {
      queue.leaveBehind(line);
    }
  }

  // ---- Tickets of queued tasks

  /**
   * Whether a task is queued, or about to be, that has drawn a lower ticket. It looks at one such
   * task as long as that is queued, so that the answer mostly costs nothing, however many
   * priorities there are. Under the pool's lock.
   */
  boolean holdsBefore(long line) {
    PoolTask<?> known = heldBefore;
    if (known != null && known.isQueued() && of(known) < line) {
      return true;
    }
    sorter.lock();
    try {
      long next = next();
      heldBefore = sorter.lanes.lateOneOf(task -> widened(task.ticket, next) < line);
      return heldBefore != null || lowestUnsorted(Long.MAX_VALUE) < line;
    } finally {
      sorter.unlock();
    }
  }

  /** No drain asks {@link #holdsBefore} any more: the task that it looks at is released. */
  void forgetHeld() {
    heldBefore = null;
  }

  /** A ticket that is not higher than those of all tasks that are queued or about to be. */
  long lowest() {
    sorter.lock();
    try {
      long next = next();
      PoolTask<?> oldest = sorter.lanes.peekOldest();
      return lowestUnsorted(oldest == null ? next : widened(oldest.ticket, next));
    } finally {
      sorter.unlock();
    }
  }

  /** The lowest ticket of tasks that are not sorted, or the limit if that is lower. */
  private long lowestUnsorted(long limit) {
    long[] lowest = {limit};
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

package dev.pools.task;

import org.jspecify.annotations.Nullable;

/** Goes through an {@link ArrivalQueue}: to move its tasks into lanes, or to look at them. */
final class ArrivalScan {

  private static final int SEGMENT = ArrivalSegment.SIZE;

  private final ArrivalQueue queue;

  ArrivalScan(ArrivalQueue queue) {
    this.queue = queue;
  }

  // ---- Move

  /**
   * The ticket of the first position that has not been seen to be done, whether or not it is.
   *
   * @param end a position up to which all have been drawn; where to stop looking
   * @return the ticket, or else more than any
   */
  long headTicket(long end) {
    ArrivalSegment segment = queue.head();
    int index = segment.doneBelow();
    if (segment.base + index >= end) {
      return Long.MAX_VALUE;
    }
    return index < SEGMENT ? segment.ticketAt(index) : queue.following(segment).firstTicket;
  }

  /**
   * As {@link #moveTo}, but only the tasks of the first segment that has any, and none if takers
   * have finished the segment of that ticket meanwhile.
   */
  void moveSegmentTo(PriorityLanes lanes, long headTicket, long end) {
    ArrivalSegment segment = queue.head();
    if (segment.doneBelow() == SEGMENT) {
      segment = queue.following(segment);
    }
    if (segment.firstTicket <= headTicket) {
      moveTo(lanes, Math.min(end, segment.end()));
    }
  }

  /**
   * Moves all queued tasks to lanes; one thread at a time may do so. Each slot is done at once: the
   * task is still queued, but not here.
   *
   * @param end a position; the tasks from there on stay
   */
  void moveTo(PriorityLanes lanes, long end) {
    ArrivalSegment segment = queue.head();
    int index = segment.doneBelow();
    int looks = 0;
    while (segment.base + index < end) {
      if (index == SEGMENT) {
        segment.doneBelow(SEGMENT);
        ArrivalSegment next = segment.next;
        if (next == null) {
          ArrivalSegment.awaitSubmitter(looks++);
        } else {
          queue.head(next);
          segment = next;
          index = segment.doneBelow();
        }
        continue;
      }
      Object slot = segment.slot(index);
      if (slot == null) {
        ArrivalSegment.awaitSubmitter(looks++);
        continue;
      }
      move(lanes, segment, index, slot);
      index++;
    }
    segment.doneBelow(index);
  }

  private void move(PriorityLanes lanes, ArrivalSegment segment, int index, Object slot) {
    if (slot instanceof PoolTask<?> task) {
      if (task.isQueued()) {
        lanes.add(task);
      }
      segment.empty(index);
    } else if (slot != ArrivalSegment.DONE) {
      PoolTask<?> task = queue.asTask((Runnable) slot, segment, index);
      if (segment.tryEmpty(index, slot)) {
        lanes.add(task);
      }
    }
  }

  // ---- Look

  /** Looks at what stands in an arrival queue. */
  interface Visitor {

    /**
     * Looks at one task.
     *
     * @param task null if it is a bare Runnable, or on its way to its slot
     * @return whether to go on
     */
    boolean visit(long ticket, @Nullable PoolTask<?> task);

    /**
     * As {@link #visit}, for a bare Runnable.
     *
     * @param stamped whether it is timestamped
     */
    default boolean visitCode(long ticket, Runnable code, boolean stamped, long stampNanos) {
      return stamped ? visitStamped(ticket, stampNanos) : visit(ticket, null);
    }

    /** As {@link #visit}, for a bare Runnable that is timestamped. */
    default boolean visitStamped(long ticket, long stampNanos) {
      return visit(ticket, null);
    }
  }

  /** Visits what is queued, in order, and empties slots that are not queued any more. */
  void visitAll(Visitor visitor) {
    long end = queue.end();
    ArrivalSegment segment = queue.head();
    int index = segment.doneBelow();
    while (segment.base + index < end) {
      if (index == SEGMENT) {
        ArrivalSegment next = segment.next;
        if (next == null) {
          // On its way to a segment that is not there yet; its tickets are higher than these.
          visitor.visit(segment.ticketAt(index), null);
          return;
        }
        segment = next;
        index = 0;
        continue;
      }
      Object slot = segment.slot(index);
      if (slot instanceof PoolTask<?> task && !task.isQueued()) {
        segment.empty(index);
      } else if (slot != ArrivalSegment.DONE && !visit(visitor, segment, index, slot)) {
        return;
      }
      index++;
    }
  }

  private static boolean visit(
      Visitor visitor, ArrivalSegment segment, int index, @Nullable Object slot) {
    long ticket = segment.ticketAt(index);
    long[] stamps = segment.stamps;
    if (slot == null || slot instanceof PoolTask<?>) {
      return visitor.visit(ticket, slot instanceof PoolTask<?> queued ? queued : null);
    }
    Runnable code = (Runnable) slot;
    return stamps == null
        ? visitor.visitCode(ticket, code, false, 0)
        : visitor.visitCode(ticket, code, true, stamps[index]);
  }
}

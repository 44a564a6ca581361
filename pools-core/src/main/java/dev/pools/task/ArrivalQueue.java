package dev.pools.task;

import dev.pools.internal.PaddedLong;
import org.jspecify.annotations.Nullable;

/**
 * All tasks in the order of their arrival: an array without an end, in segments. To submit is one
 * atomic addition, which draws a ticket, and one store into the ticket's slot.
 *
 * <p>A queue may have several arrival queues, each with an order of its own. Then a ticket is more
 * than the position in its arrival queue: each segment takes the next few numbers of a sequence
 * that all of them share. So no two tasks have the same ticket, tickets grow in each arrival queue,
 * and {@link #leaveBehind} draws a line between the tasks that have been submitted to any of them
 * and those that will be.
 *
 * <p>A task is submitted as a {@link PoolTask}, or, where nothing but its code has to be known, as
 * a bare Runnable, which saves an object. A Runnable's slot is its state: it is queued as long as
 * it stands there.
 *
 * <p>A slot goes from null (no task, or its submitter is on the way to the slot) to the task and
 * later to {@link ArrivalSegment#DONE}. The task's own state decides that it is taken: a taker
 * moves it from QUEUED to RUNNING. That its slot is done is only noted, by each thread that sees
 * it. So the position of the head is a hint, which may lag behind but never runs ahead.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>Every slot whose position has been drawn is filled: by the task, with DONE if the queue was
 *       closed or the position left behind, or with {@link ArrivalSegment#NO_TASK} if its submitter
 *       had no stack or memory left. (One exception: no stack while the next segment is missing.)
 *   <li>All slots before the head are done; no queued task stands before it. A thread that notes so
 *       releases what it has seen: a thread that passes a slot by knows of its taker.
 *   <li>A position drawn after {@link #close} carries the closing bit, so that whether a submitter
 *       was in time is decided by one atomic operation.
 *   <li>Once {@code add} has returned, every reader of the tail sees a tail beyond the position.
 * </ol>
 *
 * <p>Segments addressed by a fetch-and-add ticket are the idea of the LCRQ (Morrison and Afek,
 * 2013). It takes with a second fetch-and-add, which claims blindly; strict priorities need a look
 * before the claim, and so the claim is on the task.
 */
final class ArrivalQueue {

  private static final int SEGMENT = ArrivalSegment.SIZE;
  private static final Object DONE = ArrivalSegment.DONE;

  /** The submitter that fills this slot creates the next segment. */
  private static final int PREPARED_AT = SEGMENT - 64;

  /** In a burst one task in so many notes the time of its submission. */
  private static final int STAMP_STEP = 16;

  private static final long CLOSED = 1L << 62;

  private final TaskFactory factory;
  private final @Nullable PaddedLong sequence;
  private final PaddedLong tail;

  // Written once in a segment.
  private volatile ArrivalSegment tailSegment;
  private volatile ArrivalSegment headSegment;

  /** How many positions no task has drawn. Written by one thread at a time. */
  private volatile long leftBehind;

  /**
   * An empty arrival queue.
   *
   * @param firstTicket its first position, and the first ticket of all
   * @param sequence the next ticket, if there are several arrival queues; null if it is the only
   *     one
   */
  ArrivalQueue(TaskFactory factory, long firstTicket, @Nullable PaddedLong sequence) {
    this.factory = factory;
    this.sequence = sequence;
    this.tail = new PaddedLong(firstTicket);
    this.leftBehind = firstTicket;
    tailSegment = segmentAt(firstTicket, firstTicket);
    headSegment = tailSegment;
  }

  private ArrivalSegment segmentAt(long base, long earlierEnd) {
    long firstTicket = sequence == null ? base : sequence.getAndAdd(SEGMENT);
    return new ArrivalSegment(base, firstTicket, earlierEnd, factory.timestampsCodeNow());
  }

  // ---- Submit

  /**
   * Puts a task at the end.
   *
   * @param always whether to take it even if the queue is closed
   * @return whether it is in; otherwise the queue is closed
   */
  boolean add(PoolTask<?> task, boolean always) {
    return add(task, task, always);
  }

  /** As {@link #add}, for a task whose code is all that has to be known. */
  boolean add(Runnable code) {
    return add(null, code, /* always= */ false);
  }

  /**
   * Draws a position and fills its slot. If there is no stack or memory for that, the caller gets
   * the error, and the slot gets a task that does nothing, so that all counts stay right.
   */
  private boolean add(@Nullable PoolTask<?> task, Runnable code, boolean always) {
    long drawn = tail.getAndAdd(1);
    long position = drawn & ~CLOSED;
    try {
      ArrivalSegment segment = segmentOf(position);
      int index = (int) (position - segment.base);
      boolean in = always || drawn == position;
      Object entry = DONE;
      if (in) {
        entry = task == null ? codeEntry(code, segment, index) : taskEntry(task, segment, index);
      }
      segment.fill(index, entry);
      if (index == PREPARED_AT) {
        prepareNext(segment);
      }
      return in;
    } catch (Throwable full) {
      // The stack may be full: nothing is called here.
      ArrivalSegment segment = position < tailSegment.base ? headSegment : tailSegment;
      while (segment != null && position - segment.base >= SEGMENT) {
        segment = segment.next;
      }
      if (segment != null && position >= segment.base) {
        int index = (int) (position - segment.base);
        if (segment.slots[index] == null) {
          segment.slots[index] = ArrivalSegment.NO_TASK;
        }
      }
      throw full;
    }
  }

  private Object taskEntry(PoolTask<?> task, ArrivalSegment segment, int index) {
    task.drew(segment.ticketAt(index));
    if (isStamped(segment, index) || factory.recordsEach()) {
      factory.stamp(task);
    }
    return task;
  }

  private Object codeEntry(Runnable code, ArrivalSegment segment, int index) {
    long[] stamps = segment.stamps;
    if (stamps != null) {
      stamps[index] = factory.stampNanos();
      if (factory.recorder() == null) {
        return code;
      }
    }
    if (isStamped(segment, index) || factory.recordsEach()) {
      PoolTask<?> task = asTask(code, segment, index);
      factory.stamp(task);
      return task;
    }
    return code;
  }

  /**
   * In a burst one task in so many notes the time; a task that finds the queue empty always does.
   */
  private static boolean isStamped(ArrivalSegment segment, int index) {
    return index % STAMP_STEP == 0 || segment.slots[index - 1] == DONE;
  }

  /** A task of its own for a bare Runnable in this slot. */
  PoolTask<?> asTask(Runnable code, ArrivalSegment segment, int index) {
    PoolTask<?> task = factory.executed(code, TaskOptions.DEFAULT);
    task.enqueue();
    task.drew(segment.ticketAt(index));
    long[] stamps = segment.stamps;
    if (stamps != null) {
      task.cameAt(stamps[index]);
    }
    return task;
  }

  /** Rejects all that are submitted from now on. */
  void close() {
    tail.getAndBitwiseOr(CLOSED);
  }

  // ---- Segments

  private ArrivalSegment segmentOf(long position) {
    ArrivalSegment segment = tailSegment;
    if (segment.has(position)) {
      return segment;
    }
    // Mostly the next one, which is there already: no call that could fail.
    ArrivalSegment next = segment.next;
    if (next != null && next.has(position)) {
      if (next.base > tailSegment.base) {
        tailSegment = next;
      }
      return next;
    }
    return distantSegmentOf(position);
  }

  /** Creates the next segment early; not with several queues, where it would draw tickets early. */
  private void prepareNext(ArrivalSegment segment) {
    try {
      if (sequence == null) {
        makeNext(segment);
      }
    } catch (Throwable full) {
      // Then the submitter that draws its first position creates it.
    }
  }

  private ArrivalSegment distantSegmentOf(long position) {
    ArrivalSegment segment = tailSegment;
    if (position < segment.base) {
      // Others have gone on since it was drawn; the head cannot have passed an empty slot.
      segment = headSegment;
    }
    while (position - segment.base >= SEGMENT) {
      segment = following(segment);
    }
    if (segment.base > tailSegment.base) {
      tailSegment = segment;
    }
    return segment;
  }

  /** The next segment, which is created if there is none. */
  ArrivalSegment following(ArrivalSegment segment) {
    ArrivalSegment next = segment.next;
    while (next == null) {
      try {
        makeNext(segment);
      } catch (Throwable full) {
        // A position without a slot would hold up every task behind it. Memory comes back.
        Thread.yield();
      }
      next = segment.next;
    }
    return next;
  }

  private void makeNext(ArrivalSegment segment) {
    if (segment.next == null) {
      segment.follow(segmentAt(segment.end(), segment.firstTicket + SEGMENT));
    }
  }

  /** The first segment that may hold a queued task. */
  ArrivalSegment head() {
    return headSegment;
  }

  /** No task is queued before this segment. */
  void head(ArrivalSegment segment) {
    headSegment = segment;
  }

  // ---- Tickets

  /**
   * Skips tickets: tasks that are submitted from now on get this ticket or a higher one. No task
   * here has such a ticket yet. A task that is just being submitted may come to a later segment.
   * One thread at a time may do so.
   */
  void leaveBehind(long ticket) {
    while (true) {
      long seen = tail.get();
      long position = seen & ~CLOSED;
      ArrivalSegment segment = segmentOf(position);
      if (segment.firstTicket + (position - segment.base) >= ticket) {
        return;
      }
      long skipped = segment.end() - position;
      // No task has drawn that position, so the head may be beyond its segment meanwhile.
      if (segment.has(position) && tail.compareAndSet(seen, seen + skipped)) {
        long before = leftBehind;
        leftBehind = before + skipped;
        for (int index = (int) (position - segment.base); index < SEGMENT; index++) {
          segment.empty(index);
        }
      }
    }
  }

  /** Higher than all tickets that have been drawn here, and no higher than it must be. */
  long ticketsEnd() {
    while (true) {
      long position = end();
      ArrivalSegment segment = segmentOf(position);
      if (segment.has(position)) {
        long drawn = position - segment.base;
        return drawn == 0 ? segment.earlierEnd : segment.firstTicket + drawn;
      }
    }
  }

  /** How many tickets have been drawn, including those of tasks that the closed queue rejected. */
  long tickets() {
    return end() - leftBehind;
  }

  /** The position of the next task. */
  long end() {
    return tail.get() & ~CLOSED;
  }

  // ---- Take

  /** The first that is queued, a task or a Runnable, and where it stands; null if there is none. */
  @Nullable Object peek(QueueCursor cursor) {
    ArrivalSegment segment = headSegment;
    int index = segment.doneBelow();
    int looks = 0;
    while (true) {
      if (index == SEGMENT) {
        segment.doneBelow(SEGMENT);
        ArrivalSegment next = segment.next;
        if (next != null) {
          headSegment = next;
          segment = next;
          index = segment.doneBelow();
        } else if (segment.end() >= end()) {
          return null;
        } else {
          ArrivalSegment.awaitSubmitter(looks++);
        }
        continue;
      }
      Object slot = segment.slot(index);
      if (slot == DONE) {
        index++;
      } else if (slot != null) {
        segment.lookAhead(index);
        if (isQueued(slot)) {
          cursor.position = segment.base + index;
          cursor.ticket = segment.ticketAt(index);
          return slot;
        }
        index++;
      } else if (segment.base + index >= end()) {
        break;
      } else {
        ArrivalSegment.awaitSubmitter(looks++);
      }
    }
    segment.doneBelow(index);
    return null;
  }

  private static boolean isQueued(Object entry) {
    return !(entry instanceof PoolTask<?> task) || task.isQueued();
  }

  /**
   * Claims the Runnable at the cursor.
   *
   * @return whether it is the caller's; otherwise it has been taken
   */
  boolean claim(QueueCursor cursor, Runnable code) {
    ArrivalSegment segment = headSegment;
    if (cursor.position < segment.base) {
      // What stands before the head is not queued any more.
      return false;
    }
    while (cursor.position - segment.base >= SEGMENT) {
      segment = following(segment);
    }
    int index = (int) (cursor.position - segment.base);
    long[] stamps = segment.stamps;
    cursor.stampNanos = stamps == null ? QueueCursor.NO_STAMP : stamps[index];
    return segment.tryEmpty(index, code);
  }

  /** Notes that the task at the cursor has been taken. */
  void done(QueueCursor cursor) {
    ArrivalSegment segment = headSegment;
    int next = (int) (cursor.position - segment.base) + 1;
    // Otherwise the other takers have left the segment behind.
    if (next >= 1 && next <= SEGMENT) {
      segment.takenBelow(next);
    }
  }

  /** Whether no task is queued or on its way to its slot; empties slots that are not queued. */
  boolean isEmpty() {
    long end = end();
    ArrivalSegment segment = headSegment;
    int index = segment.doneBelow();
    while (true) {
      if (segment.base + index >= end) {
        long now = end();
        if (now == end) {
          return true;
        }
        end = now;
        continue;
      }
      if (index == SEGMENT) {
        ArrivalSegment next = segment.next;
        if (next == null) {
          return false;
        }
        segment = next;
        index = 0;
        continue;
      }
      Object slot = segment.slot(index);
      if (slot != DONE) {
        if (slot == null || isQueued(slot)) {
          return false;
        }
        segment.empty(index);
      }
      index++;
    }
  }

  /**
   * Empties the slots of all tasks before the head. A worker that becomes idle does so: an idle
   * pool keeps no result reachable.
   */
  void releaseTaken() {
    headSegment.emptyDone();
  }

  /**
   * Looks at the slot of the next task, and so does not disturb the submitters that draw a
   * position.
   *
   * @return whether a task has come, as far as can be seen from here
   */
  boolean watch() {
    ArrivalSegment segment = headSegment;
    int index = segment.doneBelow();
    if (index < SEGMENT) {
      return segment.glance(index) != null;
    }
    ArrivalSegment next = segment.next;
    return next != null && next.glance(0) != null;
  }
}

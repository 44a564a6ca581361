package dev.pools.task;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A part of the array of an {@link ArrivalQueue}: some slots, and the tickets that go with them.
 */
final class ArrivalSegment extends ArrivalSegmentApart {

  /** Slots in a segment: 2 KiB, so that a new one is rare and an idle pool is small. */
  static final int SIZE = 512;

  /** What stands in a slot whose task has been taken or withdrawn. */
  static final Object DONE = new Object();

  /** What stands in for a task whose submitter could not go on. */
  static final Runnable NO_TASK =
      new Runnable() {
        @Override
        public void run() {}

        @Override
        public String toString() {
          return "no task";
        }
      };

  private static final int EAGER_LOOKS = 64;

  /** Slots in a cache line, where references take four bytes. */
  private static final int LINE = 16;

  /** How many tasks are fetched at once. */
  private static final int AHEAD = 8;

  private static final VarHandle SLOTS = MethodHandles.arrayElementVarHandle(Object[].class);
  private static final VarHandle NEXT;
  private static final VarHandle DONE_BELOW;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      NEXT = lookup.findVarHandle(ArrivalSegment.class, "next", ArrivalSegment.class);
      DONE_BELOW = lookup.findVarHandle(ArrivalSegmentHints.class, "doneBelow", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** The position of the first slot. */
  final long base;

  /** The ticket of the first slot. */
  final long firstTicket;

  /** Higher than all tickets of the segment before. */
  final long earlierEnd;

  final @Nullable Object[] slots = new @Nullable Object[SIZE];

  /**
   * When the bare Runnables in the slots were submitted, if all are timestamped; written before the
   * slot is.
   */
  final long @Nullable [] stamps;

  volatile @Nullable ArrivalSegment next;

  ArrivalSegment(long base, long firstTicket, long earlierEnd, boolean timestampsCode) {
    this.base = base;
    this.firstTicket = firstTicket;
    this.earlierEnd = earlierEnd;
    this.stamps = timestampsCode ? new long[SIZE] : null;
  }

  long end() {
    return base + SIZE;
  }

  long ticketAt(int index) {
    return firstTicket + index;
  }

  boolean has(long position) {
    return position >= base && position - base < SIZE;
  }

  /** Appends a segment to this one, unless it has a successor. */
  void follow(ArrivalSegment following) {
    NEXT.compareAndSet(this, null, following);
  }

  // ---- Slots

  @Nullable Object slot(int index) {
    return SLOTS.getAcquire(slots, index);
  }

  /** As {@link #slot}, for a look that need not see what the slot holds. */
  @Nullable Object glance(int index) {
    return SLOTS.getOpaque(slots, index);
  }

  void fill(int index, Object entry) {
    SLOTS.setRelease(slots, index, entry);
  }

  void empty(int index) {
    SLOTS.setRelease(slots, index, DONE);
  }

  /** A submitter has drawn a position and is about to fill its slot. */
  static void awaitSubmitter(int looks) {
    if (looks < EAGER_LOOKS) {
      Thread.onSpinWait();
    } else {
      Thread.yield();
    }
  }

  /** Empties the slot if this stands in it. */
  boolean tryEmpty(int index, Object entry) {
    return SLOTS.compareAndSet(slots, index, entry, DONE);
  }

  /** What is queued in this slot; null if nothing is, or there is no such slot. */
  @Nullable Object queuedAt(int index) {
    if (index >= SIZE) {
      return null;
    }
    Object entry = slot(index);
    if (entry == DONE) {
      return null;
    }
    if (entry instanceof PoolTask<?> task) {
      lookAhead(index);
      return task.isQueued() ? entry : null;
    }
    return entry;
  }

  /** The bare Runnable in this slot has been claimed, the first that was queued. */
  void codeTaken(int index, QueueCursor cursor) {
    long[] allStamps = stamps;
    cursor.stampNanos = allStamps == null ? QueueCursor.NO_STAMP : allStamps[index];
    int next = index + 1;
    doneBelow(next);
    if (next % LINE == 0) {
      emptyLine(next);
    }
  }

  // ---- What is done

  int doneBelow() {
    return (int) DONE_BELOW.getAcquire(this);
  }

  void doneBelow(int index) {
    DONE_BELOW.setRelease(this, index);
  }

  /** Notes that the task in the slot before this one has been taken. */
  void takenBelow(int index) {
    doneBelow(index);
    if (index % LINE == 0) {
      emptyLine(index);
    } else if (glance(index) == null) {
      empty(index - 1);
    }
  }

  /**
   * Empties the slots of a cache line, once no submitter will write to it any more: to do so after
   * each take would move the line to and fro between takers and submitters. Only the last one that
   * is queued is emptied at once, so that the next submitter sees that no task is before its own.
   */
  private void emptyLine(int end) {
    for (int i = end - LINE; i < end; i++) {
      // The slots of bare Runnables are empty already.
      if (slots[i] != DONE) {
        empty(i);
      }
    }
  }

  /** Empties all slots that are done. */
  void emptyDone() {
    int end = doneBelow();
    for (int i = emptyBelow; i < end; i++) {
      empty(i);
    }
    emptyBelow = Math.max(emptyBelow, end);
  }

  /**
   * Now and then reads the next few tasks at once, so that the processor fetches them at the same
   * time and not one after the other: each comes from the cache of the processor that submitted it.
   */
  void lookAhead(int index) {
    if (index % AHEAD == 0) {
      fetch(index);
    }
  }

  private void fetch(int index) {
    for (int i = index + 1; i < index + AHEAD; i++) {
      if (glance(i) instanceof PoolTask<?> task) {
        task.touch();
      }
    }
  }
}

/**
 * How far takers have come, which they write for each task. The JVM keeps the fields of a
 * superclass before those of a subclass: so these stand apart from the fields that submitters read.
 */
@SuppressWarnings("MultipleTopLevelClasses")
class ArrivalSegmentHints {

  // No slot below is queued. Written through DONE_BELOW.
  @SuppressWarnings("UnusedVariable")
  int doneBelow;

  // No slot below holds a task, or a worker is about to empty it. Workers that rest at the same
  // moment may set it back, and empty a slot twice.
  int emptyBelow;
}

@SuppressWarnings({"MultipleTopLevelClasses", "UnusedVariable"})
class ArrivalSegmentApart extends ArrivalSegmentHints {
  private long apart1, apart2, apart3, apart4, apart5, apart6, apart7, apart8;
  private long apart9, apart10, apart11, apart12, apart13, apart14, apart15;
}

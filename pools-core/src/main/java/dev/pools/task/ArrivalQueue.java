package dev.pools.task;

import dev.pools.internal.PaddedLong;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * All tasks in the order of their arrival: an array without an end, in segments. To come is one
 * atomic addition, which draws a ticket, and one store into the ticket's slot.
 *
 * <p>A queue may have several inboxes, each with an order of its own. Then a ticket is more than
 * the position in its inbox: each segment takes the next few numbers of a sequence that all of them
 * share. So no two tasks have the same, in each inbox they grow, and {@link #leaveBehind} draws a
 * line between those who have come to any of them and those who are yet to come.
 *
 * <p>What comes is a task, or, where nothing but its code has to be known, a plain Runnable, which
 * saves an object. A Runnable's slot is its state: it is queued as long as it stands there.
 *
 * <p>A slot goes from null (nobody has come, or its owner is on the way from the ticket to the
 * slot) to the task and some time later to {@link #DONE}. That a task is taken is decided by the
 * task's own state, not here: a taker moves it from QUEUED to RUNNING, and that its slot is done is
 * only noted, by whoever sees it. So the position of the head is a hint, which may lag behind but
 * never runs ahead of a slot that is not done.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>Every slot whose position has been drawn is filled: by the task, or with DONE if the inbox
 *       was closed or the position left behind, or with {@link #NO_TASK} if its submitter had no
 *       stack or no memory left. (There is one exception: no stack in the moment in which the next
 *       segment is missing.)
 *   <li>All slots before the head are done; no task that is queued stands before it. Who notes so
 *       releases what it has seen, and so whoever passes a slot by knows of its taker.
 *   <li>A position drawn after {@link #close} carries the closing bit, so that whether a submitter
 *       was in time is decided by one atomic operation.
 *   <li>Once {@code add} has returned, every reader of the tail sees a tail beyond the position.
 * </ol>
 *
 * <p>The idea of an array of segments addressed by a fetch-and-add ticket is that of the LCRQ
 * (Morrison and Afek, 2013) and its descendants. They take with a second fetch-and-add, which
 * claims blindly; strict priorities need a look before the claim, and so the claim is on the task.
 */
final class ArrivalQueue {

  /** What stands in a slot whose task has been taken or withdrawn. */
  private static final Object DONE = new Object();

  /** What stands in for a task whose submitter could not go on. */
  private static final Runnable NO_TASK =
      new Runnable() {
        @Override
        public void run() {}

        @Override
        public String toString() {
          return "no task";
        }
      };

  /** Slots in a segment: 2 KiB, so that a new one is rare and an idle pool is small. */
  private static final int SEGMENT = 512;

  /** Whoever fills this slot makes the next segment. */
  private static final int PREPARED_AT = SEGMENT - 64;

  /** Slots in a cache line, where references take four bytes. */
  private static final int LINE = 16;

  /** In a burst each so many a task notes the time at which it came. */
  private static final int STAMP_STEP = 16;

  /** So many tasks are fetched at once. */
  private static final int AHEAD = 8;

  private static final int EAGER_LOOKS = 64;
  private static final long CLOSED = 1L << 62;

  private static final VarHandle SLOTS = MethodHandles.arrayElementVarHandle(Object[].class);
  private static final VarHandle NEXT;
  private static final VarHandle DONE_BELOW;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      NEXT = lookup.findVarHandle(Segment.class, "next", Segment.class);
      DONE_BELOW = lookup.findVarHandle(Segment.class, "doneBelow", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final class Segment {
    /** The position of the first slot. */
    final long base;

    /** The ticket of the first slot. */
    final long firstTicket;

    /** Higher than all tickets of the segment before. */
    final long earlierEnd;

    final @Nullable Object[] slots = new @Nullable Object[SEGMENT];

    /** When the Runnables in the slots came, where all are asked; written before the slot is. */
    final long @Nullable [] stamps;

    volatile @Nullable Segment next;

    // A hint: no slot below is queued. Written by takers, through DONE_BELOW.
    @SuppressWarnings("UnusedVariable")
    int doneBelow;

    // A hint: no slot below holds a task, or somebody is about to see to it. Workers that rest at
    // the
    // same time may set it back, and empty a slot twice.
    int emptyBelow;

    Segment(long base, long firstTicket, long earlierEnd, boolean timestampsCode) {
      this.base = base;
      this.firstTicket = firstTicket;
      this.earlierEnd = earlierEnd;
      this.stamps = timestampsCode ? new long[SEGMENT] : null;
    }

    long end() {
      return base + SEGMENT;
    }

    long ticketAt(int index) {
      return firstTicket + index;
    }

    boolean has(long position) {
      return position >= base && position - base < SEGMENT;
    }
  }

  private final TaskFactory factory;
  private final @Nullable PaddedLong sequence;
  private final PaddedLong tail = new PaddedLong(0);

  // Written once in a segment.
  private volatile Segment tailSegment;
  private volatile Segment headSegment;

  /** How many positions nobody has drawn. Written by one at a time. */
  private volatile long leftBehind;

  /** The only one of its queue. */
  ArrivalQueue(TaskFactory factory) {
    this(factory, null);
  }

  /**
   * One of several.
   *
   * @param sequence the next ticket of all of them; null if there are no others
   */
  ArrivalQueue(TaskFactory factory, @Nullable PaddedLong sequence) {
    this.factory = factory;
    this.sequence = sequence;
    tailSegment = segmentAt(0, 0);
    headSegment = tailSegment;
  }

  private Segment segmentAt(long base, long earlierEnd) {
    long firstTicket = sequence == null ? base : sequence.getAndAdd(SEGMENT);
    return new Segment(base, firstTicket, earlierEnd, factory.timestampsCode());
  }

  // ---- Coming

  /**
   * Puts a task at the end.
   *
   * @param always whether to take it even if the inbox is closed
   * @return whether it is in; otherwise the inbox is closed
   */
  boolean add(PoolTask<?> task, boolean always) {
    return add(task, task, always);
  }

  /** As {@link #add}, for a task of which nothing is to be known but its code. */
  boolean add(Runnable code) {
    return add(null, code, /* always= */ false);
  }

  /**
   * Draws a position and fills its slot. If it cannot, for want of stack or memory, its caller gets
   * the error, and a worker finds a task that does nothing instead: so all that is counted by
   * tickets, places and phases stays right.
   */
  private boolean add(@Nullable PoolTask<?> task, Runnable code, boolean always) {
    long drawn = tail.getAndAdd(1);
    long position = drawn & ~CLOSED;
    try {
      Segment segment = segmentOf(position);
      int index = (int) (position - segment.base);
      boolean in = always || drawn == position;
      Object entry = DONE;
      if (in) {
        entry = task == null ? codeEntry(code, segment, index) : taskEntry(task, segment, index);
      }
      SLOTS.setRelease(segment.slots, index, entry);
      if (index == PREPARED_AT) {
        prepareNext(segment);
      }
      return in;
    } catch (Throwable full) {
      // The stack may be full: nothing is called here.
      Segment segment = position < tailSegment.base ? headSegment : tailSegment;
      while (segment != null && position - segment.base >= SEGMENT) {
        segment = segment.next;
      }
      if (segment != null && position >= segment.base) {
        int index = (int) (position - segment.base);
        if (segment.slots[index] == null) {
          segment.slots[index] = NO_TASK;
        }
      }
      throw full;
    }
  }

  private Object taskEntry(PoolTask<?> task, Segment segment, int index) {
    task.ticket = (int) segment.ticketAt(index);
    if (isStamped(segment, index)) {
      task.stamp(factory.nanoTime());
    }
    return task;
  }

  private Object codeEntry(Runnable code, Segment segment, int index) {
    long[] stamps = segment.stamps;
    if (stamps != null) {
      stamps[index] = factory.nanoTime();
    } else if (isStamped(segment, index)) {
      return stamped(code, segment, index);
    }
    return code;
  }

  /** Who comes in a burst notes the time once in so many, who comes to an empty queue always. */
  private static boolean isStamped(Segment segment, int index) {
    return index % STAMP_STEP == 0 || segment.slots[index - 1] == DONE;
  }

  private Object stamped(Runnable code, Segment segment, int index) {
    PoolTask<?> task = asTask(code, segment, index);
    task.stamp(factory.nanoTime());
    return task;
  }

  private PoolTask<?> asTask(Runnable code, Segment segment, int index) {
    PoolTask<?> task = factory.executed(code, TaskOptions.DEFAULT);
    task.enqueue();
    task.ticket = (int) segment.ticketAt(index);
    long[] stamps = segment.stamps;
    if (stamps != null) {
      task.cameAt(stamps[index]);
    }
    return task;
  }

  private Segment segmentOf(long position) {
    Segment segment = tailSegment;
    if (segment.has(position)) {
      return segment;
    }
    // Mostly the next one, which is there already: no call that could fail.
    Segment next = segment.next;
    if (next != null && next.has(position)) {
      if (next.base > tailSegment.base) {
        tailSegment = next;
      }
      return next;
    }
    return distantSegmentOf(position);
  }

  /**
   * Makes the next segment in time: a position that has been drawn must have its slot. Not if there
   * are several inboxes: it would draw its tickets too early.
   */
  private void prepareNext(Segment segment) {
    try {
      if (sequence == null) {
        makeNext(segment);
      }
    } catch (Throwable full) {
      // Then whoever draws its first position makes it.
    }
  }

  private Segment distantSegmentOf(long position) {
    Segment segment = tailSegment;
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

  private Segment following(Segment segment) {
    Segment next = segment.next;
    while (next == null) {
      try {
        makeNext(segment);
      } catch (Throwable full) {
        // A position without a slot would hold up everyone behind it. Memory comes back.
        Thread.yield();
      }
      next = segment.next;
    }
    return next;
  }

  private void makeNext(Segment segment) {
    if (segment.next == null) {
      NEXT.compareAndSet(segment, null, segmentAt(segment.end(), segment.firstTicket + SEGMENT));
    }
  }

  /** Refuses all who come from now on. */
  void close() {
    tail.getAndBitwiseOr(CLOSED);
  }

  /**
   * Sees to it that whoever comes from now on gets no lower ticket than that, which nobody here has
   * yet: he may find himself in another segment. One at a time may do so.
   */
  void leaveBehind(long ticket) {
    while (true) {
      long seen = tail.get();
      long position = seen & ~CLOSED;
      Segment segment = segmentOf(position);
      if (segment.firstTicket + (position - segment.base) >= ticket) {
        return;
      }
      long skipped = segment.end() - position;
      // Nobody has drawn that position, so the head may have gone beyond its segment meanwhile.
      if (segment.has(position) && tail.compareAndSet(seen, seen + skipped)) {
        long before = leftBehind;
        leftBehind = before + skipped;
        for (int index = (int) (position - segment.base); index < SEGMENT; index++) {
          SLOTS.setRelease(segment.slots, index, DONE);
        }
      }
    }
  }

  /** Higher than all tickets that have been drawn here, and no higher than it must be. */
  long ticketsEnd() {
    while (true) {
      long position = end();
      Segment segment = segmentOf(position);
      if (segment.has(position)) {
        long drawn = position - segment.base;
        return drawn == 0 ? segment.earlierEnd : segment.firstTicket + drawn;
      }
    }
  }

  /** Whether the next to come may get a ticket that is lower than that. */
  boolean isBehind(long ticket) {
    return tailSegment.firstTicket < ticket;
  }

  /** How many tickets have been drawn, by those included whom the closed inbox has refused. */
  long tickets() {
    return end() - leftBehind;
  }

  /** The position of the next to come. */
  long end() {
    return tail.get() & ~CLOSED;
  }

  // ---- Going

  /** The first that is queued, a task or a Runnable, and where it stands; null if there is none. */
  @Nullable Object peek(QueueCursor cursor) {
    Segment segment = headSegment;
    int index = (int) DONE_BELOW.getAcquire(segment);
    int looks = 0;
    while (true) {
      if (index == SEGMENT) {
        DONE_BELOW.setRelease(segment, SEGMENT);
        Segment next = segment.next;
        if (next != null) {
          headSegment = next;
          segment = next;
          index = (int) DONE_BELOW.getAcquire(segment);
        } else if (segment.end() >= end()) {
          return null;
        } else {
          awaitOwner(looks++);
        }
        continue;
      }
      Object slot = SLOTS.getAcquire(segment.slots, index);
      if (slot == DONE) {
        index++;
      } else if (slot != null) {
        if (index % AHEAD == 0) {
          lookAhead(segment, index);
        }
        if (isQueued(slot)) {
          cursor.position = segment.base + index;
          cursor.ticket = segment.ticketAt(index);
          return slot;
        }
        index++;
      } else if (segment.base + index >= end()) {
        break;
      } else {
        awaitOwner(looks++);
      }
    }
    DONE_BELOW.setRelease(segment, index);
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
    Segment segment = headSegment;
    if (cursor.position < segment.base) {
      // What stands before the head is not queued any more.
      return false;
    }
    while (cursor.position - segment.base >= SEGMENT) {
      segment = following(segment);
    }
    int index = (int) (cursor.position - segment.base);
    long[] stamps = segment.stamps;
    if (stamps != null) {
      cursor.stampNanos = stamps[index];
    }
    return SLOTS.compareAndSet(segment.slots, index, code, DONE);
  }

  /**
   * The ticket of the first position that has not been seen to be done, whether or not it is.
   *
   * @param end a position up to which all have been drawn; where to stop looking
   * @return the ticket, or else more than any
   */
  long headTicket(long end) {
    Segment segment = headSegment;
    int index = (int) DONE_BELOW.getAcquire(segment);
    if (segment.base + index >= end) {
      return Long.MAX_VALUE;
    }
    return index < SEGMENT ? segment.ticketAt(index) : following(segment).firstTicket;
  }

  /**
   * As {@link #moveTo}, but only those of the first segment in which there are any, and none if
   * takers have done with the segment of that ticket meanwhile.
   */
  void moveSegmentTo(PriorityLanes lanes, long headTicket, long end) {
    Segment segment = headSegment;
    if ((int) DONE_BELOW.getAcquire(segment) == SEGMENT) {
      segment = following(segment);
    }
    if (segment.firstTicket <= headTicket) {
      moveTo(lanes, Math.min(end, segment.end()));
    }
  }

  /**
   * Moves all queued tasks to lanes; one at a time may do so. Each slot is done at once: the task
   * is still queued, but not here.
   *
   * @param end a position; those from there on stay
   */
  void moveTo(PriorityLanes lanes, long end) {
    Segment segment = headSegment;
    int index = (int) DONE_BELOW.getAcquire(segment);
    int looks = 0;
    while (segment.base + index < end) {
      if (index == SEGMENT) {
        DONE_BELOW.setRelease(segment, SEGMENT);
        Segment next = segment.next;
        if (next == null) {
          awaitOwner(looks++);
        } else {
          headSegment = next;
          segment = next;
          index = (int) DONE_BELOW.getAcquire(segment);
        }
        continue;
      }
      Object slot = SLOTS.getAcquire(segment.slots, index);
      if (slot == null) {
        awaitOwner(looks++);
        continue;
      }
      if (slot instanceof PoolTask<?> task) {
        if (task.isQueued()) {
          lanes.add(task);
        }
        SLOTS.setRelease(segment.slots, index, DONE);
      } else if (slot != DONE) {
        PoolTask<?> task = asTask((Runnable) slot, segment, index);
        if (SLOTS.compareAndSet(segment.slots, index, slot, DONE)) {
          lanes.add(task);
        }
      }
      index++;
    }
    DONE_BELOW.setRelease(segment, index);
  }

  /**
   * Reads the next few tasks at once, so that the processor fetches them at the same time and not
   * one after the other: each comes from the cache of the processor that submitted it.
   */
  private static void lookAhead(Segment segment, int index) {
    for (int i = index + 1; i < index + AHEAD; i++) {
      if (SLOTS.getOpaque(segment.slots, i) instanceof PoolTask<?> task) {
        task.touch();
      }
    }
  }

  /** Notes that the task at the cursor has been taken. */
  void done(QueueCursor cursor) {
    Segment segment = headSegment;
    int next = (int) (cursor.position - segment.base) + 1;
    if (next < 1 || next > SEGMENT) {
      // The others have left the segment behind.
      return;
    }
    DONE_BELOW.setRelease(segment, next);
    if (next % LINE == 0) {
      letGo(segment, next);
    } else if (SLOTS.getOpaque(segment.slots, next) == null) {
      SLOTS.setRelease(segment.slots, next - 1, DONE);
    }
  }

  /**
   * Empties the slots of a cache line, once no submitter will write to it any more: to do so after
   * each take would move the line to and fro between takers and submitters. Only the last one that
   * is queued is emptied at once, so that who comes next sees that nobody is before him.
   */
  private static void letGo(Segment segment, int end) {
    for (int i = end - LINE; i < end; i++) {
      SLOTS.setRelease(segment.slots, i, DONE);
    }
  }

  /** Whether no task is queued or on its way to its slot; lets go of those that are not queued. */
  boolean isEmpty() {
    long end = end();
    Segment segment = headSegment;
    int index = (int) DONE_BELOW.getAcquire(segment);
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
        Segment next = segment.next;
        if (next == null) {
          return false;
        }
        segment = next;
        index = 0;
        continue;
      }
      Object slot = SLOTS.getAcquire(segment.slots, index);
      if (slot != DONE) {
        if (slot == null || isQueued(slot)) {
          return false;
        }
        SLOTS.setRelease(segment.slots, index, DONE);
      }
      index++;
    }
  }

  /**
   * Empties the slots of all tasks before the head. A worker that becomes idle does so: an idle
   * pool holds nobody's result.
   */
  void letGoOfTaken() {
    Segment segment = headSegment;
    int end = (int) DONE_BELOW.getAcquire(segment);
    for (int i = segment.emptyBelow; i < end; i++) {
      SLOTS.setRelease(segment.slots, i, DONE);
    }
    segment.emptyBelow = Math.max(segment.emptyBelow, end);
  }

  /**
   * Looks at the slot of the next to come, and so does not disturb those who draw a position.
   *
   * @return whether somebody has come, as far as can be seen from here
   */
  boolean watch() {
    Segment segment = headSegment;
    int index = (int) DONE_BELOW.getAcquire(segment);
    if (index < SEGMENT) {
      return SLOTS.getOpaque(segment.slots, index) != null;
    }
    Segment next = segment.next;
    return next != null && SLOTS.getOpaque(next.slots, 0) != null;
  }

  /** Someone has drawn a position and is about to fill its slot. */
  private static void awaitOwner(int looks) {
    if (looks < EAGER_LOOKS) {
      Thread.onSpinWait();
    } else {
      Thread.yield();
    }
  }

  // ---- Looking on

  /** Looks at what stands in the inbox. */
  interface Visitor {

    /**
     * Looks at one of those that stand there.
     *
     * @param task null if it is a plain Runnable, or on its way to its slot
     * @return whether to go on
     */
    boolean visit(long ticket, @Nullable PoolTask<?> task);

    /** As above, of a plain Runnable of which it is known when it came. */
    default boolean visitStamped(long ticket, long stampNanos) {
      return visit(ticket, null);
    }
  }

  /** Walks over what is queued, in order, and lets go of what is not any more. */
  void walk(Visitor visitor) {
    long end = end();
    Segment segment = headSegment;
    int index = (int) DONE_BELOW.getAcquire(segment);
    while (segment.base + index < end) {
      if (index == SEGMENT) {
        Segment next = segment.next;
        if (next == null) {
          // On his way to a segment that is not there yet; its tickets are higher than these.
          visitor.visit(segment.ticketAt(index), null);
          return;
        }
        segment = next;
        index = 0;
        continue;
      }
      Object slot = SLOTS.getAcquire(segment.slots, index);
      if (slot instanceof PoolTask<?> task && !task.isQueued()) {
        SLOTS.setRelease(segment.slots, index, DONE);
      } else if (slot != DONE && !visit(visitor, segment, index, slot)) {
        return;
      }
      index++;
    }
  }

  private static boolean visit(Visitor visitor, Segment segment, int index, @Nullable Object slot) {
    long ticket = segment.ticketAt(index);
    long[] stamps = segment.stamps;
    if (slot == null || slot instanceof PoolTask<?> || stamps == null) {
      return visitor.visit(ticket, slot instanceof PoolTask<?> queued ? queued : null);
    }
    return visitor.visitStamped(ticket, stamps[index]);
  }
}

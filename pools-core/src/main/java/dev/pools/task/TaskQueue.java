package dev.pools.task;

import dev.pools.internal.PaddedLong;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Who is next: tasks by priority, smaller numbers first, first in first out among equals.
 *
 * <p>Everyone comes through the inbox, in the order of arrival. While all that is queued has the
 * default priority, that is the order in which to go, and takers go without a lock. As soon as
 * anyone with another priority comes, takers sort: under a lock that only takers use they empty the
 * inbox into lanes, and take from these. When the lanes are empty again, so is the need to sort.
 *
 * <p>Of a relaxed order there are several inboxes, and a submitter's thread always uses the same.
 * Takers go on with one as long as it is worth it: what one thread submits is then taken by one
 * worker, on one processor, and no two threads have to agree on who is first.
 *
 * <p>What is claimed is the task, by its state (QUEUED to RUNNING), never a position: see {@link
 * ArrivalQueue}. So a look and the claim that follows are as good as one step: the task was queued
 * all the time between them.
 *
 * <p>Invariants, with "has come" meaning that its {@code add} has returned:
 *
 * <ol>
 *   <li>{@code others} counts everyone with another priority before they draw a ticket, {@code
 *       gone} counts them after they are not queued any more. Both only grow; so if {@code gone} is
 *       read first and they are equal, no one with another priority was queued between the two
 *       reads.
 *   <li>{@code turns} is odd before the first task moves to a lane and until the last has left; it
 *       only grows. So the lanes were empty all the time between two equal readings that are even.
 *   <li>G3: nobody is taken while someone more urgent has come. Without the lock: the first of the
 *       inbox was queued and had the default priority, and then there was a moment without others.
 *       With it: the lanes hold all that had come when the tail was read, or there was a moment
 *       without others.
 *   <li>G1, G2: nobody is taken while an equal who came earlier is queued. A lane is filled in the
 *       order of tickets. Without the lock: whoever came earlier and was passed by in the inbox had
 *       been taken or stood in a lane, and that the lanes are empty is read after the look.
 *   <li>Nobody is overlooked. The only way on is from the inbox to the lanes; so who counts looks
 *       into the inbox first, and who says that there is nobody has seen the inbox empty while the
 *       lanes were.
 *   <li>With a relaxed order, 3 and 4 hold among those who come through one inbox. Of those in
 *       others, anyone may have come while a taker looked at one after another.
 *   <li>In each lane, who has a ticket below a {@link #line} stands before all who have not: at
 *       each sorting they move in the order of their tickets, and whoever moves later and has a
 *       lower one than one before him is on the same side of all lines, which are drawn under the
 *       sorter's lock.
 * </ol>
 *
 * <p>The counter-example against reading the urgent ones first and the default ones after it (an
 * urgent one and then a default one come in between) is met by reading the count after the look.
 */
final class TaskQueue {

  /**
   * How often a taker tries for the lock before it queues for it; it is held for a few steps only.
   */
  private static final int EAGER_TRIES = 5;

  /** How long a taker looks away at a time, in spins. */
  private static final int PAUSE = 16;

  /** How often that doubles at most for one whose task another takes again and again. */
  private static final int MOST_HEAT = 6;

  /** After so many pauses in a row it also lets others have its processor. */
  private static final int PAUSES_PER_YIELD = 4;

  /** How many tasks a taker gets undisturbed before it backs off for less. */
  private static final int TAKES_TO_COOL = 16;

  /** How many it gets at least between two collisions that are no sign of tiny tasks. */
  private static final int FEW_TAKES = 4;

  /** Fewer cancelled tasks than this are not worth a sweep. */
  private static final int LEAST_SWEEP = 64;

  /**
   * Inboxes of a relaxed order, so that two threads that submit at a time seldom share one; not so
   * many that a taker who finds nothing is long about it.
   */
  private static final int RELAXED_INBOXES =
      Math.min(32, 4 * Integer.highestOneBit(Runtime.getRuntime().availableProcessors()));

  /** How far the tickets of an inbox may be behind those of others. */
  private static final long MOST_BEHIND = 1L << 29;

  /** How many a taker takes from one inbox while others may have some. */
  private static final int RUN = 256;

  private final TaskFactory factory;
  private final boolean threadPerTask;
  private final Runnable renewTickets;
  private final long agingNanos;

  /** As many as a power of two. */
  private final ArrivalQueue[] inboxes;

  /** The next ticket, if there are several inboxes. */
  private final @Nullable PaddedLong sequence;

  /** Aging needs to know who is oldest, whatever the priority, so that it always sorts. */
  private final boolean alwaysSorts;

  private final PaddedLong others = new PaddedLong(0);
  private final PaddedLong gone = new PaddedLong(0);
  private final ReentrantLock sorter = new ReentrantLock();

  // Guarded by the pool's lock.
  /** The one that {@link #holdsBefore} looks at. */
  private @Nullable PoolTask<?> heldBefore;

  // Guarded by sorter.
  private final PriorityLanes lanes = new PriorityLanes(TaskState.QUEUED);
  private final long[] ends;

  // Written by the holder of sorter: how often the lanes came into use or fell empty.
  private volatile int turns;

  // Guarded by the pool's lock.
  private int withdrawnSinceSweep;
  private int sweepFrom = LEAST_SWEEP;

  /**
   * An empty queue.
   *
   * @param threadPerTask whether each taker takes one task only
   * @param renewTickets calls {@link #renewTickets} under the pool's lock
   */
  TaskQueue(
      TaskFactory factory,
      long agingNanos,
      TaskOrder order,
      boolean threadPerTask,
      Runnable renewTickets) {
    this.factory = factory;
    this.agingNanos = agingNanos;
    this.threadPerTask = threadPerTask;
    this.renewTickets = renewTickets;
    this.inboxes = new ArrivalQueue[order == TaskOrder.STRICT ? 1 : RELAXED_INBOXES];
    this.sequence = order == TaskOrder.STRICT ? null : new PaddedLong(0);
    for (int i = 0; i < inboxes.length; i++) {
      inboxes[i] = new ArrivalQueue(factory, sequence);
    }
    this.ends = new long[inboxes.length];
    this.alwaysSorts = agingNanos > 0;
  }

  // ---- Coming

  /**
   * Puts a task in. It may have been taken before this returns.
   *
   * @return whether it is in; otherwise the queue is closed
   */
  boolean add(PoolTask<?> task) {
    return add(task, ownInbox(), false);
  }

  /**
   * Notes for a task that has to wait whose it is, and so through which inbox it is to come; until
   * it has a ticket.
   */
  void noteSubmitter(PoolTask<?> task) {
    task.ticket = ownNumber();
  }

  /**
   * Puts a task in that has been accepted before, even if the queue is closed; {@link
   * #noteSubmitter} has been called for it.
   */
  void addAdmitted(PoolTask<?> task) {
    ArrivalQueue inbox = inboxes[task.ticket & (inboxes.length - 1)];
    if (isOutdated(inbox)) {
      renewTickets();
    }
    add(task, inbox, true);
  }

  /** As {@link #add(PoolTask)}, for a task of the default priority that nobody else knows. */
  boolean add(Runnable code) {
    return ownInbox().add(code);
  }

  private ArrivalQueue ownInbox() {
    if (inboxes.length == 1) {
      return inboxes[0];
    }
    ArrivalQueue own = inboxes[ownNumber() & (inboxes.length - 1)];
    if (isOutdated(own)) {
      renewTickets.run();
    }
    return own;
  }

  /**
   * Whether the next tickets of this inbox are so old that their lower halves could be taken for
   * new ones, because only others have been used for long.
   */
  private boolean isOutdated(ArrivalQueue inbox) {
    return sequence != null && inbox.isBehind(sequence.get() - MOST_BEHIND);
  }

  private static int ownNumber() {
    return (int) Thread.currentThread().getId();
  }

  private boolean add(PoolTask<?> task, ArrivalQueue inbox, boolean always) {
    boolean other = task.priority() != 0;
    if (other) {
      others.getAndAdd(1);
    }
    boolean in = false;
    try {
      in = inbox.add(task, always);
    } finally {
      if (!in && other) {
        gone.getAndAdd(1);
      }
    }
    return in;
  }

  void close() {
    for (ArrivalQueue inbox : inboxes) {
      inbox.close();
    }
  }

  // ---- Going

  /** What decides whether a task that is next may be taken. */
  interface Taker {

    /**
     * Claims a queued task.
     *
     * @return whether it is the taker's; otherwise it is not queued any more
     */
    boolean claim(PoolTask<?> task);
  }

  /**
   * Takes the most urgent task, the first of its equals.
   *
   * @param cursor the taker's own; it tells the ticket of what has been taken
   * @return the task, or its Runnable if it came as such; null if none was queued at some moment
   *     during the call, or of several inboxes, in each of them at some
   */
  @Nullable Object poll(Taker taker, QueueCursor cursor) {
    while (true) {
      int before = turns;
      if (areEmpty(before) && !alwaysSorts) {
        ArrivalQueue inbox = inboxes[cursor.inbox & (inboxes.length - 1)];
        Object next = inbox.peek(cursor);
        for (int left = inboxes.length - 1; next == null && left > 0; left--) {
          inbox = nextInbox(cursor);
          next = inbox.peek(cursor);
        }
        PoolTask<?> task = next instanceof PoolTask<?> queued ? queued : null;
        if ((task == null || task.priority() == 0) && neededNoSorting(before)) {
          if (next == null) {
            return null;
          }
          boolean claimed = task == null ? inbox.claim(cursor, (Runnable) next) : taker.claim(task);
          inbox.done(cursor);
          if (claimed) {
            hasTaken(cursor);
            return next;
          }
          if (task == null || !task.is(TaskState.WITHDRAWN)) {
            backOff(cursor);
          }
          continue;
        }
      }
      PoolTask<?> next = pollSorted(taker, cursor);
      if (next != null) {
        hasTaken(cursor);
      }
      if (next != null || !hasWork()) {
        return next;
      }
    }
  }

  private ArrivalQueue nextInbox(QueueCursor cursor) {
    cursor.run = 0;
    return inboxes[++cursor.inbox & (inboxes.length - 1)];
  }

  private void hasTaken(QueueCursor cursor) {
    if (cursor.heat > 0 && ++cursor.undisturbed % TAKES_TO_COOL == 0) {
      cursor.heat--;
    }
    if (++cursor.run >= RUN) {
      nextInbox(cursor);
    }
  }

  /**
   * Lets other takers go on, for longer each time: two that want the same tasks, each smaller than
   * the way from one processor to another, are slower than one. While the tasks are that small one
   * of them so does most of the work, and the other gives its processor to those who submit or
   * wait.
   */
  private void backOff(QueueCursor cursor) {
    if (threadPerTask) {
      Thread.yield();
      return;
    }
    if (cursor.undisturbed >= FEW_TAKES) {
      cursor.heat = Math.max(0, cursor.heat - 1);
    } else if (cursor.heat < MOST_HEAT) {
      cursor.heat++;
    }
    cursor.undisturbed = 0;
    for (int pauses = 1 << cursor.heat; pauses > 0; pauses--) {
      pause();
      if (pauses % PAUSES_PER_YIELD == 0) {
        Thread.yield();
      }
    }
  }

  /** Looks away for a moment, so that others go on undisturbed. */
  static void pause() {
    for (int spins = 0; spins < PAUSE; spins++) {
      Thread.onSpinWait();
    }
  }

  /** In this order, and after a look. */
  private boolean neededNoSorting(int turnsBefore) {
    return turns == turnsBefore && gone.get() == others.get();
  }

  /** Whether the lanes were empty when the turns were read. */
  private static boolean areEmpty(int turns) {
    return (turns & 1) == 0;
  }

  private @Nullable PoolTask<?> pollSorted(Taker taker, QueueCursor cursor) {
    lockSorter(cursor);
    try {
      while (true) {
        if (alwaysSorts || lanes.othersSize() > 0 || gone.get() != others.get()) {
          sort();
        }
        PoolTask<?> next = lanes.peek();
        if (next == null) {
          return null;
        }
        PoolTask<?> starved = agingNanos > 0 ? starved(next) : null;
        PoolTask<?> chosen = starved == null ? next : starved;
        if (taker.claim(chosen)) {
          if (starved == null) {
            lanes.removePeeked();
          }
          countGone(chosen);
          cursor.claimed(widened(chosen.ticket, nextTicket()));
          return chosen;
        }
      }
    } finally {
      unlockSorter();
    }
  }

  /** The one that has waited longest, if that is longer than anyone should and it is not next. */
  private @Nullable PoolTask<?> starved(PoolTask<?> next) {
    PoolTask<?> oldest = lanes.peekOldest();
    if (oldest == null || oldest == next) {
      return null;
    }
    return factory.nanoTime() - oldest.submittedNanos() >= agingNanos ? oldest : null;
  }

  /**
   * Takes the lock, for a taker. Who finds it taken backs off: a few takes in a row by one, who has
   * all in its cache, are quicker than one each in turns.
   */
  private void lockSorter(QueueCursor cursor) {
    for (int tries = 0; tries < EAGER_TRIES; tries++) {
      if (!sorter.isLocked() && sorter.tryLock()) {
        return;
      }
      backOff(cursor);
    }
    sorter.lock();
  }

  private void unlockSorter() {
    int now = turns;
    if (areEmpty(now) != lanes.isEmpty()) {
      turns = now + 1;
    }
    sorter.unlock();
  }

  /** Moves all who have come from the inboxes to the lanes. */
  private void sort() {
    if (inboxes.length > 1) {
      sortSeveral();
      return;
    }
    long end = inboxes[0].end();
    beginTurn();
    inboxes[0].moveTo(lanes, end);
  }

  private void beginTurn() {
    int now = turns;
    if (areEmpty(now)) {
      turns = now + 1;
    }
  }

  /** Segment by segment in the order of their tickets; see invariant 7. */
  private void sortSeveral() {
    for (int i = 0; i < inboxes.length; i++) {
      ends[i] = inboxes[i].end();
    }
    beginTurn();
    while (true) {
      int first = 0;
      long lowest = Long.MAX_VALUE;
      for (int i = 0; i < inboxes.length; i++) {
        long ticket = inboxes[i].headTicket(ends[i]);
        if (ticket < lowest) {
          lowest = ticket;
          first = i;
        }
      }
      if (lowest == Long.MAX_VALUE) {
        return;
      }
      inboxes[first].moveSegmentTo(lanes, lowest, ends[first]);
    }
  }

  /** A task with another priority is not queued any more. */
  private void countGone(PoolTask<?> task) {
    if (task.priority() != 0) {
      gone.getAndAdd(1);
    }
  }

  /** A queued task has been withdrawn. Its place in line is let go of when that is worth it. */
  void withdrawn(PoolTask<?> task) {
    countGone(task);
    if (++withdrawnSinceSweep >= sweepFrom) {
      withdrawnSinceSweep = 0;
      sweepFrom = Math.max(LEAST_SWEEP, sweep());
    }
  }

  /**
   * Lets go of all who are not queued any more; returns how many are left. They are moved to the
   * lanes: in the inbox even an empty slot is kept, and looked at, as long as anyone before it is
   * queued.
   */
  private int sweep() {
    sorter.lock();
    try {
      sort();
      lanes.sweep();
      return lanes.size();
    } finally {
      unlockSorter();
    }
  }

  // ---- From the other end

  /**
   * The first of the least urgent tasks, without those that are next.
   *
   * @param spared how many of the next tasks do not count, whatever their priority
   */
  @Nullable PoolTask<?> peekLeastUrgent(int spared) {
    sorter.lock();
    try {
      sort();
      return lanes.peekLeastUrgent(spared);
    } finally {
      unlockSorter();
    }
  }

  /**
   * Claims all that are queued, the most urgent first.
   *
   * @param taker claims each; those it does not get have been taken by others
   */
  void takeAll(Taker taker, List<PoolTask<?>> taken) {
    sorter.lock();
    try {
      sort();
      for (PoolTask<?> task = lanes.peek(); task != null; task = lanes.peek()) {
        if (taker.claim(task)) {
          taken.add(task);
        }
      }
    } finally {
      unlockSorter();
    }
  }

  // ---- Readings

  /** How many tasks have come, those included whom the closed queue has refused. */
  long tickets() {
    long drawn = 0;
    for (ArrivalQueue inbox : inboxes) {
      drawn += inbox.tickets();
    }
    return drawn;
  }

  /**
   * Draws a line between those who have come and those who will; under the pool's lock.
   *
   * @return a ticket: theirs are lower if {@code add} has returned before this begins, and are not
   *     if it begins when this has returned
   */
  long line() {
    if (sequence == null) {
      return nextTicket();
    }
    sorter.lock();
    try {
      long line = 0;
      for (ArrivalQueue inbox : inboxes) {
        line = Math.max(line, inbox.ticketsEnd());
      }
      leaveBehind(line);
      return line;
    } finally {
      sorter.unlock();
    }
  }

  /** Sees to it that the next tickets are higher than all others; under the pool's lock. */
  void renewTickets() {
    sorter.lock();
    try {
      leaveBehind(nextTicket());
    } finally {
      sorter.unlock();
    }
  }

  private void leaveBehind(long line) {
    for (ArrivalQueue inbox : inboxes) {
      inbox.leaveBehind(line);
    }
  }

  /** Higher than all tickets that have been drawn. */
  long nextTicket() {
    return sequence == null ? inboxes[0].end() : sequence.get();
  }

  /** Whether someone is queued or about to be. Never says no when {@code add} has returned. */
  boolean hasWork() {
    int before = turns;
    return !areEmpty(before) || !areInboxesEmpty() || turns != before;
  }

  private boolean areInboxesEmpty() {
    for (ArrivalQueue inbox : inboxes) {
      if (!inbox.isEmpty()) {
        return false;
      }
    }
    return true;
  }

  /** As {@link #hasWork}, but those do not count who have been withdrawn and not yet let go of. */
  boolean hasWorkLeft() {
    if (!hasWork()) {
      return false;
    }
    sorter.lock();
    try {
      return lanes.peek() != null || !areInboxesEmpty();
    } finally {
      unlockSorter();
    }
  }

  /** Lets go of all who have been taken. */
  void letGoOfTaken() {
    for (ArrivalQueue inbox : inboxes) {
      inbox.letGoOfTaken();
    }
  }

  /** Whether someone seems to have come since the last look; see {@link ArrivalQueue#watch}. */
  boolean watch() {
    for (ArrivalQueue inbox : inboxes) {
      if (inbox.watch()) {
        return true;
      }
    }
    return false;
  }

  /** How many are queued, if these are fewer than the limit; about as many at least, if not. */
  int sizeUpTo(long limit) {
    int arrived = inboxSizeUpTo(limit);
    return arrived >= limit || areEmpty(turns) ? arrived : arrived + lanes.size();
  }

  private int inboxSizeUpTo(long limit) {
    Count count = new Count(limit);
    for (int i = 0; i < inboxes.length && count.seen < limit; i++) {
      inboxes[i].walk(count);
    }
    return count.seen;
  }

  private static final class Count implements ArrivalQueue.Visitor {
    private final long limit;
    private int seen;

    Count(long limit) {
      this.limit = limit;
    }

    @Override
    public boolean visit(long ticket, @Nullable PoolTask<?> task) {
      return ++seen < limit;
    }
  }

  /**
   * Whether a task is queued, or about to be, that has drawn a lower ticket. It looks at one such
   * task as long as that is queued, so that the answer mostly costs nothing, however many
   * priorities there are. Under the pool's lock.
   */
  boolean holdsBefore(long line) {
    PoolTask<?> known = heldBefore;
    if (known != null && known.isQueued() && widened(known.ticket, nextTicket()) < line) {
      return true;
    }
    sorter.lock();
    try {
      long next = nextTicket();
      heldBefore = lanes.lateOneOf(task -> widened(task.ticket, next) < line);
      boolean[] found = {heldBefore != null};
      for (ArrivalQueue inbox : inboxes) {
        inbox.walk(
            (ticket, task) -> {
              found[0] |= ticket < line;
              return false;
            });
      }
      return found[0];
    } finally {
      unlockSorter();
    }
  }

  /** Nobody asks {@link #holdsBefore} any more: the task that it looks at is let go of. */
  void forgetHeld() {
    heldBefore = null;
  }

  /** A ticket that is not higher than those of all who are queued or about to be. */
  long lowestTicket() {
    sorter.lock();
    try {
      long next = nextTicket();
      long[] lowest = {next};
      PoolTask<?> oldest = lanes.peekOldest();
      if (oldest != null) {
        lowest[0] = widened(oldest.ticket, next);
      }
      for (ArrivalQueue inbox : inboxes) {
        inbox.walk(
            (ticket, task) -> {
              lowest[0] = Math.min(ticket, lowest[0]);
              return false;
            });
      }
      return lowest[0];
    } finally {
      unlockSorter();
    }
  }

  /** The whole ticket of which a task keeps the lower half: the last one before the next to be. */
  static long widened(int ticket, long next) {
    return next - Integer.toUnsignedLong((int) next - ticket);
  }

  /**
   * Since when the one that has waited longest has been waiting, as far as that has been noted: not
   * every task in a burst notes when it came, so that it may be longer by up to so many tasks. The
   * current time if nobody waits.
   */
  long oldestNanos(long nowNanos) {
    Oldest oldest = new Oldest(nowNanos);
    for (ArrivalQueue inbox : inboxes) {
      inbox.walk(oldest);
    }
    // Who reads does not wait: if somebody sorts, the inboxes must do.
    if (!areEmpty(turns) && sorter.tryLock()) {
      try {
        oldest.note(lanes.oldestStamp(nowNanos));
      } finally {
        sorter.unlock();
      }
    }
    return oldest.nanos;
  }

  private static final class Oldest implements ArrivalQueue.Visitor {
    private long nanos;

    Oldest(long limitNanos) {
      this.nanos = limitNanos;
    }

    void note(long stampNanos) {
      if (stampNanos - nanos < 0) {
        nanos = stampNanos;
      }
    }

    @Override
    public boolean visit(long ticket, @Nullable PoolTask<?> task) {
      if (task == null || !task.isStamped()) {
        return true;
      }
      note(task.submittedNanos());
      return false;
    }

    @Override
    public boolean visitStamped(long ticket, long stampNanos) {
      note(stampNanos);
      return false;
    }
  }
}

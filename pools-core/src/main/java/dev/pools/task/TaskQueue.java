package dev.pools.task;

import dev.pools.internal.PaddedLong;
import dev.pools.internal.ThreadKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which task is next: tasks by priority, smaller numbers first, first in first out among equals.
 *
 * <p>Every task is submitted to the arrival queue, in the order of arrival. While all queued tasks
 * have the default priority, that is the order in which they are taken, and takers need no lock. As
 * soon as a task with another priority is submitted, takers sort: under the lock of the {@link
 * TaskSorter} they move the tasks from the arrival queue into lanes, and take from these. When the
 * lanes are empty again, they stop sorting.
 *
 * <p>In a relaxed order there are several arrival queues, and a submitter's thread always uses the
 * same. Takers go on with one as long as it is worth it: what one thread submits is then taken by
 * one worker, on one processor, and no two threads have to agree on which task is first.
 *
 * <p>What is claimed is the task, by its state (QUEUED to RUNNING), never a position: see {@link
 * ArrivalQueue}. So a look and the claim that follows are as good as one step: the task was queued
 * all the time between them.
 *
 * <p>Invariants. A task <i>is there</i> if its {@code add} has returned.
 *
 * <ol>
 *   <li>{@code others} counts every task with another priority before it draws a ticket, {@code
 *       gone} counts it after it is not queued any more. Both only grow; so if {@code gone} is read
 *       first and they are equal, no task with another priority was queued between the two reads.
 *   <li>The lanes were empty all the time between two equal readings of the sorter's turns that are
 *       even.
 *   <li>G3: a task is never taken while a more urgent one is there. Without the lock: the first of
 *       the arrival queue was queued and had the default priority, and then there was a moment
 *       without other priorities. With it: the lanes hold all tasks that were there when the tail
 *       was read, or there was a moment without other priorities.
 *   <li>G1, G2: a task is never taken while an equal that was there earlier is queued. A lane is
 *       filled in the order of tickets. Without the lock: each task that was there earlier and was
 *       passed by in the arrival queue had been taken or stood in a lane, and that the lanes are
 *       empty is read after the look.
 *   <li>No task is overlooked. The only way on is from the arrival queue to the lanes. Therefore a
 *       thread that counts looks into the arrival queue first, and a thread that says that no task
 *       is there has seen the arrival queue empty while the lanes were.
 *   <li>With a relaxed order, 3 and 4 hold among the tasks of one arrival queue. Tasks may have
 *       been submitted to others while a taker looked at one after another.
 * </ol>
 *
 * <p>The counter-example against reading the urgent tasks first and the default ones after it (an
 * urgent one and then a default one are submitted in between) is met by reading the count after the
 * look.
 */
final class TaskQueue {

  /**
   * How often a taker tries for the lock before it queues for it; it is held for a few steps only.
   */
  private static final int EAGER_TRIES = 5;

  /** Fewer cancelled tasks than this are not worth a sweep. */
  private static final int LEAST_SWEEP = 64;

  /**
   * Arrival queues of a relaxed order, so that two threads that submit at a time seldom share one;
   * not so many that a taker that finds nothing takes long.
   */
  private static final int RELAXED_QUEUES =
      Math.min(32, 4 * Integer.highestOneBit(Runtime.getRuntime().availableProcessors()));

  private final TaskFactory factory;
  private final TakerBackOff backOff;
  private final TakerRun run;
  private final long agingNanos;

  /** As many as a power of two. */
  private final ArrivalQueue[] arrivals;

  /** Aging needs to know which task is oldest, whatever its priority, so that it always sorts. */
  private final boolean alwaysSorts;

  private final PaddedLong others = new PaddedLong(0);
  private final PaddedLong gone = new PaddedLong(0);
  private final TaskSorter sorter;
  private final QueueTickets tickets;
  private final QueueReadings readings;

  // Guarded by the pool's lock.
  private int withdrawnSinceSweep;
  private int sweepFrom = LEAST_SWEEP;

  /**
   * An empty queue.
   *
   * @param threadPerTask whether each taker takes one task only
   * @param firstTicket the ticket of the first task
   */
  TaskQueue(
      TaskFactory factory,
      long agingNanos,
      TaskOrder order,
      boolean threadPerTask,
      long firstTicket) {
    this.factory = factory;
    this.agingNanos = agingNanos;
    this.backOff = new TakerBackOff(threadPerTask);
    this.run = new TakerRun(factory);
    boolean strict = order == TaskOrder.STRICT;
    PaddedLong sequence = strict ? null : new PaddedLong(firstTicket);
    this.arrivals = new ArrivalQueue[strict ? 1 : RELAXED_QUEUES];
    for (int i = 0; i < arrivals.length; i++) {
      arrivals[i] = new ArrivalQueue(factory, firstTicket, sequence);
    }
    this.sorter = new TaskSorter(arrivals);
    this.tickets = new QueueTickets(arrivals, sorter, sequence);
    this.readings = new QueueReadings(sorter);
    this.alwaysSorts = agingNanos > 0;
  }

  /** The tickets of its tasks. */
  QueueTickets tickets() {
    return tickets;
  }

  /** Looks at its tasks. */
  QueueReadings readings() {
    return readings;
  }

  // ---- Submit

  /**
   * Puts a task in. It may have been taken before this returns.
   *
   * @return whether it is in; otherwise the queue is closed
   */
  boolean add(PoolTask<?> task) {
    return add(task, ownArrivals(), false);
  }

  /**
   * Notes for a task that has to wait which thread has submitted it, and so which arrival queue it
   * goes through; until it has a ticket.
   */
  void noteSubmitter(PoolTask<?> task) {
    task.submitter(ownNumber());
  }

  /**
   * Puts a task in that has been accepted before, even if the queue is closed; {@link
   * #noteSubmitter} has been called for it. Under the pool's lock.
   */
  void addAdmitted(PoolTask<?> task) {
    add(task, arrivals[task.submitter() & (arrivals.length - 1)], true);
  }

  /** As {@link #add(PoolTask)}, for a task of the default priority that no other thread knows. */
  boolean add(Runnable code) {
    return ownArrivals().add(code);
  }

  private ArrivalQueue ownArrivals() {
    if (arrivals.length == 1) {
      return arrivals[0];
    }
    return arrivals[ownNumber() & (arrivals.length - 1)];
  }

  /** Threads whose class answers for their id, and may answer anything, share an arrival queue. */
  private static int ownNumber() {
    return (int) ThreadKind.uniqueId(Thread.currentThread());
  }

  private boolean add(PoolTask<?> task, ArrivalQueue arrival, boolean always) {
    boolean other = task.priority() != 0;
    if (other) {
      others.getAndAdd(1);
    }
    boolean in = false;
    try {
      in = arrival.add(task, always);
    } finally {
      if (!in && other) {
        gone.getAndAdd(1);
      }
    }
    return in;
  }

  void close() {
    for (ArrivalQueue arrival : arrivals) {
      arrival.close();
    }
  }

  // ---- Take

  /**
   * Takes the most urgent task, the first of its equals.
   *
   * @param cursor the taker's own; it tells the ticket of what has been taken
   * @return the task, or its Runnable if it was submitted as such; null if none was queued at some
   *     moment during the call, or of several arrival queues, in each of them at some; or if the
   *     taker owes enough, and then there may be more
   */
  @Nullable Object poll(Taker taker, QueueCursor cursor) {
    Object first = TaskSorter.areEmpty(sorter.turns()) ? pollFirst(taker, cursor) : null;
    return first == null ? pollAny(taker, cursor) : first;
  }

  /**
   * Takes what stands first in the taker's arrival queue, if all tasks have the default priority.
   * The usual case, in few steps: what was read of the turns and the counts last time still holds
   * if they have not changed, because both only grow.
   *
   * @return null if it takes more than that, or nothing is queued
   */
  private @Nullable Object pollFirst(Taker taker, QueueCursor cursor) {
    ArrivalSegment segment = arrivals[cursor.arrivalQueue & (arrivals.length - 1)].head();
    int index = segment.doneBelow();
    Object first = segment.queuedAt(index);
    // After the look, as in pollAny.
    if (first == null || sorter.turns() != cursor.turns || others.get() != cursor.others) {
      return null;
    }
    if (first instanceof PoolTask<?> task) {
      if (task.priority() != 0) {
        return null;
      }
      if (!taker.claim(task)) {
        hasLost(task, cursor);
        return null;
      }
      segment.takenBelow(index + 1);
    } else {
      if (!segment.tryEmpty(index, first)) {
        hasLost(null, cursor);
        return null;
      }
      segment.codeTaken(index, cursor);
    }
    cursor.ticket = segment.ticketAt(index);
    hasTaken(cursor);
    return first;
  }

  private @Nullable Object pollAny(Taker taker, QueueCursor cursor) {
    do {
      int before = sorter.turns();
      if (TaskSorter.areEmpty(before) && !alwaysSorts) {
        ArrivalQueue arrival = arrivals[cursor.arrivalQueue & (arrivals.length - 1)];
        Object next = arrival.peek(cursor);
        for (int left = arrivals.length - 1; next == null && left > 0; left--) {
          arrival = nextArrivals(cursor);
          next = arrival.peek(cursor);
        }
        PoolTask<?> task = next instanceof PoolTask<?> queued ? queued : null;
        if ((task == null || task.priority() == 0) && neededNoSorting(before, cursor)) {
          if (next == null) {
            return null;
          }
          boolean claimed =
              task == null ? arrival.claim(cursor, (Runnable) next) : taker.claim(task);
          arrival.done(cursor);
          if (claimed) {
            hasTaken(cursor);
            return next;
          }
          hasLost(task, cursor);
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
    } while (!taker.owesEnough());
    return null;
  }

  private ArrivalQueue nextArrivals(QueueCursor cursor) {
    cursor.run = 0;
    return arrivals[++cursor.arrivalQueue & (arrivals.length - 1)];
  }

  private void hasTaken(QueueCursor cursor) {
    backOff.hasTaken(cursor);
    if (arrivals.length > 1 && run.isOver(cursor)) {
      nextArrivals(cursor);
    }
  }

  /**
   * The task has gone to another taker, unless it was withdrawn. If there are several arrival
   * queues, this taker leaves the present one to that taker. It backs off if it has taken none here
   * since it came: then there is hardly a better one.
   */
  private void hasLost(@Nullable PoolTask<?> lost, QueueCursor cursor) {
    if (lost != null && lost.is(TaskState.WITHDRAWN)) {
      return;
    }
    if (arrivals.length > 1 && cursor.run > 0) {
      nextArrivals(cursor);
    } else {
      backOff.lookAway(cursor);
    }
  }

  /** Whether no task had to be sorted at a look. Called after the look; reads in this order. */
  private boolean neededNoSorting(int turnsBefore, QueueCursor cursor) {
    if (sorter.turns() != turnsBefore) {
      return false;
    }
    long left = gone.get();
    if (left != others.get()) {
      return false;
    }
    cursor.turns = turnsBefore;
    cursor.others = left;
    return true;
  }

  private @Nullable PoolTask<?> pollSorted(Taker taker, QueueCursor cursor) {
    lockSorter(cursor);
    try {
      PriorityLanes lanes = sorter.lanes;
      do {
        if (alwaysSorts || lanes.othersSize() > 0 || gone.get() != others.get()) {
          sorter.sort();
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
          cursor.claimed(chosen.ticket());
          return chosen;
        }
      } while (!taker.owesEnough());
      return null;
    } finally {
      sorter.unlock();
    }
  }

  /** The task that has waited longest, if that is longer than any should and it is not next. */
  private @Nullable PoolTask<?> starved(PoolTask<?> next) {
    PoolTask<?> oldest = sorter.lanes.peekOldest();
    if (oldest == null || oldest == next) {
      return null;
    }
    return factory.nanoTime() - oldest.submittedNanos() >= agingNanos ? oldest : null;
  }

  /**
   * Takes the lock, for a taker. A taker that finds it taken backs off: a few takes in a row by one
   * thread, which has all in its cache, are quicker than one each in turns.
   */
  private void lockSorter(QueueCursor cursor) {
    for (int tries = 0; tries < EAGER_TRIES; tries++) {
      if (sorter.tryLock()) {
        return;
      }
      backOff.lookAway(cursor);
    }
    sorter.lock();
  }

  /** A task with another priority is not queued any more. */
  private void countGone(PoolTask<?> task) {
    if (task.priority() != 0) {
      gone.getAndAdd(1);
    }
  }

  // ---- Withdraw, under the pool's lock

  /** A queued task has been withdrawn. Its place in line is released when that is worth it. */
  void withdrawn(PoolTask<?> task) {
    countGone(task);
    if (++withdrawnSinceSweep >= sweepFrom) {
      withdrawnSinceSweep = 0;
      sweepFrom = Math.max(LEAST_SWEEP, sorter.sweep());
    }
  }

  /** As {@link TaskSorter#peekLeastUrgent}. */
  @Nullable PoolTask<?> peekLeastUrgent(int spared) {
    return sorter.peekLeastUrgent(spared);
  }

  /** As {@link TaskSorter#takeAll}. */
  void takeAll(Taker taker, List<PoolTask<?>> taken) {
    sorter.takeAll(taker, taken);
  }

  // ---- Whether any is queued

  /** Whether a task is queued or about to be. Never says no when {@code add} has returned. */
  boolean hasWork() {
    int before = sorter.turns();
    return !TaskSorter.areEmpty(before) || hasUnsorted() || sorter.turns() != before;
  }

  private boolean hasUnsorted() {
    for (ArrivalQueue arrival : arrivals) {
      if (!arrival.isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /** As {@link #hasWork}, but tasks do not count that were withdrawn and are not yet released. */
  boolean hasWorkLeft() {
    if (!hasWork()) {
      return false;
    }
    sorter.lock();
    try {
      return sorter.lanes.peek() != null || hasUnsorted();
    } finally {
      sorter.unlock();
    }
  }

  /** Whether a task seems to have come since the last look; see {@link ArrivalQueue#watch}. */
  boolean watch() {
    for (ArrivalQueue arrival : arrivals) {
      if (arrival.watch()) {
        return true;
      }
    }
    return false;
  }

  /** Releases all tasks that have been taken. */
  void releaseTaken() {
    for (ArrivalQueue arrival : arrivals) {
      arrival.releaseTaken();
    }
  }
}

package dev.pools.task;

import dev.pools.internal.StackRoom;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Sorts tasks by priority: moves them from the arrival queues into lanes, under a lock of its own,
 * which submitters never need.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>{@code turns} is odd before the first task moves to a lane and until the last has left; it
 *       only grows. So the lanes were empty all the time between two equal readings that are even.
 *   <li>A lane is filled in the order of tickets, if there is one arrival queue.
 *   <li>In each lane, tasks with a ticket below a line stand before all others; see {@link
 *       QueueTickets#line}. At each sorting tasks move in the order of their tickets. A task that
 *       moves later and has a lower ticket than one before it is on the same side of all lines,
 *       which are drawn under this lock.
 * </ol>
 */
final class TaskSorter {

  private final ArrivalQueue[] arrivals;
  final ArrivalScan[] scans;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by lock.
  final PriorityLanes lanes = new PriorityLanes(TaskState.QUEUED);
  private final long[] ends;

  // Written by the holder of the lock: how often the lanes came into use or fell empty.
  private volatile int turns;

  TaskSorter(ArrivalQueue[] arrivals) {
    this.arrivals = arrivals;
    this.ends = new long[arrivals.length];
    this.scans = new ArrivalScan[arrivals.length];
    for (int i = 0; i < scans.length; i++) {
      scans[i] = new ArrivalScan(arrivals[i]);
    }
  }

  // ---- The lock

  /**
   * Takes the lock, waiting for it if need be.
   *
   * @throws StackOverflowError if there is not even enough room to release it; it is not taken
   */
  void lock() {
    StackRoom.ensureLittle();
    lock.lock();
  }

  /** Takes the lock if it is free. */
  boolean tryLock() {
    return !lock.isLocked() && lock.tryLock();
  }

  /** Releases the lock, after a look that changes no lane. */
  void unlockUnchanged() {
    lock.unlock();
  }

  void unlock() {
    try {
      int now = turns;
      if (areEmpty(now) != lanes.isEmpty()) {
        turns = now + 1;
      }
    } finally {
      lock.unlock();
    }
  }

  /** A number that is odd while tasks stand in lanes. */
  int turns() {
    return turns;
  }

  /** Whether the lanes were empty when the turns were read. */
  static boolean areEmpty(int turns) {
    return (turns & 1) == 0;
  }

  // ---- Under the lock

  /** Moves all tasks that have been submitted from the arrival queues to the lanes. */
  void sort() {
    if (arrivals.length > 1) {
      sortSeveral();
      return;
    }
    long end = arrivals[0].end();
    beginTurn();
    scans[0].moveTo(lanes, end);
  }

  private void beginTurn() {
    int now = turns;
    if (areEmpty(now)) {
      turns = now + 1;
    }
  }

  /** Segment by segment in the order of their tickets; see invariant 3. */
  private void sortSeveral() {
    for (int i = 0; i < arrivals.length; i++) {
      ends[i] = arrivals[i].end();
    }
    beginTurn();
    while (true) {
      int first = 0;
      long lowest = Long.MAX_VALUE;
      for (int i = 0; i < scans.length; i++) {
        long ticket = scans[i].headTicket(ends[i]);
        if (ticket < lowest) {
          lowest = ticket;
          first = i;
        }
      }
      if (lowest == Long.MAX_VALUE) {
        return;
      }
      scans[first].moveSegmentTo(lanes, lowest, ends[first]);
    }
  }

  // ---- With the lock, from start to end

  /**
   * Releases all tasks that are not queued any more; returns how many are left. They are moved to
   * the lanes: in an arrival queue even an empty slot is kept, and looked at, as long as a task
   * before it is queued.
   */
  int sweep() {
    lock();
    try {
      sort();
      lanes.sweep();
      return lanes.size();
    } finally {
      unlock();
    }
  }

  /**
   * The first of the least urgent tasks, without those that are next.
   *
   * @param spared how many of the next tasks do not count, whatever their priority
   */
  @Nullable PoolTask<?> peekLeastUrgent(int spared) {
    lock();
    try {
      sort();
      return lanes.peekLeastUrgent(spared);
    } finally {
      unlock();
    }
  }

  /**
   * Claims all that are queued, the most urgent first.
   *
   * @param taker claims each; those it does not get have been taken by others
   */
  void takeAll(Taker taker, List<PoolTask<?>> taken) {
    lock();
    try {
      sort();
      for (PoolTask<?> task = lanes.peek(); task != null; task = lanes.peek()) {
        if (taker.claim(task)) {
          taken.add(task);
        }
      }
    } finally {
      unlock();
    }
  }
}

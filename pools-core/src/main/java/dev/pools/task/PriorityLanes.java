package dev.pools.task;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Tasks by priority, smaller numbers first, first in first out among equals. Not thread-safe: its
 * user guards it.
 *
 * <p>The lanes of the first few priorities that occur stand in a sorted array, with one bit each
 * that says whether the lane has tasks; further lanes, as of a caller that uses a timestamp as a
 * priority, in a tree. However many lanes there are, each question takes a few steps: {@link
 * LanesByAge} knows which lane has the oldest task.
 *
 * <p>A cancelled task stays in its lane until a look meets it there as the first, and drops it. Its
 * state says whether it still counts: the user of the lanes names the state of tasks that do.
 */
final class PriorityLanes {

  /** Lanes in the array: one bit each. */
  private static final int QUICK = Long.SIZE;

  /** How many lanes are found without a search: as many as a power of two. */
  private static final int NEAR = 16;

  /** How many tasks of a lane are examined at most for the time of their submission. */
  private static final int STAMPS_SOUGHT = 64;

  /** How many lanes are examined at most for that. */
  private static final int LANES_SOUGHT = 256;

  private final TaskState inLine;
  private PriorityLane[] quick = new PriorityLane[4];
  private int quickCount;
  private long occupied;

  /** The lane in the array whose priority was sought last, for each of the lowest bits of these. */
  private final @Nullable PriorityLane[] near = new PriorityLane[NEAR];

  /** The lane whose first task {@link #peek} has returned. */
  private @Nullable PriorityLane peeked;

  private final TreeMap<Integer, PriorityLane> others = new TreeMap<>();
  private final LanesByAge byAge = new LanesByAge();

  /** How many are in the lanes, those that do not count any more included. */
  private int size;

  /** How many of them have another than the default priority. */
  private int othersSize;

  /**
   * Empty lanes.
   *
   * @param inLine the state of tasks that count
   */
  PriorityLanes(TaskState inLine) {
    this.inLine = inLine;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** How many tasks stand here, those included that were cancelled and not yet dropped. */
  int size() {
    return size;
  }

  /** As {@link #size}, of those with another than the default priority. */
  int othersSize() {
    return othersSize;
  }

  void add(PoolTask<?> task) {
    // First, so that nothing is half done if there is no memory for it.
    byAge.makeRoom();
    PriorityLane lane = laneOf(task.priority());
    byAge.add(lane, task.ticket());
    PoolTask<?> last = lane.last;
    if (last == null) {
      lane.first = task;
    } else {
      last.next = task;
    }
    lane.last = task;
    count(lane, 1);
  }

  private void count(PriorityLane lane, int more) {
    size += more;
    if (lane.priority != 0) {
      othersSize += more;
    }
  }

  private PriorityLane laneOf(int priority) {
    PriorityLane known = near[priority & (NEAR - 1)];
    if (known != null && known.priority == priority && known.position >= 0) {
      occupied |= 1L << known.position;
      return known;
    }
    PriorityLane found = seekLane(priority);
    near[priority & (NEAR - 1)] = found;
    return found;
  }

  private PriorityLane seekLane(int priority) {
    int low = 0;
    int high = quickCount;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (quick[middle].priority < priority) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low < quickCount && quick[low].priority == priority) {
      occupied |= 1L << low;
      return quick[low];
    }
    if (quickCount == QUICK) {
      dropEmpty();
      return quickCount == QUICK
          ? others.computeIfAbsent(priority, PriorityLane::new)
          : seekLane(priority);
    }
    PriorityLane other = others.isEmpty() ? null : others.get(priority);
    return other == null ? insert(low, priority) : other;
  }

  private PriorityLane insert(int position, int priority) {
    if (quickCount == quick.length) {
      quick = Arrays.copyOf(quick, quickCount * 2);
    }
    // First, so that nothing is half done if there is no memory for it.
    PriorityLane lane = new PriorityLane(priority);
    System.arraycopy(quick, position, quick, position + 1, quickCount - position);
    quick[position] = lane;
    quickCount++;
    for (int i = position; i < quickCount; i++) {
      quick[i].position = i;
    }
    long below = (1L << position) - 1;
    occupied = (occupied & below) | (occupied & ~below) << 1 | 1L << position;
    return lane;
  }

  /**
   * Makes room in the array: lanes that are empty stay there only in case their priority occurs
   * again.
   */
  private void dropEmpty() {
    int kept = 0;
    for (int i = 0; i < quickCount; i++) {
      PriorityLane lane = quick[i];
      if (lane.first != null) {
        lane.position = kept;
        quick[kept++] = lane;
      } else {
        lane.position = -1;
      }
    }
    Arrays.fill(quick, kept, quickCount, null);
    quickCount = kept;
    occupied = kept == QUICK ? -1 : (1L << kept) - 1;
  }

  /** The most urgent task that counts, the first of its equals. */
  @Nullable PoolTask<?> peek() {
    while (size > 0) {
      PriorityLane lane = mostUrgent();
      PoolTask<?> task = first(lane);
      if (task.is(inLine)) {
        peeked = lane;
        return task;
      }
      removeFirst(lane);
    }
    return null;
  }

  /** Takes out the task that {@link #peek} has returned; no task has been added since. */
  void removePeeked() {
    removeFirst(requireNonNull(peeked));
  }

  /** Takes the most urgent task that counts out. */
  @Nullable PoolTask<?> poll() {
    PoolTask<?> task = peek();
    if (task != null) {
      removePeeked();
    }
    return task;
  }

  private PriorityLane mostUrgent() {
    Map.Entry<Integer, PriorityLane> other = others.isEmpty() ? null : others.firstEntry();
    if (occupied == 0) {
      return requireNonNull(other).getValue();
    }
    PriorityLane lane = quick[Long.numberOfTrailingZeros(occupied)];
    return other != null && other.getKey() < lane.priority ? other.getValue() : lane;
  }

  /**
   * The first of the least urgent tasks that count, without the very next ones.
   *
   * @param spared how many tasks are left out that would be polled first
   * @return null if there are none beyond those that are left out and as urgent as the least urgent
   */
  @Nullable PoolTask<?> peekLeastUrgent(int spared) {
    while (size > 0) {
      PriorityLane lane = leastUrgent();
      PoolTask<?> task = first(lane);
      if (task.is(inLine)) {
        return spared == 0 ? task : afterSpared(lane, spared - moreUrgentThan(lane, spared));
      }
      removeFirst(lane);
    }
    return null;
  }

  private @Nullable PoolTask<?> afterSpared(PriorityLane lane, int spared) {
    int left = spared;
    for (PoolTask<?> task = lane.first; task != null; task = task.next) {
      if (task.is(inLine) && left-- == 0) {
        return task;
      }
    }
    return null;
  }

  /** How many tasks count that are not in the least urgent lane, up to a limit. */
  private int moreUrgentThan(PriorityLane leastUrgent, int limit) {
    int count = 0;
    for (long left = occupied; left != 0 && count < limit; left &= left - 1) {
      count = countUpTo(quick[Long.numberOfTrailingZeros(left)], leastUrgent, count, limit);
    }
    for (PriorityLane lane : others.values()) {
      if (count >= limit) {
        break;
      }
      count = countUpTo(lane, leastUrgent, count, limit);
    }
    return count;
  }

  private int countUpTo(PriorityLane lane, PriorityLane without, int before, int limit) {
    int count = before;
    if (lane != without) {
      for (PoolTask<?> task = lane.first; task != null && count < limit; task = task.next) {
        count += task.is(inLine) ? 1 : 0;
      }
    }
    return count;
  }

  private PriorityLane leastUrgent() {
    Map.Entry<Integer, PriorityLane> other = others.isEmpty() ? null : others.lastEntry();
    if (occupied == 0) {
      return requireNonNull(other).getValue();
    }
    PriorityLane lane = quick[Long.SIZE - 1 - Long.numberOfLeadingZeros(occupied)];
    return other != null && other.getKey() > lane.priority ? other.getValue() : lane;
  }

  /** The task with the lowest ticket among those that count; drops some that do not. */
  @Nullable PoolTask<?> peekOldest() {
    for (PriorityLane lane = byAge.first(); lane != null; lane = byAge.first()) {
      PoolTask<?> first = lane.first;
      if (first == null) {
        byAge.removeFirst();
      } else if (!first.is(inLine)) {
        removeFirst(lane);
      } else if (first.ticket() == lane.age) {
        return first;
      } else {
        byAge.moveFirst(first.ticket());
      }
    }
    return null;
  }

  /**
   * One of the tasks that count and were submitted before a ticket, and if possible one that is
   * polled late; null if there are none. Drops some that do not count.
   */
  @Nullable PoolTask<?> peekBefore(long ticket) {
    PoolTask<?> late = peekLeastUrgent(0);
    if (late != null && late.ticket() < ticket) {
      return late;
    }
    PoolTask<?> oldest = peekOldest();
    return oldest != null && oldest.ticket() < ticket ? oldest : null;
  }

  /** What it has cost so far to know the oldest task, in steps; for tests. */
  long stepsToOldest() {
    return byAge.steps();
  }

  /**
   * The earliest time of submission that the first few tasks of some old lanes have noted; the
   * limit if none has. Drops some tasks that do not count.
   */
  long oldestStamp(long limitNanos) {
    peekOldest();
    long oldest = limitNanos;
    for (int i = Math.min(LANES_SOUGHT, byAge.size()) - 1; i >= 0; i--) {
      oldest = oldestStamp(byAge.at(i), oldest);
    }
    return oldest;
  }

  private long oldestStamp(PriorityLane lane, long limitNanos) {
    PoolTask<?> task = lane.first;
    for (int seen = 0; task != null && seen < STAMPS_SOUGHT; seen++) {
      if (task.is(inLine) && task.isStamped()) {
        return task.submittedNanos() - limitNanos < 0 ? task.submittedNanos() : limitNanos;
      }
      task = task.next;
    }
    return limitNanos;
  }

  // ---- Looked at; those that do not count any more included

  /** Visits the first task of each lane, the most urgent first, of so many lanes at most. */
  void visitFirsts(int most, Consumer<PoolTask<?>> visitor) {
    int[] left = {most};
    visitLanes(
        lane -> {
          if (lane.first != null && left[0]-- > 0) {
            visitor.accept(lane.first);
          }
          return left[0] > 0;
        });
  }

  /** Visits all tasks. */
  void visitAll(Consumer<PoolTask<?>> visitor) {
    visitLanes(
        lane -> {
          for (PoolTask<?> task = lane.first; task != null; task = task.next) {
            visitor.accept(task);
          }
          return true;
        });
  }

  private void visitLanes(Predicate<PriorityLane> visitor) {
    for (long left = occupied; left != 0; left &= left - 1) {
      if (!visitor.test(quick[Long.numberOfTrailingZeros(left)])) {
        return;
      }
    }
    for (PriorityLane lane : others.values()) {
      if (!visitor.test(lane)) {
        return;
      }
    }
  }

  /** Takes out all that do not count any more. */
  void sweep() {
    for (int i = 0; i < quickCount; i++) {
      sweep(quick[i]);
      if (quick[i].first == null) {
        occupied &= ~(1L << i);
      }
    }
    others.values().forEach(this::sweep);
    others.values().removeIf(lane -> lane.first == null);
  }

  private void sweep(PriorityLane lane) {
    PoolTask<?> kept = null;
    PoolTask<?> task = lane.first;
    lane.first = null;
    while (task != null) {
      PoolTask<?> next = task.next;
      task.next = null;
      if (!task.is(inLine)) {
        count(lane, -1);
      } else {
        if (kept == null) {
          lane.first = task;
        } else {
          kept.next = task;
        }
        kept = task;
      }
      task = next;
    }
    lane.last = kept;
  }

  private static PoolTask<?> first(PriorityLane lane) {
    return requireNonNull(lane.first);
  }

  private void removeFirst(PriorityLane lane) {
    PoolTask<?> task = first(lane);
    lane.first = task.next;
    // A future that its user keeps must not keep those behind it.
    task.next = null;
    count(lane, -1);
    if (lane.first == null) {
      lane.last = null;
      vacate(lane);
    }
  }

  private void vacate(PriorityLane lane) {
    if (lane.position >= 0) {
      occupied &= ~(1L << lane.position);
    } else {
      others.remove(lane.priority);
    }
  }
}

package dev.pools.task;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Lanes by the age of their first tasks: a binary heap, so that the oldest task is found in a few
 * steps, however many priorities there are. Not thread-safe: its user guards it.
 *
 * <p>A lane is listed by the ticket of its first task, and stays as it is when that task leaves. So
 * a lane is listed too early in the heap, or is empty. That is mended when it is the first: each
 * task that has left costs one such step at most. Lanes that are empty are also removed when the
 * array is full, so that it does not grow with the priorities that there have been.
 *
 * <p>A lane that tasks of several arrival queues come to may also be listed too late: its first
 * task may have a lower ticket than one that has left. Both tickets are on the same side of all
 * lines, see {@link TaskSorter}, and therefore the first listed lane answers whether a task below a
 * line is there.
 */
final class LanesByAge {

  private static final int LEAST = 8;

  private @Nullable PriorityLane[] heap = new PriorityLane[LEAST];
  private int size;

  /** How often a lane has been looked at or has moved a place: what all of this has cost. */
  private long steps;

  /** Makes room for one more lane, which {@link #add} needs. */
  void makeRoom() {
    if (size == heap.length) {
      dropEmpty();
      if (size > heap.length / 2) {
        heap = Arrays.copyOf(heap, 2 * heap.length);
      }
    }
  }

  /** A task with this ticket is about to come to a lane, which may be empty. */
  void add(PriorityLane lane, long ticket) {
    if (!lane.listed) {
      lane.age = ticket;
      lane.listed = true;
      rise(size++, lane);
    }
  }

  private void dropEmpty() {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      PriorityLane lane = at(i);
      if (lane.first != null) {
        heap[kept++] = lane;
      } else {
        lane.listed = false;
      }
    }
    Arrays.fill(heap, kept, size, null);
    steps += size;
    size = kept;
    for (int i = size / 2 - 1; i >= 0; i--) {
      sink(i, at(i));
    }
  }

  /** The lane that is listed first; null if there is none. */
  @Nullable PriorityLane first() {
    steps++;
    return heap[0];
  }

  /** The first lane is listed by this ticket from now on. */
  void moveFirst(long ticket) {
    PriorityLane lane = at(0);
    lane.age = ticket;
    sink(0, lane);
  }

  /** The first lane is empty, and is not listed any more. */
  void removeFirst() {
    at(0).listed = false;
    PriorityLane moved = at(--size);
    heap[size] = null;
    if (size > 0) {
      sink(0, moved);
    }
  }

  /** How many lanes are listed, those that are empty included. */
  int size() {
    return size;
  }

  /** One that is listed; the first few are old, in no particular order. */
  PriorityLane at(int position) {
    return requireNonNull(heap[position]);
  }

  /** What all of this has cost so far; for tests. */
  long steps() {
    return steps;
  }

  private void rise(int from, PriorityLane lane) {
    int position = from;
    while (position > 0) {
      int above = (position - 1) / 2;
      if (at(above).age <= lane.age) {
        break;
      }
      steps++;
      heap[position] = heap[above];
      position = above;
    }
    heap[position] = lane;
  }

  private void sink(int from, PriorityLane lane) {
    int position = from;
    while (true) {
      int below = 2 * position + 1;
      if (below >= size) {
        break;
      }
      if (below + 1 < size && at(below + 1).age < at(below).age) {
        below++;
      }
      if (lane.age <= at(below).age) {
        break;
      }
      steps++;
      heap[position] = heap[below];
      position = below;
    }
    heap[position] = lane;
  }
}

package dev.pools.advice;

import java.util.ArrayDeque;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Waiting tasks in a replay: by priority, first in first out among equals. */
final class ReplayQueue {

  private final TreeMap<Integer, ArrayDeque<ReplayTask>> lanes = new TreeMap<>();

  /** All of them as they came, and some that have left; only if the oldest one is asked for. */
  private final @Nullable ArrayDeque<ReplayTask> byAge;

  private int size;

  ReplayQueue(boolean knowsOldest) {
    byAge = knowsOldest ? new ArrayDeque<>() : null;
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  void add(ReplayTask task) {
    task.waits = true;
    lanes.computeIfAbsent(task.priority, priority -> new ArrayDeque<>()).addLast(task);
    if (byAge != null) {
      byAge.addLast(task);
    }
    size++;
  }

  /** The most urgent one, the first of its equals. */
  @Nullable ReplayTask first() {
    return size == 0 ? null : lanes.firstEntry().getValue().peekFirst();
  }

  /** The oldest of the least urgent ones. */
  @Nullable ReplayTask leastUrgent() {
    return size == 0 ? null : lanes.lastEntry().getValue().peekFirst();
  }

  /** The oldest one. */
  @Nullable ReplayTask oldest() {
    if (byAge == null) {
      return null;
    }
    while (!byAge.isEmpty() && !byAge.getFirst().waits) {
      byAge.removeFirst();
    }
    return byAge.peekFirst();
  }

  /** Takes out a task, which is the first of its lane. */
  void remove(ReplayTask task) {
    task.waits = false;
    ArrayDeque<ReplayTask> lane = lanes.get(task.priority);
    if (lane == null || lane.pollFirst() != task) {
      throw new IllegalStateException("A task that is not the first of its lane was taken.");
    }
    if (lane.isEmpty()) {
      lanes.remove(task.priority);
    }
    size--;
  }
}

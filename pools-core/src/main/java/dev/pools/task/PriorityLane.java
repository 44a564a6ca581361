package dev.pools.task;

import org.jspecify.annotations.Nullable;

/** The tasks of one priority, first in first out, linked through the tasks themselves. */
final class PriorityLane {

  final int priority;
  @Nullable PoolTask<?> first;
  @Nullable PoolTask<?> last;

  /** Where it stands in the array of {@link PriorityLanes}; negative if it does not. */
  int position = -1;

  // Written by LanesByAge.
  /** Whether it is listed. */
  boolean listed;

  /** The ticket by which it is listed. */
  long age;

  PriorityLane(int priority) {
    this.priority = priority;
  }
}

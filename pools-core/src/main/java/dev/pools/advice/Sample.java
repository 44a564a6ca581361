package dev.pools.advice;

import java.util.Comparator;
import java.util.List;

/**
 * What a pool has recorded about its last tasks, as of one moment. Immutable.
 *
 * @param tasks the tasks; kept in the order of their arrival
 * @param fromNanos from here on no task that arrived is missing, except for those left out by
 *     {@code step}; earlier ones may be among the tasks
 * @param toNanos when the sample was taken; after {@code fromNanos}
 * @param step 1 if each task was recorded, n if each n-th was
 * @param cpuShare how much of the machine's processors was in use, from 0 to 1; NaN if unknown
 * @param blockedWorkers how many workers waited, inside of a task, for another task of the pool
 * @param resized whether the limit of workers changed in this time
 */
public record Sample(
    List<TaskRecord> tasks,
    long fromNanos,
    long toNanos,
    int step,
    double cpuShare,
    int blockedWorkers,
    boolean resized) {

  /** Sorts the tasks, and checks the rest. */
  public Sample {
    if (toNanos - fromNanos <= 0) {
      throw new IllegalArgumentException(
          "toNanos is %d, but must be after fromNanos, which is %d.".formatted(toNanos, fromNanos));
    }
    if (step < 1) {
      throw new IllegalArgumentException("step is %d, but must be at least 1.".formatted(step));
    }
    long from = fromNanos;
    tasks =
        tasks.stream()
            .sorted(Comparator.comparingLong(task -> task.arrivalNanos() - from))
            .toList();
  }

  /** A sample of each task, with nothing known about the machine. */
  public Sample(List<TaskRecord> tasks, long fromNanos, long toNanos) {
    this(tasks, fromNanos, toNanos, 1, Double.NaN, 0, false);
  }

  long nanos() {
    return toNanos - fromNanos;
  }

  /** How many tasks it stands for. */
  long taskCount() {
    return (long) tasks.size() * step;
  }
}

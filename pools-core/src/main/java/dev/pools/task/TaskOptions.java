package dev.pools.task;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The options of one task.
 *
 * @param priority smaller numbers run sooner; any int
 * @param maxQueueTime how long it may wait before it runs. If it has waited longer when a worker
 *     takes it, it fails with a {@link TaskExpiredException} and does not run. Zero means the
 *     pool's own limit.
 * @param name what messages, listeners and {@link AdvancedPool#runningTasks} call the task; null if
 *     it has no name, and then they call it by the class of its function. A name is kept on one
 *     line and cut after 200 characters. It is shown to operators, so it should hold no secret.
 * @param maxRunTime how long it may run; if it runs longer its thread is interrupted and it fails
 *     with a {@link TaskTimeoutException}, as {@link AdvancedPoolBuilder#maxRunTime} says. Zero
 *     means the pool's own limit. A pool with such tasks looks at its runs each 0.1 s, so the limit
 *     may come 0.1 s late, and up to a second late for the first such task of a pool.
 */
public record TaskOptions(
    int priority, Duration maxQueueTime, @Nullable String name, Duration maxRunTime) {

  /** Priority 0, the pool's own limits and no name. */
  public static final TaskOptions DEFAULT = new TaskOptions(0, Duration.ZERO);

  /** Checks the options. */
  public TaskOptions {
    requireNotNegative("maxQueueTime", maxQueueTime);
    requireNotNegative("maxRunTime", maxRunTime);
    name = name == null ? null : TaskNames.kept(name);
  }

  private static void requireNotNegative(String option, Duration value) {
    Objects.requireNonNull(value, option);
    if (value.isNegative()) {
      throw new IllegalArgumentException(
          option
              + " is "
              + value
              + ", but must be zero (the pool's own limit) or positive. Give it a positive duration.");
    }
  }

  /** Options of a task without a name. */
  public TaskOptions(int priority, Duration maxQueueTime) {
    this(priority, maxQueueTime, null, Duration.ZERO);
  }

  /** Options with this priority. */
  public static TaskOptions priority(int priority) {
    return priority == 0 ? DEFAULT : new TaskOptions(priority, Duration.ZERO);
  }

  /**
   * Options with this name, priority 0 and the pool's own limits.
   *
   * @throws IllegalArgumentException if it is blank
   */
  public static TaskOptions named(String name) {
    return DEFAULT.withName(name);
  }

  /** These options with this priority. */
  public TaskOptions withPriority(int other) {
    return new TaskOptions(other, maxQueueTime, name, maxRunTime);
  }

  /** These options with this limit for the wait. */
  public TaskOptions withMaxQueueTime(Duration limit) {
    return new TaskOptions(priority, limit, name, maxRunTime);
  }

  /**
   * These options with this name.
   *
   * @throws IllegalArgumentException if it is blank
   */
  public TaskOptions withName(String other) {
    return new TaskOptions(
        priority, maxQueueTime, Objects.requireNonNull(other, "name"), maxRunTime);
  }

  /** These options with this limit for the run. */
  public TaskOptions withMaxRunTime(Duration limit) {
    return new TaskOptions(priority, maxQueueTime, name, limit);
  }
}

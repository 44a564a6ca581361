package dev.pools.task;

import dev.pools.internal.Time;
import dev.pools.scaling.ScalingPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The options of a pool, checked once. A pool has others after a change; see {@link
 * AdvancedPoolChange}.
 */
record PoolOptions(
    String name,
    int minWorkers,
    int maxWorkers,
    int queueCapacity,
    ScalingPolicy scaling,
    boolean killAtExit,
    Duration keepAlive,
    OverflowPolicy overflow,
    TaskOrder taskOrder,
    WorkerThreads threads,
    Duration aging,
    Duration maxQueueTime,
    Duration stuckAfter,
    Duration maxRunTime,
    Duration adviceWindow,
    @Nullable TaskDecorator decorator,
    List<PoolListener> listeners,
    Thread.@Nullable UncaughtExceptionHandler uncaughtExceptionHandler,
    Time time) {

  /** More would be a mistake: each worker is a thread. */
  static final int MOST_WORKERS = 1_000_000;

  /** In a shorter time fewer tasks arrive than a prediction needs. */
  static final Duration LEAST_ADVICE_WINDOW = Duration.ofSeconds(1);

  PoolOptions {
    if (name.isBlank()) {
      throw new IllegalArgumentException(
          "name is blank, but names the pool's threads, log lines and metrics. Give it a word.");
    }
    checkWorkers(minWorkers, maxWorkers);
    if (queueCapacity < 0) {
      throw new IllegalArgumentException(
          "queueCapacity is %d, but must be from 0 (a task is taken only if a worker is free for it) to %d (no bound)."
              .formatted(queueCapacity, Integer.MAX_VALUE));
    }
    Objects.requireNonNull(scaling, "scaling");
    Objects.requireNonNull(overflow, "overflow");
    Objects.requireNonNull(taskOrder, "taskOrder");
    Objects.requireNonNull(threads, "threads");
    if (keepAlive.isNegative() || keepAlive.isZero()) {
      throw new IllegalArgumentException(
          "keepAlive is %s, but must be positive. To keep all workers, set minWorkers to maxWorkers."
              .formatted(keepAlive));
    }
    requireNotNegative("aging", aging);
    if (taskOrder == TaskOrder.RELAXED && !aging.isZero()) {
      throw new IllegalArgumentException(
          "taskOrder is RELAXED, but must be STRICT if aging is %s: who has waited longest is known only in the strict order. Set taskOrder to STRICT, or leave aging out."
              .formatted(aging));
    }
    requireNotNegative("maxQueueTime", maxQueueTime);
    requireNotNegative("stuckAfter", stuckAfter);
    requireNotNegative("maxRunTime", maxRunTime);
    if (!adviceWindow.isZero() && adviceWindow.compareTo(LEAST_ADVICE_WINDOW) < 0) {
      throw new IllegalArgumentException(
          "adviceWindow is %s, but must be zero (nothing is recorded) or at least %s. Use some minutes, as in PT5M."
              .formatted(adviceWindow, LEAST_ADVICE_WINDOW));
    }
    listeners = List.copyOf(listeners);
  }

  /** Checks numbers of workers, for the builder and for resize alike. */
  static void checkWorkers(int minWorkers, int maxWorkers) {
    if (maxWorkers < 1 || maxWorkers > MOST_WORKERS) {
      throw new IllegalArgumentException(
          "maxWorkers is %d, but must be from 1 to %d. Use 1 for a pool that runs one task at a time."
              .formatted(maxWorkers, MOST_WORKERS));
    }
    if (minWorkers < 0 || minWorkers > maxWorkers) {
      throw new IllegalArgumentException(
          "minWorkers is %d, but must be from 0 to maxWorkers, which is %d. Lower minWorkers or raise maxWorkers."
              .formatted(minWorkers, maxWorkers));
    }
  }

  private static void requireNotNegative(String option, Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(
          "%s is %s, but must be zero (off) or positive. Leave it out to turn it off."
              .formatted(option, value));
    }
  }
}

package dev.pools.boot.health;

import dev.pools.internal.Durations;
import dev.pools.task.AdvancedPool;
import dev.pools.task.AdvancedPoolBuilder;
import dev.pools.task.PoolState;
import dev.pools.task.PoolStats;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * The health of a task pool: up while it accepts tasks, down when it makes no progress, out of
 * service when it is shut down. A full queue is no fault. It reads one snapshot and takes no lock.
 */
public final class AdvancedPoolHealthIndicator extends AbstractHealthIndicator {

  /** A pool without progress for this time is up with a warning. */
  private static final Duration NOTICED = Duration.ofSeconds(3);

  private final Supplier<? extends @Nullable PoolStats> readings;
  private final AdvancedPoolHealthOptions options;
  private final UnaryOperator<String> settings;

  /**
   * Creates an indicator with the default options.
   *
   * @param name the name of the pool's bean, for the advice that it gives
   */
  public AdvancedPoolHealthIndicator(String name, AdvancedPool pool) {
    this(name, pool, AdvancedPoolHealthOptions.DEFAULTS, Texts.settings("pools.advanced", name));
  }

  /**
   * Creates an indicator.
   *
   * @param name the name of the pool's bean
   * @param options when the pool is reported as down
   * @param settings the full name of a setting of the pool, such as {@code max-workers}, as advice
   *     uses
   */
  public AdvancedPoolHealthIndicator(
      String name,
      AdvancedPool pool,
      AdvancedPoolHealthOptions options,
      UnaryOperator<String> settings) {
    this(name, pool::stats, options, settings);
  }

  AdvancedPoolHealthIndicator(
      String name,
      Supplier<? extends @Nullable PoolStats> readings,
      AdvancedPoolHealthOptions options,
      UnaryOperator<String> settings) {
    super("The pool '" + name + "' cannot be read");
    this.readings = readings;
    this.options = options;
    this.settings = settings;
  }

  @Override
  protected void doHealthCheck(Health.Builder health) {
    PoolStats stats = readings.get();
    if (stats == null || stats.state() == null) {
      Texts.noReadings(health);
      return;
    }
    if (stats.state() != PoolState.RUNNING) {
      health.outOfService().withDetail("reason", "The pool is " + stats.state() + ".");
    } else if (isStalled(stats)) {
      health.down().withDetail("reason", stalled(stats));
    } else if (waitsForItself(stats)) {
      health
          .down()
          .withDetail(
              "reason",
              "All %d workers wait for other tasks of this pool, and %d are queued. Raise %s (now %d), or do not wait for a task inside of another."
                  .formatted(
                      stats.blockedWorkers(),
                      stats.qsize(),
                      settings.apply("max-workers"),
                      stats.maxWorkers()));
    } else {
      health.up();
      if (stats.stalledFor().compareTo(NOTICED) >= 0) {
        health.withDetail("warning", stalled(stats));
      }
    }
    details(health, stats);
  }

  private boolean isStalled(PoolStats stats) {
    Duration limit = options.stalledAfter();
    return limit == null ? stats.stalled() : stats.stalledFor().compareTo(limit) >= 0;
  }

  /** This can be told at once: nothing but the queued tasks could help, and no worker is free. */
  private static boolean waitsForItself(PoolStats stats) {
    return stats.blockedWorkers() >= stats.maxWorkers()
        && stats.blockedWorkers() >= stats.workers()
        && stats.qsize() > 0;
  }

  private String stalled(PoolStats stats) {
    Duration limit = options.stalledAfter();
    String unfinished =
        "No task has finished for %s%s: "
            .formatted(
                Durations.text(stats.stalledFor()),
                limit == null ? "" : " (limit: " + Durations.text(limit) + ")");
    if (stats.missingWorkers() > 0) {
      return unfinished
          + "the thread factory has not delivered the threads of %d of %d workers, and %d tasks run or are queued. Find out what the factory waits for (a thread dump shows it)."
              .formatted(stats.missingWorkers(), stats.workers(), stats.active() + stats.qsize());
    }
    return unfinished
        + "all %d workers are busy, %d of them wait for other tasks of this pool, the longest task has been running for %s, and %d tasks are queued. Find out what the tasks wait for (a thread dump shows it), give them a time limit, or raise %s (now %d)."
            .formatted(
                stats.workers(),
                stats.blockedWorkers(),
                Durations.text(stats.longestRun()),
                stats.qsize(),
                settings.apply("max-workers"),
                stats.maxWorkers());
  }

  private static void details(Health.Builder health, PoolStats stats) {
    health
        .withDetail("state", stats.state())
        .withDetail("workers", stats.workers())
        .withDetail("idle", stats.idleWorkers())
        .withDetail("active", stats.active())
        .withDetail("minWorkers", stats.minWorkers())
        .withDetail("maxWorkers", stats.maxWorkers())
        .withDetail("missingWorkers", stats.missingWorkers())
        .withDetail("qsize", stats.qsize())
        .withDetail(
            "queueCapacity",
            stats.queueCapacity() == AdvancedPoolBuilder.UNBOUNDED
                ? "unbounded"
                : stats.queueCapacity())
        .withDetail("admissionsWaiting", stats.admissionsWaiting())
        .withDetail("oldestWait", stats.oldestWait().toString())
        .withDetail("longestRun", stats.longestRun().toString())
        .withDetail("stalledFor", stats.stalledFor().toString())
        .withDetail("completed", stats.completed())
        .withDetail("failed", stats.failed());
  }
}

package dev.pools.boot.health;

import dev.pools.task.AdvancedPool;
import dev.pools.task.PoolState;
import dev.pools.task.PoolStats;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * The health of a pool that runs tasks: up while it takes tasks, down when it waits for itself, out
 * of service when it is shut down. A full queue is not an illness. Reads one snapshot and takes no
 * lock.
 */
public final class AdvancedPoolHealthIndicator extends AbstractHealthIndicator {

  private final String name;
  private final Supplier<? extends @Nullable PoolStats> readings;

  /**
   * Creates an indicator.
   *
   * @param name the name of the pool's bean, for the advice that it gives
   */
  public AdvancedPoolHealthIndicator(String name, AdvancedPool pool) {
    this(name, pool::stats);
  }

  AdvancedPoolHealthIndicator(String name, Supplier<? extends @Nullable PoolStats> readings) {
    super("The pool '" + name + "' cannot be read");
    this.name = name;
    this.readings = readings;
  }

  @Override
  protected void doHealthCheck(Health.Builder health) {
    PoolStats stats = readings.get();
    if (stats == null) {
      Texts.noReadings(health);
      return;
    }
    if (stats.state() != PoolState.RUNNING) {
      health.outOfService().withDetail("reason", "The pool is " + stats.state() + ".");
    } else if (stats.stalled()) {
      health
          .down()
          .withDetail(
              "reason",
              "No task has ended for %.1f s: all %d workers are busy, %d of them wait for other tasks of this pool, the longest task has been running for %.1f s, and %d tasks are queued. Find out what the tasks wait for (a thread dump shows it), give them a time limit, or raise pools.advanced.instances.%s.max-workers (now %d)."
                  .formatted(
                      stats.stalledFor().toNanos() / 1e9,
                      stats.workers(),
                      stats.blockedWorkers(),
                      stats.longestRun().toNanos() / 1e9,
                      stats.qsize(),
                      name,
                      stats.maxWorkers()));
    } else if (stats.starved()) {
      health
          .down()
          .withDetail(
              "reason",
              "All %d workers wait for other tasks of this pool, and %d are queued. Raise pools.advanced.instances.%s.max-workers (now %d), or do not wait for a task inside of another."
                  .formatted(stats.blockedWorkers(), stats.qsize(), name, stats.maxWorkers()));
    } else {
      health.up();
    }
    health
        .withDetail("state", stats.state())
        .withDetail("workers", stats.workers())
        .withDetail("idle", stats.idleWorkers())
        .withDetail("active", stats.active())
        .withDetail("minWorkers", stats.minWorkers())
        .withDetail("maxWorkers", stats.maxWorkers())
        .withDetail("qsize", stats.qsize())
        .withDetail(
            "queueCapacity",
            stats.queueCapacity() == AdvancedPool.Builder.UNBOUNDED
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

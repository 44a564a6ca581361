package dev.pools.boot.metrics;

import static dev.pools.boot.metrics.MeterSpec.counter;
import static dev.pools.boot.metrics.MeterSpec.duration;
import static dev.pools.boot.metrics.MeterSpec.gauge;

import dev.pools.task.AdvancedPool;
import dev.pools.task.PoolState;
import dev.pools.task.PoolStats;
import io.micrometer.core.instrument.binder.BaseUnits;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** The meters of a task pool. */
final class AdvancedPoolMeters {

  private static final String PREFIX = "pools.advanced.";
  private static final String OPEN_TELEMETRY_PREFIX = "jvm.executor.";
  private static final String ANNOTATED_THREADS = "{thread}";
  private static final String ANNOTATED_TASKS = "{task}";

  /** Our own names. */
  static final MeterFamily<PoolStats, TaskEvent> OWN =
      new MeterFamily<>(
          "pool",
          List.of(
              gauge(PREFIX + "qsize", BaseUnits.TASKS, "Tasks queued", PoolStats::qsize),
              gauge(
                  PREFIX + "queue.capacity",
                  BaseUnits.TASKS,
                  "Maximum number of queued tasks; 2147483647 if there is no limit",
                  PoolStats::queueCapacity),
              gauge(
                  PREFIX + "admissions.waiting",
                  BaseUnits.TASKS,
                  "Tasks that wait for a place in the queue",
                  PoolStats::admissionsWaiting),
              gauge(
                  PREFIX + "active", BaseUnits.TASKS, "Tasks that are running", PoolStats::active),
              gauge(
                  PREFIX + "workers",
                  BaseUnits.THREADS,
                  "Workers, busy and idle",
                  PoolStats::workers),
              gauge(
                  PREFIX + "workers.min",
                  BaseUnits.THREADS,
                  "Minimum number of workers",
                  PoolStats::minWorkers),
              gauge(
                  PREFIX + "workers.max",
                  BaseUnits.THREADS,
                  "Maximum number of workers",
                  PoolStats::maxWorkers),
              gauge(
                  PREFIX + "workers.blocked",
                  BaseUnits.THREADS,
                  "Workers that wait inside a task for another task of the pool",
                  PoolStats::blockedWorkers),
              gauge(
                  PREFIX + "idle",
                  BaseUnits.THREADS,
                  "Workers without a task",
                  PoolStats::idleWorkers),
              duration(
                  PREFIX + "oldest.wait",
                  "How long the oldest queued task has waited",
                  PoolStats::oldestWait),
              duration(
                  PREFIX + "longest.run",
                  "How long the longest of the running tasks has run",
                  PoolStats::longestRun),
              duration(
                  PREFIX + "stalled",
                  "How long tasks have been queued while every worker was busy and no task finished",
                  PoolStats::stalledFor),
              gauge(
                  PREFIX + "stuck",
                  BaseUnits.TASKS,
                  "Running tasks that were reported as stuck",
                  PoolStats::stuck),
              counter(
                  PREFIX + "stuck.reports",
                  "reports",
                  "Tasks that have been reported as stuck",
                  PoolStats::stuckTasks),
              counter(
                  PREFIX + "timed.out",
                  BaseUnits.TASKS,
                  "Tasks that failed because they ran for longer than their limit",
                  PoolStats::timedOut),
              counter(
                  PREFIX + "submitted",
                  BaseUnits.TASKS,
                  "Tasks that the pool has accepted",
                  PoolStats::submitted),
              tasks("completed", PoolStats::completed),
              tasks("failed", PoolStats::failed),
              tasks("cancelled", PoolStats::cancelled),
              tasks("rejected", PoolStats::rejected),
              tasks("expired", PoolStats::expired)),
          List.of(
              new TimerSpec<>(
                  PREFIX + "task.wait",
                  "From the submission of a task to its start, or to its end if it never ran",
                  Set.of(TaskEvent.STARTED, TaskEvent.DROPPED)),
              new TimerSpec<>(
                  PREFIX + "task.run",
                  "From the start of a task to its end",
                  Set.of(TaskEvent.RAN))),
          AdvancedPoolMeters::hasEnded);

  /**
   * The names, units and meanings of Micrometer's {@code ExecutorServiceMetrics}, so that a
   * dashboard made for these shows a pool, and one meter more.
   */
  static final MeterFamily<PoolStats, TaskEvent> EXECUTOR =
      new MeterFamily<>(
          "name",
          List.of(
              counter(
                  "executor.completed",
                  BaseUnits.TASKS,
                  "The approximate total number of tasks that have completed execution",
                  stats -> stats.completed() + stats.failed()),
              gauge(
                  "executor.active",
                  BaseUnits.THREADS,
                  "The approximate number of threads that are actively executing tasks",
                  PoolStats::active),
              gauge(
                  "executor.queued",
                  BaseUnits.TASKS,
                  "The approximate number of tasks that are queued for execution",
                  PoolStats::qsize),
              gauge(
                  "executor.queue.remaining",
                  BaseUnits.TASKS,
                  "The number of additional elements that this queue can ideally accept without blocking",
                  stats -> Math.max(0, stats.queueCapacity() - stats.qsize())),
              gauge(
                  "executor.pool.size",
                  BaseUnits.THREADS,
                  "The current number of threads in the pool",
                  PoolStats::workers),
              gauge(
                  "executor.pool.core",
                  BaseUnits.THREADS,
                  "The core number of threads for the pool",
                  PoolStats::minWorkers),
              gauge(
                  "executor.pool.max",
                  BaseUnits.THREADS,
                  "The maximum allowed number of threads in the pool",
                  PoolStats::maxWorkers),
              gauge(
                  "executor.admissions.waiting",
                  BaseUnits.TASKS,
                  "Tasks that wait for a place in the queue",
                  PoolStats::admissionsWaiting)),
          List.of(
              new TimerSpec<>(
                  "executor", "From the start of a task to its end", Set.of(TaskEvent.RAN)),
              new TimerSpec<>(
                  "executor.idle",
                  "From the submission of a task to its start",
                  Set.of(TaskEvent.STARTED))),
          AdvancedPoolMeters::hasEnded);

  /** The names that are proposed for executors in OpenTelemetry's semantic conventions. */
  static final MeterFamily<PoolStats, TaskEvent> OPEN_TELEMETRY =
      new MeterFamily<>(
          OPEN_TELEMETRY_PREFIX + "name",
          List.of(
              threads("active", PoolStats::active),
              threads("idle", PoolStats::idleWorkers),
              typed(
                  gauge(
                      OPEN_TELEMETRY_PREFIX + "thread.core",
                      ANNOTATED_THREADS,
                      "The core number of threads of the executor",
                      PoolStats::minWorkers)),
              typed(
                  gauge(
                      OPEN_TELEMETRY_PREFIX + "thread.limit",
                      ANNOTATED_THREADS,
                      "The maximum number of threads of the executor",
                      PoolStats::maxWorkers)),
              typed(
                  gauge(
                      OPEN_TELEMETRY_PREFIX + "queue.size",
                      ANNOTATED_TASKS,
                      "The number of tasks in the queue of the executor",
                      PoolStats::qsize)),
              typed(
                  gauge(
                      OPEN_TELEMETRY_PREFIX + "queue.capacity",
                      ANNOTATED_TASKS,
                      "The capacity of the queue of the executor; no number if there is no limit",
                      AdvancedPoolMeters::limitedCapacity)),
              typed(
                  counter(
                      OPEN_TELEMETRY_PREFIX + "task.completed",
                      ANNOTATED_TASKS,
                      "The number of tasks that the executor has completed",
                      stats -> stats.completed() + stats.failed())),
              typed(
                  counter(
                      OPEN_TELEMETRY_PREFIX + "task.rejected",
                      ANNOTATED_TASKS,
                      "The number of tasks that the executor has rejected",
                      PoolStats::rejected))),
          List.of(),
          AdvancedPoolMeters::hasEnded);

  private AdvancedPoolMeters() {}

  private static MeterSpec<PoolStats> threads(String state, ToDoubleFunction<PoolStats> count) {
    return typed(
        MeterSpec.<PoolStats>gauge(
                OPEN_TELEMETRY_PREFIX + "thread.count",
                ANNOTATED_THREADS,
                "The number of threads of the executor that are in the state described by the state attribute",
                count)
            .tagged(OPEN_TELEMETRY_PREFIX + "thread.state", state));
  }

  private static MeterSpec<PoolStats> typed(MeterSpec<PoolStats> meter) {
    return meter.tagged(OPEN_TELEMETRY_PREFIX + "type", AdvancedPool.class.getName());
  }

  /** The conventions leave out a capacity that is no limit. */
  private static double limitedCapacity(PoolStats stats) {
    return stats.queueCapacity() == Integer.MAX_VALUE ? Double.NaN : stats.queueCapacity();
  }

  private static MeterSpec<PoolStats> tasks(String outcome, ToDoubleFunction<PoolStats> count) {
    return counter(
            PREFIX + "tasks",
            BaseUnits.TASKS,
            "Tasks that have finished or were rejected, by outcome",
            count)
        .tagged("outcome", outcome);
  }

  private static boolean hasEnded(PoolStats stats) {
    return stats.state() == PoolState.TERMINATED;
  }
}

package dev.pools.boot.metrics;

import static dev.pools.boot.metrics.MeterSpec.counter;
import static dev.pools.boot.metrics.MeterSpec.duration;
import static dev.pools.boot.metrics.MeterSpec.gauge;

import dev.pools.task.PoolState;
import dev.pools.task.PoolStats;
import io.micrometer.core.instrument.binder.BaseUnits;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** The meters of a task pool under our own names. */
final class AdvancedPoolMeters {

  private static final String PREFIX = "pools.advanced.";

  static final MeterFamily<PoolStats, TaskEvent> OWN =
      new MeterFamily<>(
          "pool",
          List.of(
              gauge(PREFIX + "qsize", BaseUnits.TASKS, "Tasks queued", TaskFigure.QSIZE),
              gauge(
                  PREFIX + "queue.capacity",
                  BaseUnits.TASKS,
                  "Maximum number of queued tasks; 2147483647 if there is no limit",
                  TaskFigure.QUEUE_CAPACITY),
              gauge(
                  PREFIX + "admissions.waiting",
                  BaseUnits.TASKS,
                  "Tasks that wait for a place in the queue",
                  TaskFigure.ADMISSIONS_WAITING),
              gauge(
                  PREFIX + "active", BaseUnits.TASKS, "Tasks that are running", TaskFigure.ACTIVE),
              gauge(
                  PREFIX + "workers",
                  BaseUnits.THREADS,
                  "Workers, busy and idle",
                  TaskFigure.WORKERS),
              gauge(
                  PREFIX + "workers.min",
                  BaseUnits.THREADS,
                  "Minimum number of workers",
                  TaskFigure.MIN_WORKERS),
              gauge(
                  PREFIX + "workers.max",
                  BaseUnits.THREADS,
                  "Maximum number of workers",
                  TaskFigure.MAX_WORKERS),
              gauge(
                  PREFIX + "workers.blocked",
                  BaseUnits.THREADS,
                  "Workers that wait inside a task for another task of the pool",
                  TaskFigure.BLOCKED_WORKERS),
              gauge(
                  PREFIX + "idle",
                  BaseUnits.THREADS,
                  "Workers without a task",
                  TaskFigure.IDLE_WORKERS),
              duration(
                  PREFIX + "oldest.wait",
                  "How long the oldest queued task has waited",
                  TaskFigure.OLDEST_WAIT),
              duration(
                  PREFIX + "longest.run",
                  "How long the longest of the running tasks has run",
                  TaskFigure.LONGEST_RUN),
              duration(
                  PREFIX + "stalled",
                  "How long tasks have been queued while every worker was busy and no task finished",
                  TaskFigure.STALLED_FOR),
              gauge(
                  PREFIX + "stuck",
                  BaseUnits.TASKS,
                  "Running tasks that were reported as stuck",
                  TaskFigure.STUCK),
              counter(
                  PREFIX + "stuck.reports",
                  "reports",
                  "Tasks that have been reported as stuck",
                  TaskFigure.STUCK_TASKS),
              counter(
                  PREFIX + "timed.out",
                  BaseUnits.TASKS,
                  "Tasks that failed because they ran for longer than their limit",
                  TaskFigure.TIMED_OUT),
              counter(
                  PREFIX + "submitted",
                  BaseUnits.TASKS,
                  "Tasks that the pool has accepted",
                  TaskFigure.SUBMITTED),
              tasks("completed", TaskFigure.COMPLETED),
              tasks("failed", TaskFigure.FAILED),
              tasks("cancelled", TaskFigure.CANCELLED),
              tasks("rejected", TaskFigure.REJECTED),
              tasks("expired", TaskFigure.EXPIRED)),
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

  private AdvancedPoolMeters() {}

  private static MeterSpec<PoolStats> tasks(String outcome, ToDoubleFunction<PoolStats> count) {
    return counter(
            PREFIX + "tasks",
            BaseUnits.TASKS,
            "Tasks that have finished or were rejected, by outcome",
            count)
        .tagged("outcome", outcome);
  }

  static boolean hasEnded(PoolStats stats) {
    return stats.state() == PoolState.TERMINATED;
  }
}

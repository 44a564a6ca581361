package dev.pools.boot.metrics;

import static dev.pools.boot.metrics.MeterSpec.counter;
import static dev.pools.boot.metrics.MeterSpec.gauge;

import dev.pools.task.PoolStats;
import io.micrometer.core.instrument.binder.BaseUnits;
import java.util.List;
import java.util.Set;

/**
 * The meters of a task pool with the names, units and meanings of Micrometer's {@code
 * ExecutorServiceMetrics}, so that a dashboard made for these shows a pool, and one meter more.
 */
final class ExecutorMeters {

  static final MeterFamily<PoolStats, TaskEvent> TASKS =
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

  private ExecutorMeters() {}
}

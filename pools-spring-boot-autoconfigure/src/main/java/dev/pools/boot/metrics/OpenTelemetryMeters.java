package dev.pools.boot.metrics;

import static dev.pools.boot.metrics.MeterSpec.counter;
import static dev.pools.boot.metrics.MeterSpec.gauge;

import dev.pools.connection.ConnectionPoolStats;
import dev.pools.task.AdvancedPool;
import dev.pools.task.PoolStats;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** The meters of both kinds of pools under the names of OpenTelemetry's semantic conventions. */
final class OpenTelemetryMeters {

  private static final String TASK_PREFIX = "jvm.executor.";
  private static final String CONNECTION_PREFIX = "db.client.connection.";
  private static final String ANNOTATED_THREADS = "{thread}";
  private static final String ANNOTATED_TASKS = "{task}";

  /** The names that are proposed for executors. */
  static final MeterFamily<PoolStats, TaskEvent> TASKS =
      new MeterFamily<>(
          TASK_PREFIX + "name",
          List.of(
              threads("active", PoolStats::active),
              threads("idle", PoolStats::idleWorkers),
              typed(
                  gauge(
                      TASK_PREFIX + "thread.core",
                      ANNOTATED_THREADS,
                      "The core number of threads of the executor",
                      PoolStats::minWorkers)),
              typed(
                  gauge(
                      TASK_PREFIX + "thread.limit",
                      ANNOTATED_THREADS,
                      "The maximum number of threads of the executor",
                      PoolStats::maxWorkers)),
              typed(
                  gauge(
                      TASK_PREFIX + "queue.size",
                      ANNOTATED_TASKS,
                      "The number of tasks in the queue of the executor",
                      PoolStats::qsize)),
              typed(
                  gauge(
                      TASK_PREFIX + "queue.capacity",
                      ANNOTATED_TASKS,
                      "The capacity of the queue of the executor; no number if there is no limit",
                      OpenTelemetryMeters::limitedCapacity)),
              typed(
                  counter(
                      TASK_PREFIX + "task.completed",
                      ANNOTATED_TASKS,
                      "The number of tasks that the executor has completed",
                      stats -> stats.completed() + stats.failed())),
              typed(
                  counter(
                      TASK_PREFIX + "task.rejected",
                      ANNOTATED_TASKS,
                      "The number of tasks that the executor has rejected",
                      PoolStats::rejected))),
          List.of(),
          AdvancedPoolMeters::hasEnded);

  /** The names for the connection pools of database clients. */
  static final MeterFamily<ConnectionPoolStats, ConnectionEvent> CONNECTIONS =
      new MeterFamily<>(
          "db.client.connection.pool.name",
          List.of(
              connections(
                      "count",
                      "The number of connections that are in the state described by the state attribute",
                      ConnectionPoolStats::idle)
                  .tagged("db.client.connection.state", "idle"),
              connections(
                      "count",
                      "The number of connections that are in the state described by the state attribute",
                      stats -> stats.size() - stats.idle())
                  .tagged("db.client.connection.state", "used"),
              connections(
                  "idle.max",
                  "The maximum number of idle open connections allowed",
                  ConnectionPoolStats::maxSize),
              connections(
                  "idle.min",
                  "The minimum number of idle open connections allowed",
                  ConnectionPoolStats::minSize),
              connections(
                  "max",
                  "The maximum number of open connections allowed",
                  ConnectionPoolStats::maxSize),
              gauge(
                  CONNECTION_PREFIX + "pending_requests",
                  "{request}",
                  "The number of current pending requests for an open connection",
                  ConnectionPoolStats::waiting),
              counter(
                  CONNECTION_PREFIX + "timeouts",
                  "{timeout}",
                  "The number of connection timeouts that have occurred trying to obtain a connection from the pool",
                  ConnectionPoolStats::timeouts)),
          List.of(
              new TimerSpec<>(
                  CONNECTION_PREFIX + "create_time",
                  "The time it took to create a new connection",
                  Set.of(ConnectionEvent.CREATED)),
              new TimerSpec<>(
                  CONNECTION_PREFIX + "wait_time",
                  "The time it took to obtain an open connection from the pool",
                  Set.of(ConnectionEvent.ACQUIRED)),
              new TimerSpec<>(
                  CONNECTION_PREFIX + "use_time",
                  "The time between borrowing a connection and returning it to the pool",
                  Set.of(ConnectionEvent.RELEASED))),
          ConnectionPoolMeters::hasEnded);

  private OpenTelemetryMeters() {}

  private static MeterSpec<PoolStats> threads(String state, ToDoubleFunction<PoolStats> count) {
    return typed(
        MeterSpec.<PoolStats>gauge(
                TASK_PREFIX + "thread.count",
                ANNOTATED_THREADS,
                "The number of threads of the executor that are in the state described by the state attribute",
                count)
            .tagged(TASK_PREFIX + "thread.state", state));
  }

  private static MeterSpec<PoolStats> typed(MeterSpec<PoolStats> meter) {
    return meter.tagged(TASK_PREFIX + "type", AdvancedPool.class.getName());
  }

  /** The conventions leave out a capacity that is no limit. */
  private static double limitedCapacity(PoolStats stats) {
    return stats.queueCapacity() == Integer.MAX_VALUE ? Double.NaN : stats.queueCapacity();
  }

  private static MeterSpec<ConnectionPoolStats> connections(
      String name, String description, ToDoubleFunction<ConnectionPoolStats> reading) {
    return gauge(CONNECTION_PREFIX + name, "{connection}", description, reading);
  }
}

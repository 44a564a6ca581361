package dev.pools.boot.metrics;

import static dev.pools.boot.metrics.MeterSpec.counter;
import static dev.pools.boot.metrics.MeterSpec.duration;
import static dev.pools.boot.metrics.MeterSpec.gauge;

import dev.pools.connection.ConnectionPoolStats;
import dev.pools.connection.RetireReason;
import io.micrometer.core.instrument.binder.BaseUnits;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** The meters of a connection pool. */
final class ConnectionPoolMeters {

  private static final String PREFIX = "pools.connection.";
  private static final String OPEN_TELEMETRY_PREFIX = "db.client.connection.";
  private static final String CALLERS = "callers";
  private static final String TIMEOUTS = "timeouts";

  /** Our own names. */
  static final MeterFamily<ConnectionPoolStats, ConnectionEvent> OWN =
      new MeterFamily<>(
          "pool",
          Stream.of(gauges(), counters(), retired()).flatMap(List::stream).toList(),
          List.of(
              new TimerSpec<>(
                  PREFIX + "acquire",
                  "How long a caller waited for a connection, with or without success",
                  Set.of(ConnectionEvent.ACQUIRED, ConnectionEvent.TIMED_OUT)),
              new TimerSpec<>(
                  PREFIX + "usage",
                  "How long a connection was leased",
                  Set.of(ConnectionEvent.RELEASED)),
              new TimerSpec<>(
                  PREFIX + "create",
                  "How long it took to create a connection",
                  Set.of(ConnectionEvent.CREATED))),
          ConnectionPoolMeters::hasEnded);

  /** OpenTelemetry's semantic conventions for the connection pools of database clients. */
  static final MeterFamily<ConnectionPoolStats, ConnectionEvent> OPEN_TELEMETRY =
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
                  OPEN_TELEMETRY_PREFIX + "pending_requests",
                  "{request}",
                  "The number of current pending requests for an open connection",
                  ConnectionPoolStats::waiting),
              counter(
                  OPEN_TELEMETRY_PREFIX + "timeouts",
                  "{timeout}",
                  "The number of connection timeouts that have occurred trying to obtain a connection from the pool",
                  ConnectionPoolStats::timeouts)),
          List.of(
              new TimerSpec<>(
                  OPEN_TELEMETRY_PREFIX + "create_time",
                  "The time it took to create a new connection",
                  Set.of(ConnectionEvent.CREATED)),
              new TimerSpec<>(
                  OPEN_TELEMETRY_PREFIX + "wait_time",
                  "The time it took to obtain an open connection from the pool",
                  Set.of(ConnectionEvent.ACQUIRED)),
              new TimerSpec<>(
                  OPEN_TELEMETRY_PREFIX + "use_time",
                  "The time between borrowing a connection and returning it to the pool",
                  Set.of(ConnectionEvent.RELEASED))),
          ConnectionPoolMeters::hasEnded);

  private ConnectionPoolMeters() {}

  private static List<MeterSpec<ConnectionPoolStats>> gauges() {
    return List.of(
        gauge(
            PREFIX + "size",
            BaseUnits.CONNECTIONS,
            "Connections of the pool: in use, idle and being checked",
            ConnectionPoolStats::size),
        gauge(
            PREFIX + "in.use",
            BaseUnits.CONNECTIONS,
            "Connections that are leased",
            ConnectionPoolStats::inUse),
        gauge(
            PREFIX + "idle",
            BaseUnits.CONNECTIONS,
            "Connections that are ready to be leased",
            ConnectionPoolStats::idle),
        gauge(
            PREFIX + "checking",
            BaseUnits.CONNECTIONS,
            "Connections that are being checked or reset",
            ConnectionPoolStats::checking),
        gauge(
            PREFIX + "creating",
            BaseUnits.CONNECTIONS,
            "Connections that are being created",
            ConnectionPoolStats::creating),
        gauge(
            PREFIX + "closing",
            BaseUnits.CONNECTIONS,
            "Connections that are being closed",
            ConnectionPoolStats::closing),
        gauge(
            PREFIX + "closings.overdue",
            BaseUnits.CONNECTIONS,
            "Connections whose close has not returned within its limit",
            ConnectionPoolStats::closingsOverdue),
        gauge(
            PREFIX + "min",
            BaseUnits.CONNECTIONS,
            "Minimum number of connections",
            ConnectionPoolStats::minSize),
        gauge(
            PREFIX + "max",
            BaseUnits.CONNECTIONS,
            "Maximum number of connections",
            ConnectionPoolStats::maxSize),
        gauge(
            PREFIX + "waiting",
            CALLERS,
            "Callers that wait for a connection",
            ConnectionPoolStats::waiting),
        gauge(
            PREFIX + "suspended",
            "pools",
            "1 while the pool is suspended, otherwise 0",
            stats -> stats.state() == ConnectionPoolStats.State.SUSPENDED ? 1 : 0),
        duration(
            PREFIX + "longest.wait",
            "How long the first waiting caller has waited",
            ConnectionPoolStats::longestWait),
        duration(
            PREFIX + "unserved",
            "How long ago the first caller timed out since the last lease",
            ConnectionPoolStats::unservedFor));
  }

  private static List<MeterSpec<ConnectionPoolStats>> counters() {
    return List.of(
        counter(
            PREFIX + "acquired",
            BaseUnits.CONNECTIONS,
            "Connections that were leased",
            ConnectionPoolStats::acquired),
        counter(
            PREFIX + "timeouts",
            TIMEOUTS,
            "Callers whose timeout has expired",
            ConnectionPoolStats::timeouts),
        counter(
            PREFIX + "timeouts.nested",
            TIMEOUTS,
            "Callers whose timeout has expired while they held another connection of the pool",
            ConnectionPoolStats::nestedTimeouts),
        refused("waiter_limit", ConnectionPoolStats::refusedByLimit),
        refused("down", ConnectionPoolStats::refusedDown),
        counter(
            PREFIX + "creations",
            "creations",
            "Connections that were created",
            ConnectionPoolStats::created),
        counter(
            PREFIX + "create.failures",
            "failures",
            "Attempts to create a connection that have failed",
            ConnectionPoolStats::createFailures),
        counter(
            PREFIX + "leaks",
            "leaks",
            "Leases that were reported as leaked",
            ConnectionPoolStats::leaks),
        counter(
            PREFIX + "leaks.returned",
            "leaks",
            "Leases that were closed after they were reported as leaked",
            ConnectionPoolStats::leaksReturned));
  }

  private static MeterSpec<ConnectionPoolStats> refused(
      String reason, ToDoubleFunction<ConnectionPoolStats> count) {
    return counter(
            PREFIX + "refused", CALLERS, "Callers that were rejected at once, by reason", count)
        .tagged("reason", reason);
  }

  private static List<MeterSpec<ConnectionPoolStats>> retired() {
    return Stream.of(RetireReason.values())
        .map(
            reason ->
                MeterSpec.<ConnectionPoolStats>counter(
                        PREFIX + "retired",
                        BaseUnits.CONNECTIONS,
                        "Connections that were closed, by reason",
                        stats -> stats.retired().getOrDefault(reason, 0L))
                    .tagged("reason", reason.name().toLowerCase(Locale.ROOT)))
        .toList();
  }

  private static MeterSpec<ConnectionPoolStats> connections(
      String name, String description, ToDoubleFunction<ConnectionPoolStats> reading) {
    return gauge(OPEN_TELEMETRY_PREFIX + name, "{connection}", description, reading);
  }

  private static boolean hasEnded(ConnectionPoolStats stats) {
    return stats.state() == ConnectionPoolStats.State.STOPPED;
  }
}

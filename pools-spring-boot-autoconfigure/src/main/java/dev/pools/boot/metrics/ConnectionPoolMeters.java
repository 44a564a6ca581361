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

/** The meters of a connection pool under our own names. */
final class ConnectionPoolMeters {

  private static final String PREFIX = "pools.connection.";
  private static final String CALLERS = "callers";
  private static final String TIMEOUTS = "timeouts";

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

  private ConnectionPoolMeters() {}

  private static List<MeterSpec<ConnectionPoolStats>> gauges() {
    return List.of(
        gauge(
            PREFIX + "size",
            BaseUnits.CONNECTIONS,
            "Connections of the pool: in use, idle and being checked",
            ConnectionFigure.SIZE),
        gauge(
            PREFIX + "in.use",
            BaseUnits.CONNECTIONS,
            "Connections that are leased",
            ConnectionFigure.IN_USE),
        gauge(
            PREFIX + "idle",
            BaseUnits.CONNECTIONS,
            "Connections that are ready to be leased",
            ConnectionFigure.IDLE),
        gauge(
            PREFIX + "checking",
            BaseUnits.CONNECTIONS,
            "Connections that are being checked or reset",
            ConnectionFigure.CHECKING),
        gauge(
            PREFIX + "creating",
            BaseUnits.CONNECTIONS,
            "Connections that are being created",
            ConnectionFigure.CREATING),
        gauge(
            PREFIX + "closing",
            BaseUnits.CONNECTIONS,
            "Connections that are being closed",
            ConnectionFigure.CLOSING),
        gauge(
            PREFIX + "closings.overdue",
            BaseUnits.CONNECTIONS,
            "Connections whose close has not returned within its limit",
            ConnectionFigure.CLOSINGS_OVERDUE),
        gauge(
            PREFIX + "calls.overdue",
            "calls",
            "Checks, hooks and creations by hand that have not returned within their limits",
            ConnectionFigure.CALLS_OVERDUE),
        gauge(
            PREFIX + "min",
            BaseUnits.CONNECTIONS,
            "Minimum number of connections",
            ConnectionFigure.MIN_SIZE),
        gauge(
            PREFIX + "max",
            BaseUnits.CONNECTIONS,
            "Maximum number of connections",
            ConnectionFigure.MAX_SIZE),
        gauge(
            PREFIX + "waiting",
            CALLERS,
            "Callers that wait for a connection",
            ConnectionFigure.WAITING),
        gauge(
            PREFIX + "suspended",
            "pools",
            "1 while the pool is suspended, otherwise 0",
            ConnectionFigure.SUSPENDED),
        duration(
            PREFIX + "longest.wait",
            "How long the first waiting caller has waited",
            ConnectionFigure.LONGEST_WAIT),
        duration(
            PREFIX + "unserved",
            "How long ago the first caller timed out since the last lease",
            ConnectionFigure.UNSERVED_FOR));
  }

  private static List<MeterSpec<ConnectionPoolStats>> counters() {
    return List.of(
        counter(
            PREFIX + "acquired",
            BaseUnits.CONNECTIONS,
            "Connections that were leased",
            ConnectionFigure.ACQUIRED),
        counter(
            PREFIX + "timeouts",
            TIMEOUTS,
            "Callers whose timeout has expired",
            ConnectionFigure.TIMEOUTS),
        counter(
            PREFIX + "timeouts.nested",
            TIMEOUTS,
            "Callers whose timeout has expired while they held another connection of the pool",
            ConnectionFigure.NESTED_TIMEOUTS),
        refused("waiter_limit", ConnectionFigure.REFUSED_BY_LIMIT),
        refused("down", ConnectionFigure.REFUSED_DOWN),
        counter(
            PREFIX + "creations",
            "creations",
            "Connections that were created",
            ConnectionFigure.CREATED),
        counter(
            PREFIX + "create.failures",
            "failures",
            "Attempts to create a connection that have failed",
            ConnectionFigure.CREATE_FAILURES),
        counter(
            PREFIX + "leaks",
            "leaks",
            "Leases that were reported as leaked",
            ConnectionFigure.LEAKS),
        counter(
            PREFIX + "leaks.returned",
            "leaks",
            "Leases that were closed after they were reported as leaked",
            ConnectionFigure.LEAKS_RETURNED));
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

  static boolean hasEnded(ConnectionPoolStats stats) {
    return stats.state() == ConnectionPoolStats.State.STOPPED;
  }
}

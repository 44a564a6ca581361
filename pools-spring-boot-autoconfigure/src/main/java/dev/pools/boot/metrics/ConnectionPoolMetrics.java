package dev.pools.boot.metrics;

import dev.pools.connection.ConnectionPool;
import dev.pools.connection.ConnectionPoolListener;
import dev.pools.connection.ConnectionPoolStats;
import dev.pools.connection.RetireReason;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.List;

/**
 * The meters of connection pools, each tagged with the name of its pool: {@code
 * pools.connection.*}. {@code docs/meters.md} lists them.
 *
 * <pre>{@code
 * ConnectionPoolMetrics metrics = new ConnectionPoolMetrics(false);
 * metrics.bindTo(registry);
 * ConnectionPool<Session> pool =
 *     ConnectionPool.builder(Session::open)
 *         .name("sessions")
 *         .listener(metrics.listenerFor("sessions"))
 *         .build();
 * metrics.add("sessions", pool);
 * }</pre>
 *
 * <p>Gauges and counters read the pool's {@link ConnectionPool#stats() stats} when they are asked;
 * all that one scrape reads is of one instant. The timers are fed by a listener, which a pool gets
 * when it is built; without it there are no timers.
 *
 * <p>The meters of a pool end when it has stopped, and start again when it is started again; its
 * counters then start at zero. They also end when it is {@link #remove removed}, or when nothing
 * refers to it any more: this refers to it weakly. Where several pools of one name are measured in
 * one registry at a time, their meters are one: numbers are added up, and of durations the longest
 * counts.
 *
 * <p>All methods may be called by any thread. No failure of a registry reaches a pool: it is
 * logged.
 */
public final class ConnectionPoolMetrics implements MeterBinder, AutoCloseable {

  private final MeasuredPools<ConnectionPool<?>, ConnectionPoolStats, ConnectionEvent> pools;
  private final boolean openTelemetryNames;

  /**
   * Creates it, for no pool yet.
   *
   * @param openTelemetryNames whether there are meters by OpenTelemetry's semantic conventions for
   *     the connection pools of database clients too: {@code db.client.connection.*}. On Prometheus
   *     their names have no units in braces; for this, the naming convention of a registry of
   *     Prometheus is wrapped when this is bound to it
   */
  public ConnectionPoolMetrics(boolean openTelemetryNames) {
    this.openTelemetryNames = openTelemetryNames;
    pools =
        new MeasuredPools<>(
            ConnectionEvent.class,
            openTelemetryNames
                ? List.of(ConnectionPoolMeters.OWN, OpenTelemetryMeters.CONNECTIONS)
                : List.of(ConnectionPoolMeters.OWN),
            ConnectionPool::stats,
            ConnectionPool::onStateChange);
  }

  /**
   * Measures a pool in all registries that this is, or will be, bound to. Does nothing if it is
   * measured under this name already.
   *
   * @param name the value of the tag that its meters have
   */
  public void add(String name, ConnectionPool<?> pool) {
    pools.add(name, pool);
  }

  /** Ends the meters of a pool. Does nothing if it is not measured under this name. */
  public void remove(String name, ConnectionPool<?> pool) {
    pools.remove(name, pool);
  }

  /**
   * The listener that feeds the timers of a pool that is about to be built. The pool must be {@link
   * #add added} under the same name when it is.
   */
  public ConnectionPoolListener<Object> listenerFor(String name) {
    return new Feed(pools.timersOf(name));
  }

  /** Measures all pools in this registry, too, and registers meters that are missing there. */
  @Override
  public void bindTo(MeterRegistry registry) {
    if (openTelemetryNames) {
      AnnotatedUnits.leaveOutOnPrometheus(registry);
    }
    pools.bindTo(registry);
  }

  /** Removes the meters of all pools permanently. The pools continue. */
  @Override
  public void close() {
    pools.close();
  }

  private record Feed(PoolTimers<ConnectionEvent> timers)
      implements ConnectionPoolListener<Object> {

    @Override
    public void acquired(Object connection, Duration waited) {
      timers.record(ConnectionEvent.ACQUIRED, waited);
    }

    /**
     * A caller that timed out has waited, too: without these waits the longest would be missing.
     */
    @Override
    public void acquireTimedOut(Duration waited) {
      timers.record(ConnectionEvent.TIMED_OUT, waited);
    }

    @Override
    public void released(Object connection, Duration used) {
      timers.record(ConnectionEvent.RELEASED, used);
    }

    /** As many usages end as begin, however they end. */
    @Override
    public void takenBack(Object connection, Duration used, RetireReason reason) {
      timers.record(ConnectionEvent.RELEASED, used);
    }

    @Override
    public void created(Object connection, Duration took) {
      timers.record(ConnectionEvent.CREATED, took);
    }
  }
}

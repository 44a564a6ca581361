package dev.pools.boot.metrics;

import dev.pools.connection.ConnectionPool;
import dev.pools.connection.ConnectionPoolListener;
import dev.pools.connection.ConnectionPoolStats;
import dev.pools.connection.RetireReason;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToDoubleFunction;

/**
 * The meters of pools that share connections, each tagged with the name of its pool. Gauges and
 * counters read a snapshot when they are asked; the timers are fed by a listener, which a pool gets
 * when it is built (see {@link #listenerFor}).
 */
public final class ConnectionPoolMetrics implements MeterBinder {

  private static final String PREFIX = "pools.connection.";
  private static final String OPEN_TELEMETRY = "db.client.connection.";

  private final Map<String, ConnectionPool<?>> pools = new ConcurrentHashMap<>();
  private final List<MeterRegistry> registries = new ArrayList<>();
  private final Map<String, Timers> timers = new ConcurrentHashMap<>();
  private final boolean openTelemetryNames;

  /**
   * Makes it, for no pool yet.
   *
   * @param openTelemetryNames whether there are meters by OpenTelemetry's conventions for the pools
   *     of database clients too
   */
  public ConnectionPoolMetrics(boolean openTelemetryNames) {
    this.openTelemetryNames = openTelemetryNames;
  }

  /** Adds a pool, which is measured in all registries that this is, or will be, bound to. */
  public synchronized void add(String name, ConnectionPool<?> pool) {
    if (pools.put(name, pool) == null) {
      registries.forEach(registry -> bindPool(registry, name, pool));
    }
  }

  /**
   * The listener that feeds the timers of a pool that is about to be built. The pool must be {@link
   * #add added} when it is.
   */
  public ConnectionPoolListener<Object> listenerFor(String name) {
    return timers.computeIfAbsent(name, ignored -> new Timers());
  }

  /** Registers the meters of all pools, once in each registry. */
  @Override
  public synchronized void bindTo(MeterRegistry registry) {
    if (!registries.contains(registry)) {
      registries.add(registry);
      pools.forEach((name, pool) -> bindPool(registry, name, pool));
    }
  }

  private void bindPool(MeterRegistry registry, String name, ConnectionPool<?> pool) {
    Tags tags = Tags.of("pool", name);
    bindGauges(registry, pool, tags);
    bindCounters(registry, pool, tags);
    if (openTelemetryNames) {
      bindOpenTelemetry(registry, name, pool);
    }
    Timers fed = timers.get(name);
    if (fed != null) {
      fed.bind(registry, name);
    }
  }

  private static void bindGauges(MeterRegistry registry, ConnectionPool<?> pool, Tags tags) {
    gauge(registry, pool, PREFIX + "in.use", tags, ConnectionPoolStats::inUse);
    gauge(registry, pool, PREFIX + "idle", tags, ConnectionPoolStats::idle);
    gauge(registry, pool, PREFIX + "size", tags, ConnectionPoolStats::size);
    gauge(registry, pool, PREFIX + "min", tags, ConnectionPoolStats::minSize);
    gauge(registry, pool, PREFIX + "max", tags, ConnectionPoolStats::maxSize);
    gauge(registry, pool, PREFIX + "waiting", tags, ConnectionPoolStats::waiting);
    gauge(registry, pool, PREFIX + "creating", tags, ConnectionPoolStats::creating);
    gauge(
        registry,
        pool,
        PREFIX + "suspended",
        tags,
        stats -> stats.state() == ConnectionPoolStats.State.SUSPENDED ? 1 : 0);
  }

  private static void bindCounters(MeterRegistry registry, ConnectionPool<?> pool, Tags tags) {
    counter(registry, pool, PREFIX + "acquired", tags, ConnectionPoolStats::acquired);
    counter(registry, pool, PREFIX + "timeouts", tags, ConnectionPoolStats::timeouts);
    counter(registry, pool, PREFIX + "timeouts.nested", tags, ConnectionPoolStats::nestedTimeouts);
    Tags byLimit = tags.and("reason", "waiter_limit");
    Tags down = tags.and("reason", "down");
    counter(registry, pool, PREFIX + "refused", byLimit, ConnectionPoolStats::refusedByLimit);
    counter(registry, pool, PREFIX + "refused", down, ConnectionPoolStats::refusedDown);
    counter(registry, pool, PREFIX + "created", tags, ConnectionPoolStats::created);
    counter(registry, pool, PREFIX + "create.failures", tags, ConnectionPoolStats::createFailures);
    counter(registry, pool, PREFIX + "leaks", tags, ConnectionPoolStats::leaks);
    for (RetireReason reason : RetireReason.values()) {
      counter(
          registry,
          pool,
          PREFIX + "retired",
          tags.and("reason", reason.name().toLowerCase(Locale.ROOT)),
          stats -> stats.retired().getOrDefault(reason, 0L));
    }
  }

  private static void bindOpenTelemetry(
      MeterRegistry registry, String name, ConnectionPool<?> pool) {
    Tags tags = Tags.of("db.client.connection.pool.name", name);
    Tags idle = tags.and("db.client.connection.state", "idle");
    Tags used = tags.and("db.client.connection.state", "used");
    gauge(registry, pool, OPEN_TELEMETRY + "count", idle, ConnectionPoolStats::idle);
    gauge(registry, pool, OPEN_TELEMETRY + "count", used, ConnectionPoolStats::inUse);
    gauge(registry, pool, OPEN_TELEMETRY + "idle.min", tags, ConnectionPoolStats::minSize);
    gauge(registry, pool, OPEN_TELEMETRY + "max", tags, ConnectionPoolStats::maxSize);
    gauge(registry, pool, OPEN_TELEMETRY + "pending_requests", tags, ConnectionPoolStats::waiting);
    counter(registry, pool, OPEN_TELEMETRY + "timeouts", tags, ConnectionPoolStats::timeouts);
  }

  private static void gauge(
      MeterRegistry registry,
      ConnectionPool<?> pool,
      String meter,
      Tags tags,
      ToDoubleFunction<ConnectionPoolStats> reading) {
    Gauge.builder(meter, pool, measured -> reading.applyAsDouble(measured.stats()))
        .tags(tags)
        .register(registry);
  }

  private static void counter(
      MeterRegistry registry,
      ConnectionPool<?> pool,
      String meter,
      Tags tags,
      ToDoubleFunction<ConnectionPoolStats> reading) {
    FunctionCounter.builder(meter, pool, measured -> reading.applyAsDouble(measured.stats()))
        .tags(tags)
        .register(registry);
  }

  /** Feeds the timers of one pool, in each registry that this is bound to. */
  private static final class Timers implements ConnectionPoolListener<Object> {

    private final List<Timer> acquires = new CopyOnWriteArrayList<>();
    private final List<Timer> usages = new CopyOnWriteArrayList<>();
    private final List<Timer> creations = new CopyOnWriteArrayList<>();

    private void bind(MeterRegistry registry, String pool) {
      acquires.add(
          timer(
              registry,
              pool,
              "acquire",
              "How long a caller waited for a connection, in vain or not"));
      usages.add(timer(registry, pool, "usage", "How long a connection was leased"));
      creations.add(timer(registry, pool, "create", "How long it took to make a connection"));
    }

    private static Timer timer(
        MeterRegistry registry, String pool, String meter, String description) {
      return Timer.builder(PREFIX + meter)
          .description(description)
          .tag("pool", pool)
          .register(registry);
    }

    @Override
    public void acquired(Object connection, Duration waited) {
      acquires.forEach(timer -> timer.record(waited));
    }

    /** Who waited in vain has waited, too: without these the longest waits would be missing. */
    @Override
    public void acquireTimedOut(Duration waited) {
      acquires.forEach(timer -> timer.record(waited));
    }

    @Override
    public void released(Object connection, Duration used) {
      usages.forEach(timer -> timer.record(used));
    }

    @Override
    public void created(Object connection, Duration took) {
      creations.forEach(timer -> timer.record(took));
    }
  }
}

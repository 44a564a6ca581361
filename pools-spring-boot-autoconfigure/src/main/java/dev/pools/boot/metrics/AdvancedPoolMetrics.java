package dev.pools.boot.metrics;

import dev.pools.task.AdvancedPool;
import dev.pools.task.Outcome;
import dev.pools.task.PoolListener;
import dev.pools.task.PoolStats;
import dev.pools.task.TaskInfo;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * The meters of pools that run tasks, each tagged with the name of its pool. Gauges and counters
 * read a snapshot when they are asked; the timers are fed by a listener, which a pool gets when it
 * is built (see {@link #listenerFor}).
 */
public final class AdvancedPoolMetrics implements MeterBinder {

  private static final String PREFIX = "pools.advanced.";

  private final Map<String, AdvancedPool> pools = new ConcurrentHashMap<>();
  private final List<MeterRegistry> registries = new ArrayList<>();
  private final Map<String, Timers> timers = new ConcurrentHashMap<>();
  private final boolean executorMeters;

  /**
   * Makes it, for no pool yet.
   *
   * @param executorMeters whether there are {@code executor.*} meters too, with the names and
   *     meanings of Micrometer's own, which cannot see into this kind of executor
   */
  public AdvancedPoolMetrics(boolean executorMeters) {
    this.executorMeters = executorMeters;
  }

  /** Adds a pool, which is measured in all registries that this is, or will be, bound to. */
  public synchronized void add(String name, AdvancedPool pool) {
    if (pools.put(name, pool) == null) {
      registries.forEach(registry -> bindPool(registry, name, pool));
    }
  }

  /**
   * The listener that feeds the timers of a pool that is about to be built. The pool must be {@link
   * #add added} when it is.
   */
  public PoolListener listenerFor(String name) {
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

  private void bindPool(MeterRegistry registry, String name, AdvancedPool pool) {
    bindGauges(registry, name, pool);
    bindCounters(registry, name, pool);
    if (executorMeters) {
      bindExecutorMeters(registry, name, pool);
    }
    Timers fed = timers.get(name);
    if (fed != null) {
      fed.bind(registry, name);
    }
  }

  private static void bindGauges(MeterRegistry registry, String name, AdvancedPool pool) {
    gauge(registry, name, pool, "qsize", "Tasks queued", PoolStats::qsize);
    gauge(registry, name, pool, "idle", "Workers with nothing to do", PoolStats::idleWorkers);
    gauge(registry, name, pool, "active", "Tasks that run", PoolStats::active);
    gauge(registry, name, pool, "workers", "Workers", PoolStats::workers);
    gauge(registry, name, pool, "workers.min", "Least number of workers", PoolStats::minWorkers);
    gauge(registry, name, pool, "workers.max", "Greatest number of workers", PoolStats::maxWorkers);
    gauge(
        registry,
        name,
        pool,
        "queue.capacity",
        "How many tasks may be queued",
        PoolStats::queueCapacity);
    gauge(
        registry,
        name,
        pool,
        "admissions.waiting",
        "Tasks that wait for a place in the queue",
        PoolStats::admissionsWaiting);
  }

  private static void gauge(
      MeterRegistry registry,
      String name,
      AdvancedPool pool,
      String meter,
      String description,
      ToDoubleFunction<PoolStats> reading) {
    Gauge.builder(PREFIX + meter, pool, measured -> reading.applyAsDouble(measured.stats()))
        .description(description)
        .tag("pool", name)
        .register(registry);
  }

  private static void bindCounters(MeterRegistry registry, String name, AdvancedPool pool) {
    Map<String, ToLongFunction<PoolStats>> outcomes =
        Map.of(
            "completed", PoolStats::completed,
            "failed", PoolStats::failed,
            "cancelled", PoolStats::cancelled,
            "rejected", PoolStats::rejected,
            "expired", PoolStats::expired);
    outcomes.forEach(
        (outcome, count) ->
            FunctionCounter.builder(
                    PREFIX + "tasks", pool, measured -> count.applyAsLong(measured.stats()))
                .description("Tasks that have ended, or were refused")
                .tag("pool", name)
                .tag("outcome", outcome)
                .register(registry));
  }

  private static void bindExecutorMeters(MeterRegistry registry, String name, AdvancedPool pool) {
    Map<String, ToDoubleFunction<PoolStats>> gauges =
        Map.of(
            "executor.active", PoolStats::active,
            "executor.queued", PoolStats::qsize,
            "executor.queue.remaining", stats -> stats.queueCapacity() - stats.qsize(),
            "executor.pool.size", PoolStats::workers,
            "executor.pool.core", PoolStats::minWorkers,
            "executor.pool.max", PoolStats::maxWorkers);
    gauges.forEach(
        (meter, reading) ->
            Gauge.builder(meter, pool, measured -> reading.applyAsDouble(measured.stats()))
                .tag("name", name)
                .register(registry));
    FunctionCounter.builder("executor.completed", pool, measured -> measured.stats().completed())
        .tag("name", name)
        .register(registry);
  }

  /** Feeds the timers of one pool, in each registry that this is bound to. */
  private static final class Timers implements PoolListener {

    private final List<Timer> waits = new CopyOnWriteArrayList<>();
    private final List<Timer> runs = new CopyOnWriteArrayList<>();

    private void bind(MeterRegistry registry, String pool) {
      waits.add(
          Timer.builder(PREFIX + "task.wait")
              .description("From the submission of a task to its start")
              .tag("pool", pool)
              .register(registry));
      runs.add(
          Timer.builder(PREFIX + "task.run")
              .description("From the start of a task to its end")
              .tag("pool", pool)
              .register(registry));
    }

    @Override
    public void taskStarted(TaskInfo task, Duration waited) {
      waits.forEach(timer -> timer.record(waited));
    }

    @Override
    public void taskEnded(TaskInfo task, Outcome outcome, Duration waited, Duration ran) {
      runs.forEach(timer -> timer.record(ran));
    }
  }
}

package dev.pools.boot.metrics;

import dev.pools.task.AdvancedPool;
import dev.pools.task.Outcome;
import dev.pools.task.PoolListener;
import dev.pools.task.PoolStats;
import dev.pools.task.TaskInfo;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The meters of task pools, each tagged with the name of its pool: {@code pools.advanced.*}. {@code
 * docs/meters.md} lists them.
 *
 * <pre>{@code
 * AdvancedPoolMetrics metrics = new AdvancedPoolMetrics(false);
 * metrics.bindTo(registry);
 * AdvancedPool pool =
 *     AdvancedPool.builder().name("reports").listener(metrics.listenerFor("reports")).build();
 * metrics.add("reports", pool);
 * }</pre>
 *
 * <p>Gauges and counters read the pool's {@link AdvancedPool#stats() stats} when they are asked;
 * all that one scrape reads is of one instant. The timers are fed by a listener, which a pool gets
 * when it is built; without it there are no timers, and the pool reads no clock for them.
 *
 * <p>The meters of a pool end when it has terminated, is {@link #remove removed}, or when nothing
 * refers to it any more: this refers to it weakly. Where several pools of one name are measured in
 * one registry at a time, their meters are one: numbers are added up, and of durations the longest
 * counts.
 *
 * <p>All methods may be called by any thread. No failure of a registry reaches a pool: it is
 * logged.
 */
public final class AdvancedPoolMetrics implements MeterBinder, AutoCloseable {

  private final MeasuredPools<AdvancedPool, PoolStats, TaskEvent> pools;
  private final boolean openTelemetryNames;

  /**
   * Creates it, for no pool yet.
   *
   * @param executorMeters whether there are {@code executor.*} meters too, with the names, units
   *     and meanings of Micrometer's own {@code ExecutorServiceMetrics}, which cannot see into this
   *     kind of executor
   */
  public AdvancedPoolMetrics(boolean executorMeters) {
    this(executorMeters, /* openTelemetryNames= */ false);
  }

  /**
   * Creates it, for no pool yet.
   *
   * @param executorMeters as for {@link #AdvancedPoolMetrics(boolean)}
   * @param openTelemetryNames whether there are {@code jvm.executor.*} meters too, the names that
   *     are proposed for executors in OpenTelemetry's semantic conventions. On Prometheus their
   *     names have no units in braces; for this, the naming convention of a registry of Prometheus
   *     is wrapped when this is bound to it
   */
  public AdvancedPoolMetrics(boolean executorMeters, boolean openTelemetryNames) {
    this.openTelemetryNames = openTelemetryNames;
    List<MeterFamily<PoolStats, TaskEvent>> families = new ArrayList<>();
    families.add(AdvancedPoolMeters.OWN);
    if (executorMeters) {
      families.add(ExecutorMeters.TASKS);
    }
    if (openTelemetryNames) {
      families.add(OpenTelemetryMeters.TASKS);
    }
    pools =
        new MeasuredPools<>(
            TaskEvent.class,
            List.copyOf(families),
            AdvancedPool::stats,
            AdvancedPoolMetrics::onTermination);
  }

  private static void onTermination(AdvancedPool pool, Runnable action) {
    CompletableFuture<?> terminated = pool.join();
    // A stand-in of a test has none.
    if (terminated != null) {
      terminated.whenComplete((reports, failure) -> action.run());
    }
  }

  /**
   * Measures a pool in all registries that this is, or will be, bound to. Does nothing if it is
   * measured under this name already.
   *
   * @param name the value of the tag that its meters have
   */
  public void add(String name, AdvancedPool pool) {
    pools.add(name, pool);
  }

  /** Ends the meters of a pool. Does nothing if it is not measured under this name. */
  public void remove(String name, AdvancedPool pool) {
    pools.remove(name, pool);
  }

  /**
   * The listener that feeds the timers of a pool that is about to be built. The pool must be {@link
   * #add added} under the same name when it is.
   */
  public PoolListener listenerFor(String name) {
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

  private record Feed(PoolTimers<TaskEvent> timers) implements PoolListener {

    @Override
    public void taskStarted(TaskInfo task, Duration waited) {
      timers.record(TaskEvent.STARTED, waited);
    }

    /** A task that is never run has waited, too: without these the longest waits are missing. */
    @Override
    public void taskDropped(TaskInfo task, Outcome outcome, Duration waited) {
      timers.record(TaskEvent.DROPPED, waited);
    }

    @Override
    public void taskEnded(TaskInfo task, Outcome outcome, Duration waited, Duration ran) {
      timers.record(TaskEvent.RAN, ran);
    }
  }
}

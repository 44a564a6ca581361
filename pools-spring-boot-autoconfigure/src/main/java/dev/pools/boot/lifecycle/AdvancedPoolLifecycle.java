package dev.pools.boot.lifecycle;

import dev.pools.task.AdvancedPool;
import dev.pools.task.PoolStats;
import dev.pools.task.ShutdownOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;

/**
 * Lets the pools that run tasks end with their context: what they have taken runs, within the time
 * that the context grants a phase, while the beans that it needs are still there.
 *
 * <p>A context that is closed shuts its pools down. One that is only stopped may be started again,
 * with the same beans, and a pool that is shut down stays so: therefore its pools are drained and
 * go on. A context that is paused leaves them alone.
 */
public final class AdvancedPoolLifecycle
    implements SmartLifecycle, ApplicationListener<ContextClosedEvent> {

  private static final Logger LOG = LoggerFactory.getLogger(AdvancedPoolLifecycle.class);

  private final ApplicationContext context;
  private final int phase;
  private final Duration timeout;
  private volatile boolean running;
  private volatile boolean closing;

  /**
   * Makes it.
   *
   * @param context whose pools these are
   * @param phase when they stop
   * @param phaseTimeout how long the context waits for a phase
   */
  public AdvancedPoolLifecycle(ApplicationContext context, int phase, Duration phaseTimeout) {
    this.context = context;
    this.phase = phase;
    this.timeout = PhaseTimeout.usable(phaseTimeout);
  }

  @Override
  public void onApplicationEvent(ContextClosedEvent event) {
    if (event.getApplicationContext() == context) {
      closing = true;
      // After a mere stop the pools went on, and may have taken tasks that are not to be lost.
      running = true;
    }
  }

  @Override
  public void start() {
    running = true;
  }

  /** Waits as {@link #stop(Runnable)} does. */
  @Override
  public void stop() {
    stopped().join();
  }

  @Override
  public void stop(Runnable callback) {
    stopped().whenComplete((over, failure) -> callback.run());
  }

  private CompletableFuture<Void> stopped() {
    running = false;
    List<CompletableFuture<?>> all = new ArrayList<>();
    pools().forEach((name, pool) -> all.add(closing ? shutDown(name, pool) : drained(name, pool)));
    return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
  }

  private Map<String, AdvancedPool> pools() {
    return LivingPools.of(context, AdvancedPool.class);
  }

  private CompletableFuture<?> shutDown(String name, AdvancedPool pool) {
    PoolStats before = pool.stats();
    return pool.shutdown(ShutdownOptions.DEFAULT.withTotalTimeout(timeout))
        .whenComplete((uptime, failure) -> report(name, before, pool.stats()));
  }

  private static void report(String name, PoolStats before, PoolStats after) {
    long dropped = after.cancelled() - before.cancelled();
    if (dropped > 0 || after.active() > 0) {
      LOG.warn(
          "Pool '{}' was shut down with {} tasks cancelled and {} still running. To wait longer, raise spring.lifecycle.timeout-per-shutdown-phase.",
          name,
          dropped,
          after.active());
    }
  }

  private CompletableFuture<?> drained(String name, AdvancedPool pool) {
    return pool.drain()
        .orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS)
        .exceptionally(
            late -> {
              LOG.warn("Pool '{}' has not ended all its tasks within {}", name, timeout);
              return null;
            });
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public boolean isPauseable() {
    return false;
  }

  @Override
  public int getPhase() {
    return phase;
  }
}

package dev.pools.boot.lifecycle;

import dev.pools.connection.ConnectionPool;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Starts the pools that share connections with their context, and stops them after those that run
 * tasks. A context that is started again starts them again.
 */
public final class ConnectionPoolLifecycle implements SmartLifecycle {

  /** How many phases these pools stop after, and start before, those that run tasks. */
  public static final int PHASES_LATER = 1024;

  private final ApplicationContext context;
  private final int phase;
  private final Duration timeout;
  private volatile boolean running;

  /**
   * Makes it.
   *
   * @param context whose pools these are
   * @param phase when they start and stop
   * @param phaseTimeout how long the context waits for a phase
   */
  public ConnectionPoolLifecycle(ApplicationContext context, int phase, Duration phaseTimeout) {
    this.context = context;
    this.phase = phase;
    this.timeout = PhaseTimeout.usable(phaseTimeout);
  }

  /**
   * Starts all pools at once and waits for their first connections.
   *
   * @throws PoolStartException if one cannot be started; those that could go on
   */
  @Override
  public void start() {
    Map<String, CompletableFuture<Void>> started = new LinkedHashMap<>();
    pools().forEach((name, pool) -> started.put(name, pool.start()));
    started.forEach(ConnectionPoolLifecycle::await);
    running = true;
  }

  private static void await(String name, CompletableFuture<Void> start) {
    try {
      start.join();
    } catch (CompletionException e) {
      Throwable cause = e.getCause();
      throw new PoolStartException(name, cause == null ? e : cause);
    }
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
    return CompletableFuture.allOf(
        pools().values().stream()
            .map(pool -> pool.stop(timeout))
            .toArray(CompletableFuture[]::new));
  }

  private Map<String, ConnectionPool<?>> pools() {
    Map<String, ConnectionPool<?>> pools = new LinkedHashMap<>();
    LivingPools.of(context, ConnectionPool.class).forEach(pools::put);
    return pools;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return phase;
  }
}

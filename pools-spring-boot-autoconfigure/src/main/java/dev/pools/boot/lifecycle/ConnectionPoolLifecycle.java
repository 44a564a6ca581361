package dev.pools.boot.lifecycle;

import dev.pools.connection.ConnectionPool;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.springframework.context.ApplicationContext;

/**
 * Starts connection pools with their context. A stop of the context without a close stops them in
 * their phase, and a start starts them again.
 *
 * <p>When the context is closed, they stay open after their phase: work that ends later may need
 * them. They close when their beans are destroyed, see {@link PoolDestruction}.
 */
public final class ConnectionPoolLifecycle extends PoolLifecycle {

  /** How many phases later than task pools these pools stop, and how many earlier they start. */
  public static final int PHASES_LATER = 1024;

  /**
   * Creates a lifecycle.
   *
   * @param context the context of the pools
   * @param phase when they start and stop
   * @param phaseTimeout how long the context waits for a phase
   * @param settings how each pool stops
   * @param covers which pools it looks after, by the names of their beans
   */
  public ConnectionPoolLifecycle(
      ApplicationContext context,
      int phase,
      Duration phaseTimeout,
      StopSettings.Source settings,
      Predicate<String> covers) {
    super(context, phase, phaseTimeout, settings, covers);
  }

  /**
   * Starts all pools at once and waits for their first connections. If the thread is interrupted
   * while it waits, as by a close of the context, the starts are revoked.
   *
   * @throws PoolStartException as soon as one cannot be started, or if the thread is interrupted
   */
  @Override
  public void start() {
    Map<String, ConnectionPool<?>> pools = connectionPools();
    CompletableFuture<Void> all = new CompletableFuture<>();
    Map<String, CompletableFuture<Void>> starts = new LinkedHashMap<>();
    AtomicInteger missing = new AtomicInteger(pools.size());
    pools.forEach(
        (name, pool) -> {
          CompletableFuture<Void> start = pool.start();
          starts.put(name, start);
          start.whenComplete(
              (nothing, failure) -> {
                if (failure != null) {
                  all.completeExceptionally(new PoolStartException(name, cause(failure)));
                } else if (missing.decrementAndGet() == 0) {
                  all.complete(null);
                }
              });
        });
    if (pools.isEmpty()) {
      all.complete(null);
    }
    try {
      // Without a limit: a close of the context interrupts the thread only if it waits so.
      all.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof PoolStartException failed
          ? failed
          : new IllegalStateException(e);
    } catch (InterruptedException e) {
      starts.values().removeIf(CompletableFuture::isDone);
      pools.forEach(
          (name, pool) -> {
            if (starts.containsKey(name)) {
              pool.stop(Duration.ZERO);
            }
          });
      Thread.currentThread().interrupt();
      throw new PoolStartException(String.join(", ", starts.keySet()), e);
    }
    running(true);
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException wrapped && wrapped.getCause() != null
        ? wrapped.getCause()
        : failure;
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
    running(false);
    if (isClosing()) {
      return CompletableFuture.completedFuture(null);
    }
    return CompletableFuture.allOf(
        connectionPools().entrySet().stream()
            .map(pool -> pool.getValue().stop(limit(pool.getKey())))
            .toArray(CompletableFuture[]::new));
  }

  private Duration limit(String pool) {
    Duration own = settings.of(pool).stopTimeout();
    Duration most = StopLimit.usable(phaseTimeout);
    Duration limit = own == null ? PoolDestruction.STANDARD_LEASE_TIMEOUT : own;
    return limit.compareTo(most) < 0 ? limit : most;
  }

  private Map<String, ConnectionPool<?>> connectionPools() {
    Map<String, ConnectionPool<?>> pools = new LinkedHashMap<>();
    pools(ConnectionPool.class).forEach(pools::put);
    return pools;
  }
}

package dev.pools.boot.endpoint;

import dev.pools.internal.Faults;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * Takes a sample of each pool every five seconds, on one daemon thread for all pools of a context.
 * A sample reads one snapshot and the health of a pool, without its lock. The thread exists from
 * the start of the context to its stop.
 */
public final class PoolWatch implements SmartLifecycle {

  static final Duration INTERVAL = Duration.ofSeconds(5);

  private final WatchedPools pools;
  private final WorkerDeaths deaths;
  private final Clock clock;

  // Guarded by this.
  private @Nullable ScheduledExecutorService timer;

  /**
   * Creates it. It takes no sample before it is started.
   *
   * @param pools the pools to sample
   * @param deaths what the listeners of task pools have noted
   */
  public PoolWatch(WatchedPools pools, WorkerDeaths deaths) {
    this(pools, deaths, Clock.systemUTC());
  }

  PoolWatch(WatchedPools pools, WorkerDeaths deaths, Clock clock) {
    this.pools = pools;
    this.deaths = deaths;
    this.clock = clock;
  }

  @Override
  public synchronized void start() {
    if (timer == null) {
      ScheduledExecutorService started =
          Executors.newSingleThreadScheduledExecutor(
              task -> {
                Thread thread = new Thread(null, task, "pools-endpoint", 0, false);
                thread.setDaemon(true);
                return thread;
              });
      started.scheduleWithFixedDelay(
          this::sampleAll, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
      timer = started;
    }
  }

  @Override
  public synchronized void stop() {
    if (timer != null) {
      timer.shutdownNow();
      timer = null;
    }
  }

  @Override
  public synchronized boolean isRunning() {
    return timer != null;
  }

  /** Samples each pool now. A pool that cannot be read keeps no other from being sampled. */
  void sampleAll() {
    Faults.guard(PoolWatch.class, "The sampling of the pools", this::sampleEach);
  }

  private void sampleEach() {
    for (WatchedPool pool : pools.pools()) {
      Faults.guard(
          PoolWatch.class, "The sampling of the pool '" + pool.name() + "'", () -> sample(pool));
    }
  }

  private void sample(WatchedPool pool) {
    if (pool.type() == PoolType.ADVANCED) {
      deaths.take(pool.name()).forEach(pool.timeline()::add);
    }
    pool.sample(clock.instant());
  }
}

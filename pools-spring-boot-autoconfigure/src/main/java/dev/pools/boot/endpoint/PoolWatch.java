package dev.pools.boot.endpoint;

import dev.pools.boot.lifecycle.PeriodicLook;
import dev.pools.internal.Faults;
import java.time.Clock;
import java.time.Duration;
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
  private final PeriodicLook samples =
      new PeriodicLook("pools-endpoint", INTERVAL, this::sampleAll);

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
  public void start() {
    samples.start();
  }

  @Override
  public void stop() {
    samples.stop();
  }

  @Override
  public boolean isRunning() {
    return samples.isRunning();
  }

  /** Samples each pool now. A pool that cannot be read keeps no other from being sampled. */
  void sampleAll() {
    Faults.guard(PoolWatch.class, "Taking the readings of all pools", this::sampleEach);
  }

  private void sampleEach() {
    for (WatchedPool pool : pools.pools()) {
      Faults.guard(PoolWatch.class, pool.name(), "taking its readings", () -> sample(pool));
    }
  }

  private void sample(WatchedPool pool) {
    if (pool.type() == PoolType.ADVANCED) {
      deaths.take(pool.name()).forEach(pool.timeline()::add);
    }
    pool.sample(clock.instant());
  }
}

package dev.pools.task;

import dev.pools.internal.Time;
import dev.pools.scaling.PoolReading;
import dev.pools.scaling.ScaledPool;

/** What scaling sees of a task pool. */
final class ScaledTaskPool implements ScaledPool {

  private final Time time;
  private final StatsReader stats;
  private final WorkerLifecycle lifecycle;

  ScaledTaskPool(Time time, StatsReader stats, WorkerLifecycle lifecycle) {
    this.time = time;
    this.stats = stats;
    this.lifecycle = lifecycle;
  }

  @Override
  public PoolReading read() {
    PoolStats now = stats.stats();
    return new PoolReading(
        now.completed() + now.failed(),
        now.workers(),
        now.blockedWorkers(),
        now.qsize(),
        now.admissionsWaiting(),
        now.rejected(),
        Time.nanos(now.oldestWait()),
        now.minWorkers(),
        now.maxWorkers());
  }

  @Override
  public void limitWorkers(int most) {
    lifecycle.limitWorkers(most);
  }

  @Override
  public long nanoTime() {
    return time.nanoTime();
  }

  @Override
  public Runnable schedule(long delayNanos, Runnable action) {
    return time.schedule(delayNanos, action)::cancel;
  }

  @Override
  public void runOnHelperThread(Runnable action) {
    time.runOnHelperThread(action);
  }
}

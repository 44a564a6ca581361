package dev.pools.task;

import dev.pools.internal.Time;
import dev.pools.scaling.PoolReading;
import dev.pools.scaling.ScaledPool;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/** What scaling sees of a task pool. */
final class ScaledTaskPool implements ScaledPool {

  private final Time time;
  private final Supplier<PoolStats> stats;
  private final IntConsumer limit;

  ScaledTaskPool(Time time, Supplier<PoolStats> stats, IntConsumer limit) {
    this.time = time;
    this.stats = stats;
    this.limit = limit;
  }

  @Override
  public PoolReading read() {
    PoolStats now = stats.get();
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
    limit.accept(most);
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

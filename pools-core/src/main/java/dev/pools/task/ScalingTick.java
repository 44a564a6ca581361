package dev.pools.task;

import dev.pools.internal.Time;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a pool ten times a second while work waits for workers that there may not be, and sets
 * how many there may be. A pool without such work has no timer.
 *
 * <p>All that it needs of the pool: its snapshot, a way to set the limit, {@link #pressed} whenever
 * a task finds no worker because of the limit, and {@link #stop} at the end. None may be called
 * under a lock of the pool.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>While it ticks, one timer is set or one tick runs; never two.
 *   <li>It stops only after some ticks without waiting work, and then looks once more: whoever came
 *       in between saw it ticking, and relied on it.
 *   <li>After {@link #stop} no timer is set.
 * </ol>
 */
final class ScalingTick {

  /** Within what .NET's thread pool (10 to 200 ms) and CoDel (100 ms) use. */
  static final long TICK_NANOS = 100_000_000L;

  /** A queue that is empty for a moment is still the same work. */
  private static final int QUIET_TICKS = 3;

  private final Time time;
  private final HillClimber climber;
  private final LongSupplier cpuNanos;
  private final Supplier<Integer> processors;
  private final Supplier<PoolStats> stats;
  private final IntConsumer limit;

  private volatile boolean ticking;
  private volatile int most;

  // Guarded by this.
  private boolean stopped;
  private Time.@Nullable Timer timer;

  // Touched by one tick at a time; each sets the timer of the next.
  private @Nullable Reading last;
  private int quietTicks;

  /** How a pool stood at one time. */
  private record Reading(PoolStats pool, long nanoTime, long cpuNanos) {

    private long run() {
      return pool.completed() + pool.failed();
    }

    private boolean waits() {
      return pool.qsize() > 0 || pool.admissionsWaiting() > 0;
    }
  }

  ScalingTick(
      Time time,
      HillClimber climber,
      LongSupplier cpuNanos,
      Supplier<Integer> processors,
      Supplier<PoolStats> stats,
      IntConsumer limit) {
    this.time = time;
    this.climber = climber;
    this.cpuNanos = cpuNanos;
    this.processors = processors;
    this.stats = stats;
    this.limit = limit;
    this.most = climber.target();
  }

  /** How many workers there may be for now. */
  int most() {
    return most;
  }

  /** A task waits, and there are as many workers as there may be. Costs a read if that is known. */
  void pressed() {
    if (!ticking) {
      begin();
    }
  }

  boolean isTicking() {
    return ticking;
  }

  private synchronized void begin() {
    if (!ticking && !stopped) {
      ticking = true;
      last = null;
      quietTicks = 0;
      timer = time.schedule(TICK_NANOS, this::tick);
    }
  }

  private synchronized void goOn() {
    if (!stopped) {
      timer = time.schedule(TICK_NANOS, this::tick);
    }
  }

  private synchronized void pause() {
    ticking = false;
    timer = null;
  }

  /** The pool has ended. */
  synchronized void stop() {
    stopped = true;
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void tick() {
    Reading now = new Reading(stats.get(), time.nanoTime(), cpuNanos.getAsLong());
    Reading before = last;
    last = now;
    quietTicks = now.waits() ? 0 : quietTicks + 1;
    if (before != null && now.nanoTime > before.nanoTime) {
      LoadSample sample = sample(before, now);
      quietTicks = sample.saturated() ? 0 : quietTicks;
      set(climber.next(sample), now.pool);
    }
    if (quietTicks < QUIET_TICKS) {
      goOn();
    } else {
      pause();
      time.handOff(
          () -> {
            // Now the pool reports who waits; and then who has come before it did.
            limit.accept(most);
            if (stats.get().qsize() > 0) {
              pressed();
            }
          });
    }
  }

  private LoadSample sample(Reading before, Reading now) {
    PoolStats pool = now.pool;
    long interval = now.nanoTime - before.nanoTime;
    long turnedAway = pool.admissionsWaiting() + pool.rejected() - before.pool.rejected();
    return new LoadSample(
        interval,
        now.run() - before.run(),
        pool.workers() - pool.blockedWorkers(),
        pool.qsize(),
        turnedAway,
        pool.oldestWait().toNanos(),
        cpuShare(before, now, interval),
        pool.minWorkers(),
        pool.maxWorkers());
  }

  private double cpuShare(Reading before, Reading now, long interval) {
    if (before.cpuNanos < 0 || now.cpuNanos < 0) {
      return Double.NaN;
    }
    double used = (double) (now.cpuNanos - before.cpuNanos) / interval / processors.get();
    return Math.max(0, Math.min(1, used));
  }

  /** A worker that waits for another task of its pool needs a worker in its place. */
  private void set(int target, PoolStats pool) {
    int next = (int) Math.min(pool.maxWorkers(), (long) target + pool.blockedWorkers());
    if (next != most) {
      most = next;
      // More workers may mean a thread factory, which is its user's code.
      time.handOff(() -> limit.accept(most));
    }
  }
}

package dev.pools.scaling;

import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Samples one pool ten times a second while its limit keeps tasks waiting, and sets how many
 * workers the pool may have. A pool without such tasks has no timer.
 *
 * <p>The pool calls {@link #pressed} whenever a task finds no worker because of the limit, and
 * {@link #stop} when it ends. It must hold no lock when it calls either of them.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>S1: while the sampler samples, one timer is set or one tick runs; never two.
 *   <li>S2: the sampler pauses only after some ticks without waiting tasks, and then looks once
 *       more. A submitter that saw it sample did not call {@code pressed}, and relies on that look.
 *   <li>S3: after {@code stop} no timer is set.
 *   <li>S4: a tick that fails sets the next timer all the same. If the timer cannot be set, the
 *       sampler pauses, and the next {@code pressed} starts it again.
 * </ol>
 */
public final class ScalingSampler {

  /** Within what .NET's thread pool (10 to 200 ms) and CoDel (100 ms) use. */
  static final long TICK_NANOS = 100_000_000L;

  /** A queue that is empty for a moment does not end a period of waiting work. */
  private static final int QUIET_TICKS = 3;

  private final ScaledPool pool;
  private final HillClimber climber;
  private final LongSupplier cpuNanos;
  private final Supplier<Integer> processors;

  private volatile boolean sampling;
  private volatile int most;

  // Guarded by this.
  private boolean stopped;
  private @Nullable Runnable timer;

  // Only one tick at a time touches these; each tick sets the timer of the next.
  private @Nullable TimedReading last;
  private int quietTicks;

  private record TimedReading(PoolReading pool, long nanoTime, long cpuNanos) {}

  ScalingSampler(
      ScaledPool pool, HillClimber climber, LongSupplier cpuNanos, Supplier<Integer> processors) {
    this.pool = pool;
    this.climber = climber;
    this.cpuNanos = cpuNanos;
    this.processors = processors;
    this.most = climber.target();
  }

  /** How many workers the pool may have for now. */
  public int most() {
    return most;
  }

  /**
   * A task waits, and the pool has as many workers as it may have. Costs one read while the sampler
   * samples.
   */
  public void pressed() {
    if (!sampling) {
      start();
    }
  }

  /** Whether the sampler samples, so that {@link #pressed} would do nothing. */
  public boolean isSampling() {
    return sampling;
  }

  /** The pool has ended. Can be called twice. */
  public synchronized void stop() {
    stopped = true;
    if (timer != null) {
      timer.run();
      timer = null;
    }
  }

  private synchronized void start() {
    if (!sampling && !stopped) {
      last = null;
      quietTicks = 0;
      try {
        timer = pool.schedule(TICK_NANOS, this::tick);
        sampling = true;
      } catch (Throwable noThread) {
        // The next task that waits tries again. The thread of this one must not fail by it.
      }
    }
  }

  private synchronized void scheduleNext() {
    if (!stopped) {
      boolean scheduled = false;
      try {
        timer = pool.schedule(TICK_NANOS, this::tick);
        scheduled = true;
      } finally {
        if (!scheduled) {
          pause();
        }
      }
    }
  }

  private synchronized void pause() {
    sampling = false;
    timer = null;
  }

  private void tick() {
    boolean quiet = false;
    try {
      sample();
      quiet = quietTicks >= QUIET_TICKS;
    } finally {
      if (!quiet) {
        scheduleNext();
      }
    }
    if (quiet) {
      pause();
      pool.runOnHelperThread(this::lookOnceMore);
    }
  }

  /**
   * From the limit on, submitters whose tasks wait call {@code pressed}. The look finds the tasks
   * that came before that.
   */
  private void lookOnceMore() {
    pool.limitWorkers(most);
    if (pool.read().queued() > 0) {
      start();
    }
  }

  private void sample() {
    TimedReading now = new TimedReading(pool.read(), pool.nanoTime(), cpuNanos.getAsLong());
    TimedReading before = last;
    last = now;
    quietTicks = now.pool.hasWaitingWork() ? 0 : quietTicks + 1;
    if (before != null && now.nanoTime > before.nanoTime) {
      LoadSample sample = sampleBetween(before, now);
      quietTicks = sample.saturated() ? 0 : quietTicks;
      set(climber.next(sample), now.pool);
    }
  }

  private LoadSample sampleBetween(TimedReading before, TimedReading now) {
    PoolReading reading = now.pool;
    long interval = now.nanoTime - before.nanoTime;
    return new LoadSample(
        interval,
        reading.run() - before.pool.run(),
        reading.workers() - reading.blockedWorkers(),
        reading.queued(),
        reading.waitingForPlace() + reading.rejected() - before.pool.rejected(),
        reading.oldestWaitNanos(),
        cpuShare(before, now, interval),
        reading.minWorkers(),
        reading.maxWorkers());
  }

  private double cpuShare(TimedReading before, TimedReading now, long interval) {
    if (before.cpuNanos < 0 || now.cpuNanos < 0) {
      return Double.NaN;
    }
    double used = (double) (now.cpuNanos - before.cpuNanos) / interval / processors.get();
    return Math.max(0, Math.min(1, used));
  }

  /** A worker that waits for another task of its pool needs a worker in its place. */
  private void set(int target, PoolReading reading) {
    int next = (int) Math.min(reading.maxWorkers(), (long) target + reading.blockedWorkers());
    if (next != most) {
      most = next;
      pool.runOnHelperThread(() -> pool.limitWorkers(most));
    }
  }
}

package dev.pools.internal;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The machine's own time. */
final class SystemTime implements Time {

  /** How long the threads stay with nothing to do. */
  private static final long THREADS_KEEP_ALIVE_SECONDS = 10;

  private static final String COMPLETIONS = "pools-completions";

  /** After what pause a thread that could not be started is tried again. */
  private static final long RETRY_MILLIS = 100;

  /** After what pause, and how often, a timer's action is run again that has found no memory. */
  private static final long TRY_AGAIN_NANOS = 20_000_000;

  private static final int MOST_TRIES = 50;

  private static final PoolThreads SHARED = PoolThreads.shared();

  private static final ScheduledThreadPoolExecutor TIMERS = newTimers();

  /** As many threads as are needed at a time: one that is held up by user code stops no other. */
  private static final ThreadPoolExecutor HELPERS =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          THREADS_KEEP_ALIVE_SECONDS,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          action -> newThread(action, COMPLETIONS));

  static final SystemTime INSTANCE = new SystemTime(SHARED, COMPLETIONS);

  /** Whose class loader and name a thread has while it runs an action as a helper. */
  private final PoolThreads threads;

  private final String threadName;

  private SystemTime(PoolThreads threads, String threadName) {
    this.threads = threads;
    this.threadName = threadName;
  }

  @Override
  public Time forPool(String threadName) {
    return new SystemTime(PoolThreads.ofBuilder(), threadName);
  }

  private static ScheduledThreadPoolExecutor newTimers() {
    ScheduledThreadPoolExecutor timers =
        new ScheduledThreadPoolExecutor(1, action -> newThread(action, "pools-timer"));
    timers.setRemoveOnCancelPolicy(true);
    timers.setKeepAliveTime(THREADS_KEEP_ALIVE_SECONDS, TimeUnit.SECONDS);
    timers.allowCoreThreadTimeOut(true);
    return timers;
  }

  private static Thread newThread(Runnable action, String name) {
    return SHARED.platform(null, action, name, /* daemon= */ true, null);
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public long wallMillis() {
    return System.currentTimeMillis();
  }

  @Override
  public void park(Object blocker, long nanos) {
    if (nanos == Long.MAX_VALUE) {
      LockSupport.park(blocker);
    } else {
      LockSupport.parkNanos(blocker, nanos);
    }
  }

  @Override
  public Timer schedule(long delayNanos, Runnable action) {
    Future<?> scheduled = TIMERS.schedule(() -> runTimer(action), delayNanos, TimeUnit.NANOSECONDS);
    return () -> scheduled.cancel(false);
  }

  @Override
  public void runOnHelperThread(Runnable action) {
    try {
      HELPERS.execute(threads.lent(threadName, () -> runReported(action)));
    } catch (Throwable noThread) {
      // It has not begun: the queue of these threads holds nothing.
      Faults.warn(
          SystemTime.class, noThread, "No thread can be started for a step of a pool: tried again");
      TIMERS.schedule(() -> runOnHelperThread(action), RETRY_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /**
   * What a timer was set for may be lost if it does not run. So it is run again after a pause if
   * there was no memory for it; there may be none for another timer, so this thread waits.
   */
  private static void runTimer(Runnable action) {
    for (int tries = 1; ; tries++) {
      try {
        action.run();
        return;
      } catch (Throwable fault) {
        if (!(fault instanceof OutOfMemoryError) || tries == MOST_TRIES) {
          Faults.error(SystemTime.class, fault, "A timer's action failed");
          return;
        }
        LockSupport.parkNanos(TRY_AGAIN_NANOS);
      }
    }
  }

  private static void runReported(Runnable action) {
    try {
      action.run();
    } catch (Throwable fault) {
      Faults.error(SystemTime.class, fault, "An action on a helper thread failed");
    }
  }
}

package dev.pools.internal;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The machine's own time.
 *
 * <p>Named classes take the place of lambdas here, as in all that the first pool of a JVM runs: the
 * first lambda of a JVM costs more than the pool.
 */
final class SystemTime implements Time {

  /** How long the threads stay with nothing to do. */
  private static final long THREADS_KEEP_ALIVE_SECONDS = 10;

  private static final String COMPLETIONS = "pools-completions";

  /** After what pause a thread that could not be started is tried again. */
  private static final long RETRY_NANOS = 100_000_000;

  /** After what pause, and how often, a timer's action is run again that has found no memory. */
  private static final long TRY_AGAIN_NANOS = 20_000_000;

  private static final int MOST_TRIES = 50;

  private static final PoolThreads SHARED = PoolThreads.shared();

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

  /** The threads that all pools share. */
  private static final class SharedThreads implements ThreadFactory {

    private final String name;

    SharedThreads(String name) {
      this.name = name;
    }

    @Override
    public Thread newThread(Runnable action) {
      return SHARED.platform(null, action, name, /* daemon= */ true, null);
    }
  }

  /** Runs all timers; a class of its own, so that it is created with the first one. */
  private static final class Timers {

    static final ScheduledThreadPoolExecutor EXECUTOR = newExecutor();

    private Timers() {}

    private static ScheduledThreadPoolExecutor newExecutor() {
      ScheduledThreadPoolExecutor timers =
          new ScheduledThreadPoolExecutor(1, new SharedThreads("pools-timer"));
      timers.setRemoveOnCancelPolicy(true);
      timers.setKeepAliveTime(THREADS_KEEP_ALIVE_SECONDS, TimeUnit.SECONDS);
      timers.allowCoreThreadTimeOut(true);
      return timers;
    }
  }

  /** Runs what is left to helper threads; a class of its own, created with the first action. */
  private static final class Helpers {

    /** As many threads as are needed at a time: one that is held up by user code stops no other. */
    static final ThreadPoolExecutor EXECUTOR =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            THREADS_KEEP_ALIVE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            new SharedThreads(COMPLETIONS));

    private Helpers() {}
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
    return schedule(Timers.EXECUTOR, delayNanos, action);
  }

  /** As {@link #schedule(long, Runnable)}. If this throws, the action does not run. */
  static Timer schedule(ScheduledExecutorService timers, long delayNanos, Runnable action) {
    ScheduledAction timer = new ScheduledAction(action);
    timer.schedule(timers, delayNanos);
    return timer;
  }

  @Override
  public void runOnHelperThread(Runnable action) {
    try {
      Helpers.EXECUTOR.execute(threads.lent(threadName, new ReportedAction(action)));
    } catch (Throwable noThread) {
      // It has not begun: the queue of these threads holds nothing.
      Faults.warn(
          SystemTime.class,
          noThread,
          "No thread can be started for a step of a pool. It is tried again each {} ms. Look at how many threads and how much memory there may be",
          TimeUnit.NANOSECONDS.toMillis(RETRY_NANOS));
      schedule(RETRY_NANOS, () -> runOnHelperThread(action));
    }
  }

  @Override
  public void runOnAnotherStack(Runnable action) {
    runOnHelperThread(action);
  }

  /** An action and its timer. */
  private static final class ScheduledAction implements Runnable, Timer {

    private final Runnable action;

    /** Set before any caller has this object. */
    private volatile @Nullable Future<?> scheduled;

    /** Whether the caller was told that it does not run. */
    private volatile boolean refused;

    ScheduledAction(Runnable action) {
      this.action = action;
    }

    void schedule(ScheduledExecutorService timers, long delayNanos) {
      try {
        scheduled = timers.schedule(this, delayNanos, TimeUnit.NANOSECONDS);
      } catch (Throwable noThread) {
        // An executor that cannot start its thread has queued this before, and keeps it.
        refused = true;
        throw noThread;
      }
    }

    @Override
    public void cancel() {
      Future<?> present = scheduled;
      if (present != null) {
        present.cancel(false);
      }
    }

    /**
     * What a timer was set for may be lost if it does not run. So it is run again after a pause if
     * there was no memory for it; there may be none for another timer, so this thread waits.
     */
    @Override
    public void run() {
      for (int tries = 1; !refused; tries++) {
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
  }

  /** An action that a helper thread runs; what it throws is reported. */
  private static final class ReportedAction implements Runnable {

    private final Runnable action;

    ReportedAction(Runnable action) {
      this.action = action;
    }

    @Override
    public void run() {
      try {
        action.run();
      } catch (Throwable fault) {
        Faults.error(SystemTime.class, fault, "An action on a helper thread failed");
      }
    }
  }
}

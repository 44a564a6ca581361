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

  /** After what pause the log is told again that there is no thread. */
  private static final long TELL_AGAIN_NANOS = 60_000_000_000L;

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

  // ---- The threads that all pools share

  // Created when first needed. Not by static initializers: one that finds no memory is never run
  // again, and no pool would have a timer or a helper for the rest of the JVM's life.
  private static volatile @Nullable ScheduledThreadPoolExecutor timers;
  private static volatile @Nullable ThreadPoolExecutor helpers;

  // Guarded by the class.
  private static boolean toldOfNoThread;
  private static long toldOfNoThreadNanos;

  /** Runs all timers. */
  private static ScheduledThreadPoolExecutor timers() {
    ScheduledThreadPoolExecutor present = timers;
    return present == null ? firstTimers() : present;
  }

  private static synchronized ScheduledThreadPoolExecutor firstTimers() {
    ScheduledThreadPoolExecutor first = timers;
    if (first == null) {
      first = new ScheduledThreadPoolExecutor(1, new SharedThreads("pools-timer"));
      first.setRemoveOnCancelPolicy(true);
      first.setKeepAliveTime(THREADS_KEEP_ALIVE_SECONDS, TimeUnit.SECONDS);
      first.allowCoreThreadTimeOut(true);
      timers = first;
    }
    return first;
  }

  /** Runs what is left to helper threads. */
  private static ThreadPoolExecutor helpers() {
    ThreadPoolExecutor present = helpers;
    return present == null ? firstHelpers() : present;
  }

  /** As many threads as are needed at a time: one that is held up by user code stops no other. */
  private static synchronized ThreadPoolExecutor firstHelpers() {
    ThreadPoolExecutor first = helpers;
    if (first == null) {
      first =
          new ThreadPoolExecutor(
              0,
              Integer.MAX_VALUE,
              THREADS_KEEP_ALIVE_SECONDS,
              TimeUnit.SECONDS,
              new SynchronousQueue<>(),
              new SharedThreads(COMPLETIONS));
      helpers = first;
    }
    return first;
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
    return schedule(timers(), delayNanos, action);
  }

  /** As {@link #schedule(long, Runnable)}. If this throws, the action does not run. */
  static Timer schedule(ScheduledExecutorService executor, long delayNanos, Runnable action) {
    ScheduledAction timer = new ScheduledAction(action);
    timer.schedule(executor, delayNanos);
    return timer;
  }

  @Override
  public void runOnHelperThread(Runnable action) {
    try {
      helpers().execute(threads.lent(threadName, new ReportedAction(action)));
    } catch (Throwable noThread) {
      // It has not begun: the queue of these threads holds nothing.
      if (mayTellOfNoThread(System.nanoTime())) {
        Faults.warn(
            SystemTime.class,
            noThread,
            "No thread can be started for a step of a pool. It is tried again each {} ms. Look at how many threads and how much memory there may be",
            TimeUnit.NANOSECONDS.toMillis(RETRY_NANOS));
      }
      schedule(RETRY_NANOS, () -> runOnHelperThread(action));
    }
  }

  /** Many steps may be tried again at a time: the log is told once a minute. */
  private static synchronized boolean mayTellOfNoThread(long nowNanos) {
    if (toldOfNoThread && nowNanos - toldOfNoThreadNanos < TELL_AGAIN_NANOS) {
      return false;
    }
    toldOfNoThread = true;
    toldOfNoThreadNanos = nowNanos;
    return true;
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

    void schedule(ScheduledExecutorService executor, long delayNanos) {
      try {
        scheduled = executor.schedule(this, delayNanos, TimeUnit.NANOSECONDS);
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

package dev.pools.internal;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The machine's own time. */
final class SystemTime implements Time {

  static final SystemTime INSTANCE = new SystemTime();

  private static final Logger LOG = LoggerFactory.getLogger(SystemTime.class);

  /** How long the threads stay with nothing to do. */
  private static final long THREADS_KEEP_ALIVE_SECONDS = 10;

  private final ScheduledThreadPoolExecutor timers = newTimers();

  /** As many threads as are needed at a time: one that is held up by user code stops no other. */
  private final ThreadPoolExecutor handOffs =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          THREADS_KEEP_ALIVE_SECONDS,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          action -> newThread(action, "pools-completions"));

  private SystemTime() {}

  private static ScheduledThreadPoolExecutor newTimers() {
    ScheduledThreadPoolExecutor timers =
        new ScheduledThreadPoolExecutor(1, action -> newThread(action, "pools-timer"));
    timers.setRemoveOnCancelPolicy(true);
    timers.setKeepAliveTime(THREADS_KEEP_ALIVE_SECONDS, TimeUnit.SECONDS);
    timers.allowCoreThreadTimeOut(true);
    return timers;
  }

  /** Without inherited thread locals and the caller's class loader: it outlives the caller. */
  private static Thread newThread(Runnable action, String name) {
    Thread thread = new Thread(null, action, name, 0, false);
    thread.setDaemon(true);
    thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
    return thread;
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
    Future<?> scheduled =
        timers.schedule(() -> runReported(action), delayNanos, TimeUnit.NANOSECONDS);
    return () -> scheduled.cancel(false);
  }

  @Override
  public void handOff(Runnable action) {
    handOffs.execute(() -> runReported(action));
  }

  private static void runReported(Runnable action) {
    try {
      action.run();
    } catch (Throwable fault) {
      LOG.error("A timer's action failed", fault);
    }
  }
}

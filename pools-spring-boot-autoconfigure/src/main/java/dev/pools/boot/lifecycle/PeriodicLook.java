package dev.pools.boot.lifecycle;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A look that is repeated on a daemon thread of its own, which exists from start to stop. */
public final class PeriodicLook {

  private final String threadName;
  private final Duration interval;
  private final Runnable look;

  // Guarded by this.
  private @Nullable ScheduledExecutorService timer;

  /**
   * Creates it. It looks at nothing before it is started.
   *
   * @param threadName the name of its thread
   * @param interval the pause between two looks, and before the first; at least 1 ms
   * @param look must not throw: the looks end if it does
   */
  public PeriodicLook(String threadName, Duration interval, Runnable look) {
    this.threadName = threadName;
    this.interval = interval;
    this.look = look;
  }

  /** Starts the thread, unless it runs. */
  public synchronized void start() {
    if (timer == null) {
      ScheduledExecutorService started =
          Executors.newSingleThreadScheduledExecutor(
              task -> {
                Thread thread = new Thread(null, task, threadName, 0, false);
                thread.setDaemon(true);
                return thread;
              });
      started.scheduleWithFixedDelay(
          look, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
      timer = started;
    }
  }

  /**
   * Ends the thread, and interrupts a look that is under way. It can be started again. Not under
   * the lock: an interrupt may close the channel that a look waits in.
   */
  public void stop() {
    ScheduledExecutorService stopped = takeTimer();
    if (stopped != null) {
      stopped.shutdownNow();
    }
  }

  private synchronized @Nullable ScheduledExecutorService takeTimer() {
    ScheduledExecutorService taken = timer;
    timer = null;
    return taken;
  }

  /** Whether it has been started and not stopped. */
  public synchronized boolean isRunning() {
    return timer != null;
  }
}

package dev.pools.internal;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where time comes from: two clocks, timed parking and timers. Production code uses {@link
 * #system()}; tests inject a time that moves only when they say so.
 */
public interface Time {

  /**
   * A monotonic clock in nanoseconds, as {@link System#nanoTime()}. It may stand still in a
   * suspend.
   */
  long nanoTime();

  /** The wall clock in milliseconds, as {@link System#currentTimeMillis()}. It may jump. */
  long wallMillis();

  /**
   * Parks the current thread as {@link java.util.concurrent.locks.LockSupport#parkNanos(Object,
   * long)} does: until unparked, interrupted, timed out, or for no reason.
   *
   * @param blocker what the thread waits for, for thread dumps
   * @param nanos how long at most; {@link Long#MAX_VALUE} means without limit, zero or less returns
   *     at once
   */
  void park(Object blocker, long nanos);

  /**
   * Runs an action once, later, on a thread that all timers share.
   *
   * @param delayNanos the delay; zero or less means as soon as possible
   * @param action short, never blocking, never user code
   */
  Timer schedule(long delayNanos, Runnable action);

  /**
   * Cancels a timer. Never throws: where there is no memory for it the timer runs, so its action
   * must look whether it is still wanted.
   */
  static void cancel(@Nullable Timer timer) {
    try {
      if (timer != null) {
        timer.cancel();
      }
    } catch (OutOfMemoryError noMemory) {
      // Then it runs.
    }
  }

  /**
   * Runs an action soon, on a thread of its own: for timers whose action leads to user code, such
   * as the completion of a future that users wait for.
   */
  void runOnHelperThread(Runnable action);

  /**
   * As {@link #runOnHelperThread}, on another thread in any case: a time of a test may run helper
   * actions on the calling thread, whose stack must not grow any more.
   */
  default void runOnAnotherStack(Runnable action) {
    system().runOnHelperThread(action);
  }

  /**
   * This time for one pool, which the current thread builds: what it runs on helper threads runs
   * with the context class loader of the current thread.
   *
   * @param threadName what a thread is called while it runs such an action
   */
  default Time forPool(String threadName) {
    return this;
  }

  /** A duration in nanoseconds; the longest there is if it is longer than a long can say. */
  static long nanos(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException tooLong) {
      return Long.MAX_VALUE;
    }
  }

  /** The time of this machine. Its timers share one daemon thread that ends when nothing is due. */
  static Time system() {
    return SystemTime.INSTANCE;
  }

  /** A scheduled action that can be called off. */
  interface Timer {

    /** Calls the action off and forgets it; too late if it has begun. May be called twice. */
    void cancel();
  }
}

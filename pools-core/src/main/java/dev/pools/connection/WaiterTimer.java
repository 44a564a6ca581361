package dev.pools.connection;

import dev.pools.internal.OnHelperThread;
import dev.pools.internal.Time;
import org.jspecify.annotations.Nullable;

/**
 * The one timer for all callers that wait in a future: no thread notices that their time is over.
 * Guarded by the pool's lock.
 */
final class WaiterTimer {

  private final Time time;
  private Time.@Nullable Timer timer;
  private long dueNanos;

  WaiterTimer(Time time) {
    this.time = time;
  }

  /**
   * Sets the timer, unless it fires early enough.
   *
   * @param deadlineNanos when a caller gives up; {@link Long#MAX_VALUE} means never
   * @param action runs on a helper thread
   */
  void set(long deadlineNanos, Runnable action) {
    if (deadlineNanos == Long.MAX_VALUE || (timer != null && deadlineNanos - dueNanos >= 0)) {
      return;
    }
    // First what may find no memory: the timer that is set serves other callers.
    Time.Timer next =
        time.schedule(deadlineNanos - time.nanoTime(), new OnHelperThread(time, action));
    stop();
    dueNanos = deadlineNanos;
    timer = next;
  }

  void stop() {
    Time.cancel(timer);
    timer = null;
  }

  /** The timer has fired. */
  void fired() {
    timer = null;
  }
}

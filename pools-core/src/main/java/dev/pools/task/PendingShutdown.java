package dev.pools.task;

import dev.pools.internal.Promise;
import dev.pools.internal.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The promise of one call of {@code shutdown(ShutdownOptions)}, with its time limits. */
final class PendingShutdown {

  final Promise<Duration> done = new Promise<>();

  // Guarded by itself.
  private final List<Time.Timer> timers = new ArrayList<>(2);

  void addTimer(Time.Timer timer) {
    synchronized (timers) {
      timers.add(timer);
    }
    if (done.isDone()) {
      cancelTimers();
    }
  }

  void cancelTimers() {
    synchronized (timers) {
      timers.forEach(Time.Timer::cancel);
    }
  }
}

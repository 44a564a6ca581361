package dev.pools.connection;

import dev.pools.internal.Time;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The options of a pool. Each group checks its own. */
record ConnectionOptions<T>(
    String name,
    SizeOptions sizes,
    CreationOptions<T> creation,
    HealthOptions<T> health,
    HookOptions<T> hooks,
    ClosingOptions<T> closing,
    WaitingOptions waiting,
    LeakOptions leaks,
    @Nullable ConnectionGuard<T> guard,
    Duration maintenanceInterval,
    @Nullable Executor executor,
    List<ConnectionPoolListener<? super T>> listeners,
    Time time) {

  ConnectionOptions {
    if (name.isBlank()) {
      throw new IllegalArgumentException(
          "name is blank, but names the pool in log lines and metrics. Give it a word.");
    }
    OptionRange.requirePositive("maintenanceInterval", maintenanceInterval);
    listeners = List.copyOf(listeners);
  }

  /**
   * Whether each lease is noted with its time: a check, a listener, a guard or a limit needs it.
   */
  boolean needsNotes() {
    return health.healthChecker() != null
        || sizes.isLifeShort()
        || leaks.areWatched()
        || !listeners.isEmpty()
        || guard != null;
  }

  /** Whether the lock decides about each lease, because of a hook, a check on return, or SAME. */
  boolean decidesEachLease() {
    return (health.healthChecker() != null && health.checkOnReturn())
        || hooks.onAcquire() != null
        || hooks.onReturn() != null
        || waiting.argumentMatching() == ArgumentMatching.SAME;
  }
}

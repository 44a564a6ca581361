package dev.pools.task;

import dev.pools.internal.Time;
import org.jspecify.annotations.Nullable;

/** The timers of one pool. Guarded by the pool's lock. */
final class PoolTimers {

  /** How long a pool, or the future of a task that does not run, waits for listeners. */
  static final long LISTENER_PATIENCE_NANOS = 5_000_000_000L;

  /** How long a draining pool with nothing else to do waits for the next element of a map. */
  static final long OPEN_MAP_PATIENCE_NANOS = 30_000_000_000L;

  /** Looks for workers that have been idle for long. */
  PoolTimer shrink;

  /** Looks at runs. */
  PoolTimer watch;

  /** Cuts off maps whose inputs deliver nothing any more. */
  final PoolTimer quiet = new PoolTimer(OPEN_MAP_PATIENCE_NANOS);

  /** Ends the wait for listeners. */
  final PoolTimer patience = new PoolTimer(LISTENER_PATIENCE_NANOS);

  /** Set once, before the first worker; null if no user code is told of tasks. Guards itself. */
  @Nullable TellingLimit tellings;

  PoolTimers(PoolOptions options) {
    shrink = new PoolTimer(Time.nanos(options.keepAlive()));
    watch = new PoolTimer(watchNanos(options));
  }

  private static long watchNanos(PoolOptions options) {
    return Math.min(RunWatch.LOOK_NANOS, RunLimits.lookNanos(options));
  }

  /** The options have changed. Timers whose delays have not go on. */
  void become(PoolOptions options) {
    long shrinkNanos = Time.nanos(options.keepAlive());
    if (shrinkNanos != shrink.delayNanos()) {
      shrink = shrink.replaced(shrinkNanos);
    }
    long watchNanos = watchNanos(options);
    if (watchNanos != watch.delayNanos()) {
      watch = watch.replaced(watchNanos);
    }
  }

  /** The pool has terminated. */
  void cancelAll() {
    shrink.latest.cancel();
    watch.latest.cancel();
    quiet.latest.cancel();
    patience.latest.cancel();
    if (tellings != null) {
      tellings.stop();
    }
  }
}

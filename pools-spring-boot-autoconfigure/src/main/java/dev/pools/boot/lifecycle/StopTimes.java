package dev.pools.boot.lifecycle;

import java.time.Duration;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/** How much time the application has spent on waiting for each pool, so that limits are totals. */
final class StopTimes {

  // By identity: a pool is no key of its own.
  private final IdentityHashMap<Object, Duration> spent = new IdentityHashMap<>();

  synchronized void spent(Object pool, Duration time) {
    spent.put(pool, time);
  }

  synchronized Duration of(Object pool) {
    @Nullable Duration time = spent.remove(pool);
    return time == null ? Duration.ZERO : time;
  }
}

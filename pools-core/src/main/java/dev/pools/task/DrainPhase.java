package dev.pools.task;

import dev.pools.internal.Promise;
import org.jspecify.annotations.Nullable;

/** What was submitted between two drains; see {@link DrainTracker}. Guarded by the pool's lock. */
final class DrainPhase {

  /** All tickets of the phase are lower. */
  long endTicket = Long.MAX_VALUE;

  /** How many of its tasks are counted one by one. */
  long counted;

  /** Completes when the phase is over; null if no caller waits for that (any more). */
  @Nullable Promise<Void> drained;

  /** Whether it can be dropped: no caller waits for it, and it counts no task. */
  boolean isForgotten() {
    return drained == null && counted == 0;
  }
}

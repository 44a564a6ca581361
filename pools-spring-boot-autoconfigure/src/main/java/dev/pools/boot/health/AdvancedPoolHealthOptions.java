package dev.pools.boot.health;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When a task pool is reported as down.
 *
 * @param stalledAfter how long no task may have ended, while all workers are busy and tasks are
 *     queued, before the pool is down; positive. Null means that the pool judges by what its tasks
 *     do, as {@link dev.pools.task.PoolStats#stalled()} says
 */
public record AdvancedPoolHealthOptions(@Nullable Duration stalledAfter) {

  /** The pool's own judgement. */
  public static final AdvancedPoolHealthOptions DEFAULTS = new AdvancedPoolHealthOptions(null);

  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException if the duration is not positive
   */
  public AdvancedPoolHealthOptions {
    if (stalledAfter != null && (stalledAfter.isZero() || stalledAfter.isNegative())) {
      throw new IllegalArgumentException(
          "health.stalled-after is %s, but must be positive. Remove it to let the pool decide by what its tasks do."
              .formatted(stalledAfter));
    }
  }
}

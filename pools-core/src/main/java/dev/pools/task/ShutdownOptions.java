package dev.pools.task;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How to shut a pool down.
 *
 * @param pending what becomes of tasks that no worker has taken yet
 * @param idleTimeout how long to wait for the queue to become empty; what is still queued then is
 *     cancelled, and nothing more is accepted, not even an element of a map that had begun. Null
 *     means as long as it takes.
 * @param totalTimeout how long to wait for everything; what is queued then is cancelled, what runs
 *     is interrupted, and the wait ends. Null means as long as it takes.
 */
public record ShutdownOptions(
    PendingTasks pending, @Nullable Duration idleTimeout, @Nullable Duration totalTimeout) {

  /** All that was submitted runs, however long it takes. */
  public static final ShutdownOptions DEFAULT = new ShutdownOptions(PendingTasks.RUN, null, null);

  /** Checks the options. */
  public ShutdownOptions {
    Objects.requireNonNull(pending, "pending");
    requireNotNegative("idleTimeout", idleTimeout);
    requireNotNegative("totalTimeout", totalTimeout);
  }

  private static void requireNotNegative(String option, @Nullable Duration timeout) {
    if (timeout != null && timeout.isNegative()) {
      throw new IllegalArgumentException(
          "%s is %s, but must be zero or positive. Leave it out to wait as long as it takes."
              .formatted(option, timeout));
    }
  }

  /** These options, with tasks that no worker has taken yet cancelled at once. */
  public ShutdownOptions cancelPending() {
    return new ShutdownOptions(PendingTasks.CANCEL, idleTimeout, totalTimeout);
  }

  /** These options with a limit for the wait until the queue is empty. */
  public ShutdownOptions withIdleTimeout(Duration limit) {
    return new ShutdownOptions(pending, Objects.requireNonNull(limit, "limit"), totalTimeout);
  }

  /** These options with a limit for the whole wait. */
  public ShutdownOptions withTotalTimeout(Duration limit) {
    return new ShutdownOptions(pending, idleTimeout, Objects.requireNonNull(limit, "limit"));
  }
}

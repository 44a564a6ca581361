package dev.pools.connection;

import dev.pools.internal.Durations;
import dev.pools.internal.Faults;
import java.io.Serial;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Thrown to a caller that does not wait ({@link WhenDown#FAIL}) when a pool has no connection and
 * its last attempt to create one has failed. The cause is that failure.
 */
public final class BackendDownException extends ConnectionPoolException {

  @Serial private static final long serialVersionUID = 1L;

  private final Duration nextAttempt;

  BackendDownException(
      String pool, int failures, @Nullable Throwable lastFailure, Duration nextAttempt) {
    super(
        "Pool '%s' has no connection and cannot create one: %s failed: %s. The next one %s. Ask again then, or wait for it (WhenDown.WAIT)."
            .formatted(
                pool,
                Faults.count(failures, "attempt has", "attempts in a row have"),
                Faults.describe(lastFailure),
                nextAttempt.isZero()
                    ? "is due or running"
                    : "may start in " + Durations.text(nextAttempt)),
        lastFailure);
    this.nextAttempt = nextAttempt;
  }

  /** With a short text, for when there is no memory for more. */
  BackendDownException(String pool) {
    super("Pool '".concat(pool).concat("' cannot create a connection now."), null);
    this.nextAttempt = Duration.ZERO;
  }

  /**
   * How long until the next attempt could start, at the time of this exception; zero if one was due
   * or running.
   */
  public Duration nextAttempt() {
    return nextAttempt;
  }
}

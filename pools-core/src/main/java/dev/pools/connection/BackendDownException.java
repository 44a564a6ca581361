package dev.pools.connection;

import dev.pools.internal.Faults;
import java.io.Serial;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Thrown, instead of waiting, when a pool has no connection and its last attempt to make one has
 * failed, if the caller or the pool asks for {@link WhenDown#FAIL}. Its cause is that failure.
 */
public final class BackendDownException extends ConnectionPoolException {

  @Serial private static final long serialVersionUID = 1L;

  private final Duration nextAttempt;

  BackendDownException(
      String pool, int failures, @Nullable Throwable lastFailure, Duration nextAttempt) {
    super(
        "Pool '%s' has no connection and cannot make one: %s failed: %s. The next one %s. Come again then, or wait for it (WhenDown.WAIT)."
            .formatted(
                pool,
                Faults.count(failures, "attempt has", "attempts in a row have"),
                Faults.describe(lastFailure),
                nextAttempt.isZero() ? "is due or under way" : "may be made in " + nextAttempt),
        lastFailure);
    this.nextAttempt = nextAttempt;
  }

  /**
   * How long it was, when this was thrown, until the next attempt could be made; zero if one was
   * due or under way.
   */
  public Duration nextAttempt() {
    return nextAttempt;
  }
}

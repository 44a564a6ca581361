package dev.pools.connection;

import dev.pools.internal.Faults;
import java.io.Serial;

/** Thrown when as many callers wait for a connection as {@code waiterLimit} allows. */
public final class WaiterLimitException extends ConnectionPoolException {

  @Serial private static final long serialVersionUID = 1L;

  WaiterLimitException(String pool, int limit) {
    super(
        "%s for a connection of pool '%s', which is the limit. Raise waiterLimit or maxSize, or ask less often."
            .formatted(Faults.count(limit, "caller waits", "callers wait"), pool),
        null);
  }

  /** With a short text, for when there is no memory for more. */
  WaiterLimitException(String pool) {
    super(
        "As many callers wait for a connection of pool '"
            .concat(pool)
            .concat("' as waiterLimit allows."),
        null);
  }
}

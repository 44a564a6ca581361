package dev.pools.connection;

import dev.pools.internal.Faults;
import java.io.Serial;

/** Thrown when as many callers wait for a connection as may. */
public final class WaiterLimitException extends ConnectionPoolException {

  @Serial private static final long serialVersionUID = 1L;

  WaiterLimitException(String pool, int limit) {
    super(
        "%s for a connection of pool '%s', and no more may. Raise waiterLimit or maxSize, or ask less often."
            .formatted(Faults.count(limit, "caller waits", "callers wait"), pool),
        null);
  }
}

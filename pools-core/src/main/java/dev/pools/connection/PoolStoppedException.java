package dev.pools.connection;

import java.io.Serial;

/** Thrown when a caller asks a pool that is stopped, or is being stopped, for a connection. */
public final class PoolStoppedException extends ConnectionPoolException {

  @Serial private static final long serialVersionUID = 1L;

  PoolStoppedException(String pool) {
    super(
        "Pool '"
            .concat(pool)
            .concat(
                "' is stopped, or is being stopped, and leases no connection. Start it to use it again. If the application stops, stop first what asks for connections."),
        null);
  }
}

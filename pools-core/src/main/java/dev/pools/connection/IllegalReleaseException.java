package dev.pools.connection;

import java.io.Serial;

/**
 * Thrown when something is given back that the pool has not leased: a connection given back twice,
 * or one of another pool. Nobody is harmed.
 */
public final class IllegalReleaseException extends IllegalStateException {

  @Serial private static final long serialVersionUID = 1L;

  IllegalReleaseException(String pool) {
    super(
        "This connection is not leased from pool '%s': it has been given back already, has been closed by a stop or a reclaim, or was never its. Give each lease back once, best by closing it."
            .formatted(pool));
  }
}

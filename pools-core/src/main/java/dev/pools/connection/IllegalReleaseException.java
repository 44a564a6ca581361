package dev.pools.connection;

import java.io.Serial;

/**
 * Thrown when a caller releases a connection that is not leased from the pool: one that was
 * released before, or one of another pool. Nothing changes.
 */
public final class IllegalReleaseException extends IllegalStateException {

  @Serial private static final long serialVersionUID = 1L;

  IllegalReleaseException(String pool) {
    super(
        "This connection is not leased from pool '%s': it has been released already, has been closed by a stop or a reclaim, or never belonged to the pool. Release each lease once, best by closing it."
            .formatted(pool));
  }
}

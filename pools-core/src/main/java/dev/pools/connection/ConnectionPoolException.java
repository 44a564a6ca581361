package dev.pools.connection;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * Why a caller got no connection. Nothing is leased, and nothing of the call remains.
 *
 * <p>The stack trace of a caller that waits in a thread is that of its thread. A timeout of a
 * caller that waits in a future has none: it would be that of a thread of the pool.
 */
public abstract sealed class ConnectionPoolException extends RuntimeException
    permits AcquireTimeoutException,
        BackendDownException,
        ConnectionCreationException,
        PoolStoppedException,
        WaiterLimitException {

  @Serial private static final long serialVersionUID = 1L;

  ConnectionPoolException(String message, @Nullable Throwable cause) {
    this(message, cause, /* hasStack= */ true);
  }

  ConnectionPoolException(String message, @Nullable Throwable cause, boolean hasStack) {
    super(message, cause, /* enableSuppression= */ true, hasStack);
  }
}

package dev.pools.connection;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Why a caller got no connection. Nothing is leased, and nothing of the call remains. */
public abstract sealed class ConnectionPoolException extends RuntimeException
    permits AcquireTimeoutException,
        BackendDownException,
        ConnectionCreationException,
        PoolStoppedException,
        WaiterLimitException {

  @Serial private static final long serialVersionUID = 1L;

  ConnectionPoolException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

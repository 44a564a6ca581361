package dev.pools.connection;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Why a connection was not to be had. Nothing is leased and nothing is left behind. */
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

package dev.pools.connection;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Thrown when a connection could not be created; the cause is what the factory threw. */
public final class ConnectionCreationException extends ConnectionPoolException {

  @Serial private static final long serialVersionUID = 1L;

  ConnectionCreationException(String pool, String what, @Nullable Throwable cause) {
    super("Pool '%s' could not create a connection: %s".formatted(pool, what), cause);
  }
}

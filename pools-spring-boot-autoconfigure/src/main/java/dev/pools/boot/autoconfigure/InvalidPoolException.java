package dev.pools.boot.autoconfigure;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Thrown when a configured pool cannot be created. The message names the property and the fix. */
final class InvalidPoolException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  private final String action;

  InvalidPoolException(String description, String action, @Nullable Throwable cause) {
    super(description, cause);
    this.action = action;
  }

  String action() {
    return action;
  }
}

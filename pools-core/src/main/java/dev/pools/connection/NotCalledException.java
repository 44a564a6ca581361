package dev.pools.connection;

import java.io.Serial;
import java.util.concurrent.TimeoutException;

/**
 * User code was not called, because earlier calls of it hang: see {@link OverdueCalls}. It says
 * nothing about the connection for which the code would have been called.
 */
final class NotCalledException extends TimeoutException {

  @Serial private static final long serialVersionUID = 1L;

  private final String reason;

  NotCalledException(String pool, String reason) {
    super("Pool '%s': %s".formatted(pool, reason));
    this.reason = reason;
  }

  /** The message without the pool. */
  String reason() {
    return reason;
  }
}

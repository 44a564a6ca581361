package dev.pools.connection;

import java.io.Serial;
import java.util.concurrent.CancellationException;

/**
 * What the future of an acquire fails with when its user cancels it. It has no stack trace: that
 * would tell who has cancelled, and to collect it costs more than the rest of a cancellation.
 */
final class AcquireCancelledException extends CancellationException {

  @Serial private static final long serialVersionUID = 1L;

  AcquireCancelledException(String message) {
    super(message);
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}

package dev.pools.internal;

import java.io.Serial;
import java.util.concurrent.CancellationException;

/**
 * What the future of an acquire or of a task fails with when its user cancels it. It has no stack
 * trace: that would tell who has cancelled, and to collect it costs more than the rest of a
 * cancellation.
 */
public final class UntracedCancellationException extends CancellationException {

  @Serial private static final long serialVersionUID = 1L;

  /** With a text for users. */
  public UntracedCancellationException(String message) {
    super(message);
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}

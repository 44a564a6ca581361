package dev.pools;

import java.io.Serial;

/** Thrown when arguments do not fit the parameters that they are meant for. Nothing has run. */
public final class ArgumentsMismatchException extends IllegalArgumentException {

  @Serial private static final long serialVersionUID = 1L;

  ArgumentsMismatchException(String message) {
    super(message);
  }
}

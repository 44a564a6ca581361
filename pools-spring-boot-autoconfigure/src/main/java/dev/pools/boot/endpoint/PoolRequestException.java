package dev.pools.boot.endpoint;

import java.io.Serial;

/** A request that cannot be carried out. Nothing has changed. */
final class PoolRequestException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1;

  private static final int BAD_REQUEST = 400;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;

  private final int status;

  private PoolRequestException(int status, String message) {
    super(message);
    this.status = status;
  }

  /** A value is missing, unknown or out of its range. */
  static PoolRequestException invalid(String message) {
    return new PoolRequestException(BAD_REQUEST, message);
  }

  /** What the path names does not exist. */
  static PoolRequestException notFound(String message) {
    return new PoolRequestException(NOT_FOUND, message);
  }

  /** The pool is in a state in which it cannot do this. */
  static PoolRequestException conflict(String message) {
    return new PoolRequestException(CONFLICT, message);
  }

  /** The status of HTTP that says so. */
  int status() {
    return status;
  }

  /** The message; never null. */
  String text() {
    return String.valueOf(getMessage());
  }
}

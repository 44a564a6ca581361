package dev.pools.connection;

import java.util.function.Supplier;

/**
 * Exceptions that are created together with the pool, for callers whose own exception cannot be
 * created when they are refused: there may be no memory, or no stack, for it. A caller that is
 * never told waits without end.
 */
final class PlainRefusals {

  final AcquireTimeoutException timedOut;
  final PoolStoppedException stopped;
  final WaiterLimitException limit;
  final BackendDownException down;

  PlainRefusals(String pool) {
    this.timedOut = new AcquireTimeoutException(pool);
    this.stopped = new PoolStoppedException(pool);
    this.limit = new WaiterLimitException(pool);
    this.down = new BackendDownException(pool);
  }

  /** The exception with all details, or the plain one if that cannot be created. */
  static ConnectionPoolException orPlain(
      Supplier<? extends ConnectionPoolException> rich, ConnectionPoolException plain) {
    try {
      return rich.get();
    } catch (Throwable cannotBeMade) {
      return plain;
    }
  }
}

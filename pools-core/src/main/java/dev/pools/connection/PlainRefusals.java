package dev.pools.connection;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * Exceptions that are made when the pool is built, for callers whose own exception cannot be made
 * when they are refused: there may be no memory, or no stack, for it. A caller that is never told
 * waits without end.
 */
final class PlainRefusals {

  final AcquireTimeoutException timedOut;
  final PoolStoppedException stopped;
  final WaiterLimitException limit;
  final BackendDownException down;

  PlainRefusals(String pool, int waiterLimit) {
    this.timedOut = new AcquireTimeoutException(pool);
    this.stopped = new PoolStoppedException(pool);
    this.limit = new WaiterLimitException(pool, waiterLimit);
    this.down = new BackendDownException(pool, 1, null, Duration.ZERO);
  }

  /** The exception that says most, or the plain one if that cannot be made. */
  static ConnectionPoolException orPlain(
      Supplier<? extends ConnectionPoolException> rich, ConnectionPoolException plain) {
    try {
      return rich.get();
    } catch (Throwable cannotBeMade) {
      return plain;
    }
  }
}

package dev.pools.connection;

import java.io.Serial;

/**
 * Thrown when a caller times out. The cause is the last failure to create a connection, if creation
 * failed while the caller waited. The message names the threads that have held a connection for
 * longest. If the caller blocks, and its thread holds other leases of the same pool, the message
 * says so, and how large the pool must be to rule out a deadlock.
 */
public final class AcquireTimeoutException extends ConnectionPoolException {

  @Serial private static final long serialVersionUID = 1L;

  private final int held;

  AcquireTimeoutException(TimeoutFacts facts, boolean hasStack) {
    super(facts.message(), facts.lastFailure(), hasStack);
    this.held = facts.held();
  }

  /** With a short text, for when there is no memory for more. */
  AcquireTimeoutException(String pool) {
    super(
        "No connection of pool '".concat(pool).concat("' became available in time."),
        null,
        /* hasStack= */ false);
    this.held = 0;
  }

  /**
   * How many leases of the same pool the thread held that timed out, without those that it got from
   * a future; 0 if it did not block.
   */
  public int held() {
    return held;
  }
}

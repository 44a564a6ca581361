package dev.pools.boot.lifecycle;

import dev.pools.internal.Faults;
import java.io.Serial;

/** Thrown when a pool cannot be started with its context; its cause says why. */
public final class PoolStartException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  private final String pool;

  /**
   * Creates it.
   *
   * @param pool the name of the pool's bean
   */
  public PoolStartException(String pool, Throwable cause) {
    super("The pool '" + pool + "' could not be started: " + Faults.describe(cause), cause);
    this.pool = pool;
  }

  /** The name of the pool's bean. */
  public String pool() {
    return pool;
  }
}

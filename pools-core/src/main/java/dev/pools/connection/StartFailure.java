package dev.pools.connection;

/** What a pool does when its first connections cannot be created. */
public enum StartFailure {
  /** The start fails with the cause, and the pool is stopped again. */
  FAIL,
  /**
   * The start tries again, with the pauses of the backoff, until the first connections are created.
   * When {@code startTimeout} is over, it fails as with {@link #FAIL}.
   */
  WAIT,
  /** The pool starts without them and tries again. */
  START_EMPTY
}

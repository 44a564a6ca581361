package dev.pools.connection;

/** What a pool does when its first connections cannot be made. */
public enum StartFailure {
  /** The start fails with the cause, and the pool is stopped again. */
  FAIL,
  /**
   * The start goes on trying, in the rhythm of the back-off, until the first connections are there.
   * It fails as with {@link #FAIL} when {@code startTimeout} is over.
   */
  WAIT,
  /** The pool starts without them and goes on trying. */
  START_EMPTY
}

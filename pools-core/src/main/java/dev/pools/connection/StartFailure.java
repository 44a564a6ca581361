package dev.pools.connection;

/** What a pool does when its first connections cannot be made. */
public enum StartFailure {
  /** The start fails with the cause, and the pool is stopped again. */
  FAIL,
  /** The pool starts without them and goes on trying. */
  START_EMPTY
}

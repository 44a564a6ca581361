package dev.pools.connection;

/**
 * What a caller wants of a pool that is known to be cut off: it has no connection, idle or in use,
 * and its last attempt to make one has failed.
 */
public enum WhenDown {
  /** To wait for his time: the server may be back by then. */
  WAIT,
  /**
   * To be told at once, by a {@link BackendDownException}. If the pause after the last failure is
   * over he waits for the attempt that is made then, so that somebody finds out whether the server
   * is back; if it fails he is told.
   */
  FAIL
}

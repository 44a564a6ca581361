package dev.pools.connection;

/**
 * What a caller does while the pool is down: it has no connection, idle or in use, and its last
 * attempt to create one has failed.
 */
public enum WhenDown {
  /** It waits until its timeout: the server may be back by then. */
  WAIT,
  /**
   * It gets a {@link BackendDownException} at once. If the pause after the last failure is over,
   * the caller waits for the attempt that starts then, because one caller must find out whether the
   * server is back; it gets the exception if that attempt fails.
   */
  FAIL
}

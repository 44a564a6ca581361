package dev.pools.connection;

/**
 * Does something with a connection at a turn of its life: prepares a new one, or resets one that
 * comes back.
 *
 * @param <T> what a connection is
 */
@FunctionalInterface
public interface ConnectionHook<T> {

  /**
   * Acts on a connection that only the pool has. Runs on the pool's executor, never under a lock.
   *
   * @throws Exception if it fails; the connection is then closed, and nobody gets it
   */
  void run(T connection) throws Exception;
}

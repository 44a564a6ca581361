package dev.pools.connection;

/**
 * Acts on a connection at a transition of its life: prepares a new one, or resets one that is
 * released.
 *
 * @param <T> what a connection is
 */
@FunctionalInterface
public interface ConnectionHook<T> {

  /**
   * Acts on a connection that only the pool has. Runs on the pool's executor, never under a lock.
   *
   * @throws Exception if it fails; the pool then closes the connection, and no caller gets it
   */
  void run(T connection) throws Exception;
}

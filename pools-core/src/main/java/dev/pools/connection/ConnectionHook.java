package dev.pools.connection;

/**
 * Acts on a connection at a transition of its life: prepares a new connection ({@code onCreate}),
 * adapts one before a lease ({@code onAcquire}), or resets one after a lease ({@code onReturn}).
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

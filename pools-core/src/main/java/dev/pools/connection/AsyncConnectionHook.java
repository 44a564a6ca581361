package dev.pools.connection;

import java.util.concurrent.CompletionStage;

/**
 * As {@link ConnectionHook}, without holding a thread meanwhile.
 *
 * @param <T> what a connection is
 */
@FunctionalInterface
public interface AsyncConnectionHook<T> {

  /**
   * Starts to act on a connection that only the pool has. Runs on the pool's executor, never under
   * a lock.
   *
   * @return completes when the hook is done; if it fails, the pool closes the connection, and no
   *     caller gets it
   */
  CompletionStage<?> run(T connection) throws Exception;
}

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
   * Begins to act on a connection that only the pool has. Runs on the pool's executor, never under
   * a lock.
   *
   * @return completes when it is done; if it fails, the connection is closed, and nobody gets it
   */
  CompletionStage<?> run(T connection) throws Exception;
}

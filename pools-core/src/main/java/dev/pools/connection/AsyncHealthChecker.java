package dev.pools.connection;

import java.util.concurrent.CompletionStage;

/**
 * Tells whether a connection is fit for use, without holding a thread meanwhile.
 *
 * @param <T> what a connection is
 */
@FunctionalInterface
public interface AsyncHealthChecker<T> {

  /**
   * Begins to check a connection that nobody is using. Runs on the pool's executor, never under a
   * lock.
   *
   * @return completes with whether it is fit; what is not {@code true} in time closes the
   *     connection
   */
  CompletionStage<Boolean> isHealthy(T connection) throws Exception;
}

package dev.pools.connection;

import java.util.concurrent.CompletionStage;

/**
 * Decides whether a connection is healthy, without holding a thread meanwhile.
 *
 * @param <T> what a connection is
 */
@FunctionalInterface
public interface AsyncHealthChecker<T> {

  /**
   * Starts to check a connection that no caller uses. Runs on the pool's executor, never under a
   * lock.
   *
   * @return completes with whether it is healthy; unless it completes with {@code true} in time,
   *     the pool closes the connection
   */
  CompletionStage<Boolean> isHealthy(T connection) throws Exception;
}

package dev.pools.connection;

/**
 * Decides whether a connection is healthy.
 *
 * @param <T> what a connection is
 */
@FunctionalInterface
public interface HealthChecker<T> {

  /**
   * Checks a connection that no caller uses. Runs on the pool's executor, never under a lock.
   *
   * @return whether it is healthy; if not, or if this throws or takes longer than the pool's {@code
   *     healthCheckTimeout}, the pool closes the connection
   */
  boolean isHealthy(T connection) throws Exception;
}

package dev.pools.connection;

/**
 * Tells whether a connection is fit for use.
 *
 * @param <T> what a connection is
 */
@FunctionalInterface
public interface HealthChecker<T> {

  /**
   * Checks a connection that nobody is using. Runs on the pool's executor, never under a lock.
   *
   * @return whether it is fit; if not, or if this throws or takes longer than the pool's {@code
   *     healthCheckTimeout}, the connection is closed
   */
  boolean isHealthy(T connection) throws Exception;
}

package dev.pools.connection;

/**
 * Uses a connection.
 *
 * @param <T> what a connection is
 * @param <R> the result
 */
@FunctionalInterface
public interface ConnectionFunction<T, R> {

  /** Uses the connection, which the pool gets back when this returns or throws. */
  R apply(T connection) throws Exception;
}

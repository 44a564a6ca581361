package dev.pools.connection;

/**
 * What is done with a connection.
 *
 * @param <T> what a connection is
 * @param <R> what comes of it
 */
@FunctionalInterface
public interface ConnectionFunction<T, R> {

  /** Uses the connection; it is given back when this returns or throws. */
  R apply(T connection) throws Exception;
}

package dev.pools.connection;

import java.util.concurrent.CompletionStage;

/**
 * What is done with a connection, without holding a thread meanwhile.
 *
 * @param <T> what a connection is
 * @param <R> what comes of it
 */
@FunctionalInterface
public interface AsyncConnectionFunction<T, R> {

  /** Begins to use the connection; it is given back when the stage completes. */
  CompletionStage<R> apply(T connection) throws Exception;
}

package dev.pools.connection;

import java.util.concurrent.CompletionStage;

/**
 * Uses a connection without holding a thread meanwhile.
 *
 * @param <T> what a connection is
 * @param <R> the result
 */
@FunctionalInterface
public interface AsyncConnectionFunction<T, R> {

  /** Starts to use the connection, which the pool gets back when the stage completes. */
  CompletionStage<R> apply(T connection) throws Exception;
}

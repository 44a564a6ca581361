package dev.pools.connection;

import dev.pools.Arguments;
import java.util.concurrent.CompletionStage;

/**
 * Opens connections without holding a thread meanwhile.
 *
 * @param <T> what a connection is
 */
@FunctionalInterface
public interface AsyncConnectionFactory<T> {

  /**
   * Starts to open a new connection. Runs on the pool's executor, never under a lock.
   *
   * @param arguments those of the acquire, or of the start, for which the connection is created;
   *     often none
   * @return a stage that completes with a connection that the pool does not have yet. After {@code
   *     createTimeout} the pool cancels the stage ({@code toCompletableFuture().cancel(true)}), so
   *     that the factory can stop. If the stage completes with a connection nevertheless, the pool
   *     uses that connection, or closes it if its place has been given to another. But a {@code
   *     CompletableFuture} that is cancelled takes no value any more: {@code complete} returns
   *     false, and a function that {@code supplyAsync} or {@code thenApply} runs cannot deliver its
   *     result. The pool never sees such a connection, so the factory must close it. To leave that
   *     to the pool, return {@code minimalCompletionStage()} of the future, which the pool cannot
   *     cancel
   * @throws Exception if no connection can be opened; the pool tries again, with backoff
   */
  CompletionStage<T> create(Arguments arguments) throws Exception;
}

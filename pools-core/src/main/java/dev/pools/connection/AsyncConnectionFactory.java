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
   * Begins to open a new connection. Runs on the pool's executor, never under a lock.
   *
   * @param arguments those of the acquire, or of the start, that the connection is made for; often
   *     none
   * @return a connection to come that the pool does not have yet. After {@code createTimeout} the
   *     pool cancels the stage ({@code toCompletableFuture().cancel(true)}): who completes it then
   *     finds it complete ({@code complete} returns false), and has to close the connection
   * @throws Exception if there is none to be had; the pool tries again, with back-off
   */
  CompletionStage<T> create(Arguments arguments) throws Exception;
}

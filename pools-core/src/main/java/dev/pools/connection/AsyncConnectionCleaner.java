package dev.pools.connection;

import dev.pools.Arguments;
import java.util.concurrent.CompletionStage;

/**
 * Closes connections for good, without holding a thread meanwhile.
 *
 * @param <T> what a connection is
 */
@FunctionalInterface
public interface AsyncConnectionCleaner<T> {

  /**
   * Starts to close a connection. Called exactly once for each, on the pool's executor, never under
   * a lock. The connection counts as existing until the stage completes, and for {@code
   * closeTimeout} at most; then the stage is cancelled.
   *
   * @param arguments those given with its release, or else those that it was made with
   * @param reason why the connection is closed
   * @return completes when the connection is closed; with what is ignored
   * @throws Exception if it fails, as if the stage had failed: that is reported, and the connection
   *     counts as closed
   */
  CompletionStage<?> clean(T connection, Arguments arguments, RetireReason reason) throws Exception;
}

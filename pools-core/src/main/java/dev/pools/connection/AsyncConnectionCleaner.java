package dev.pools.connection;

import dev.pools.Arguments;
import java.util.concurrent.CompletionStage;

/**
 * Closes connections, without holding a thread meanwhile.
 *
 * @param <T> what a connection is
 */
@FunctionalInterface
public interface AsyncConnectionCleaner<T> {

  /**
   * Starts to close a connection. Called once for each connection, on the pool's executor, never
   * under a lock. The connection counts as existing until the stage completes, and for {@code
   * closeTimeout} at most; then the stage is cancelled.
   *
   * @param arguments those of its release, or otherwise those with which it was created
   * @param reason why the connection is closed
   * @return completes when the connection is closed; the value is ignored
   * @throws Exception if it fails, as if the stage had failed: the pool logs it, and the connection
   *     counts as closed
   */
  CompletionStage<?> clean(T connection, Arguments arguments, RetireReason reason) throws Exception;
}

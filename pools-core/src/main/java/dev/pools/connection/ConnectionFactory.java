package dev.pools.connection;

import dev.pools.Arguments;

/**
 * Opens connections.
 *
 * @param <T> what a connection is
 */
@FunctionalInterface
public interface ConnectionFactory<T> {

  /**
   * Opens a new connection. Runs on the pool's executor, never under a lock, and is interrupted
   * when it takes longer than the pool's {@code createTimeout}.
   *
   * @param arguments those of the acquire, or of the start, for which the connection is created;
   *     often none
   * @return a connection that the pool does not have yet; not null
   * @throws Exception if no connection can be opened; the pool tries again, with backoff
   */
  T create(Arguments arguments) throws Exception;
}

package dev.pools.connection;

import dev.pools.Arguments;

/**
 * Closes connections for good.
 *
 * @param <T> what a connection is
 */
@FunctionalInterface
public interface ConnectionCleaner<T> {

  /**
   * Closes a connection. Called exactly once for each, on the pool's executor, never under a lock.
   * The connection counts as existing until this returns, and for {@code closeTimeout} at most;
   * then the thread is interrupted.
   *
   * @param arguments those given with its release, or else those that it was made with
   * @throws Exception if it fails; that is reported, and the connection counts as closed
   */
  void clean(T connection, Arguments arguments) throws Exception;

  /**
   * Closes a connection, and knows why: for a cleaner that takes leave of a server only if the
   * server can be expected to answer. The pool calls only this method, which by default calls
   * {@link #clean(Object, Arguments)}.
   *
   * @param reason why the connection is closed
   */
  default void clean(T connection, Arguments arguments, RetireReason reason) throws Exception {
    clean(connection, arguments);
  }

  /** Closes what is {@link AutoCloseable} and leaves anything else alone: the default. */
  static <T> ConnectionCleaner<T> closing() {
    return (connection, arguments) -> {
      if (connection instanceof AutoCloseable closeable) {
        closeable.close();
      }
    };
  }

  /** Does nothing. */
  static <T> ConnectionCleaner<T> none() {
    return (connection, arguments) -> {};
  }
}

package dev.pools.connection;

import dev.pools.Arguments;

/**
 * Closes connections.
 *
 * @param <T> what a connection is
 */
@FunctionalInterface
public interface ConnectionCleaner<T> {

  /**
   * Closes a connection. Called once for each connection, on the pool's executor, never under a
   * lock. The connection counts as existing until this returns, and for {@code closeTimeout} at
   * most; then the thread is interrupted.
   *
   * @param arguments those of its release, or otherwise those with which it was created
   * @throws Exception if it fails; the pool logs it, and the connection counts as closed
   */
  void clean(T connection, Arguments arguments) throws Exception;

  /**
   * Closes a connection, with the reason: for a cleaner that tells the server only if the server
   * can be expected to answer. The pool calls only this method, which by default calls {@link
   * #clean(Object, Arguments)}.
   *
   * @param reason why the connection is closed
   */
  default void clean(T connection, Arguments arguments, RetireReason reason) throws Exception {
    clean(connection, arguments);
  }

  /**
   * Closes a connection that is {@link AutoCloseable}, and does nothing with others: the default.
   */
  static <T> ConnectionCleaner<T> closing() {
    // Not a lambda: the first one of a JVM costs more than a pool.
    return new ConnectionCleaner<>() {
      @Override
      public void clean(T connection, Arguments arguments) throws Exception {
        if (connection instanceof AutoCloseable closeable) {
          closeable.close();
        }
      }
    };
  }

  /** Does nothing. */
  static <T> ConnectionCleaner<T> none() {
    return (connection, arguments) -> {};
  }
}

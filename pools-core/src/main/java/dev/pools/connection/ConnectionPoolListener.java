package dev.pools.connection;

import java.time.Duration;

/**
 * Is told what a pool does, on the thread where it happens and outside of locks, so it should be
 * quick; what it throws is logged and the pool goes on. What is told about one connection comes in
 * order; what is told about several may come from several threads at a time.
 *
 * @param <T> what a connection is
 */
public interface ConnectionPoolListener<T> {

  /** A connection was leased. */
  default void acquired(T connection, Duration waited) {}

  /** A caller has given up waiting, because its time was over. */
  default void acquireTimedOut(Duration waited) {}

  /** A lease has ended, and its connection is back with the pool. */
  default void released(T connection, Duration used) {}

  /** A connection was made. */
  default void created(T connection, Duration took) {}

  /** A connection could not be made, or not in time. */
  default void createFailed(Throwable cause, Duration took) {}

  /** A connection leaves the pool and is about to be closed. */
  default void retired(T connection, RetireReason reason) {}

  /** A connection's cleaner failed. */
  default void cleanFailed(T connection, Throwable cause) {}

  /** A lease has been out for too long; told once for each lease. */
  default void leaked(LeakReport report) {}
}

package dev.pools.boot.metrics;

/** Events of connections and of their callers that have a duration. */
enum ConnectionEvent {
  /** A caller has got a connection, after a wait. */
  ACQUIRED,
  /** A caller has waited without success. */
  TIMED_OUT,
  /** A connection has been used. */
  RELEASED,
  /** A connection has been created. */
  CREATED
}

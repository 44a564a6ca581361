package dev.pools.boot.metrics;

/** What happens to connections, and to callers that want one, and has a duration. */
enum ConnectionEvent {
  /** A caller has got a connection, after a wait. */
  ACQUIRED,
  /** A caller has waited in vain. */
  TIMED_OUT,
  /** A connection has been used. */
  RELEASED,
  /** A connection has been created. */
  CREATED
}

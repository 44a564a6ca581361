package dev.pools.connection;

/** How a lease ends: what its user knows about the connection. */
enum LeaseEnd {
  /** Nothing is said against it. */
  RETURNED,
  /** Its use failed, or its user doubts it: it is checked before its next lease. */
  DOUBTED,
  /** Its use failed in a way that only a broken connection fails: it is closed. */
  BROKEN,
  /** Its user says that it is broken: it is closed. */
  INVALIDATED
}

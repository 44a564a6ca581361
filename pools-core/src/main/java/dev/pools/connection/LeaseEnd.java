package dev.pools.connection;

/** How a lease ends: what its user says about the connection. */
enum LeaseEnd {
  /** Nothing speaks against it. */
  RETURNED,
  /** Its use failed, or its user doubts it: it is checked before its next lease. */
  DOUBTED,
  /** Its use failed in a way in which only broken connections fail: it is closed. */
  BROKEN,
  /** Its user says that it is broken: it is closed. */
  INVALIDATED
}

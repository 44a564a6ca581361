package dev.pools.connection;

/**
 * What a pool counts over its whole life, besides its connections and callers as they are now.
 * Guarded by the pool's lock; read as all readings are.
 */
final class ConnectionCounters {

  /** For each reason, how many connections were retired. */
  final long[] retired = new long[RetireReason.values().length];

  /** The callers that have timed out since the last lease. */
  final UnservedCallers unserved = new UnservedCallers();

  long timeouts;
  long nestedTimeouts;
  long refusedByLimit;
  long refusedDown;
  long created;
  long createFailures;
}

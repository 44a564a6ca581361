package dev.pools.connection;

/**
 * The callers that have timed out since the last lease: while there are any, the pool has served no
 * caller since the first of them. Guarded by the pool's lock; read as all readings are.
 */
final class UnservedCallers {

  /**
   * How long a count of the leases is used again: if many callers time out, leases are counted
   * once.
   */
  private static final long FRESH_NANOS = 1_000_000;

  private long leasesThen = -1;
  private long countedNanos;
  private long firstNanos;
  private long callers;

  /** A caller has timed out. */
  void timedOut(SlotTable<?> slots, long nowNanos) {
    if (leasesThen < 0 || nowNanos - countedNanos >= FRESH_NANOS) {
      long leases = slots.use().leases();
      countedNanos = nowNanos;
      if (leases != leasesThen) {
        leasesThen = leases;
        firstNanos = nowNanos;
        callers = 0;
      }
    }
    callers++;
  }

  /** How many callers have timed out since the last lease. */
  long inARow(long leases) {
    return leases == leasesThen ? callers : 0;
  }

  /** How long ago the first of these timed out; zero if there is none. */
  long forNanos(long leases, long nowNanos) {
    return leases == leasesThen ? Math.max(0, nowNanos - firstNanos) : 0;
  }

  /** The pool starts again: no caller has waited yet. */
  void forget() {
    leasesThen = -1;
    callers = 0;
  }
}

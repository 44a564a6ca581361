package dev.pools.connection;

/**
 * A caller that timed out holds leases of the same pool itself.
 *
 * @param held how many leases the thread has acquired and not closed
 * @param threads how many threads hold or want a connection
 * @param deadlock whether every leased connection is held by a thread that wants another
 */
record DeadlockFinding(int held, int threads, boolean deadlock) {

  /** What the user is told. */
  String advice() {
    return "%s %d and needs another: for n threads that need up to %d at a time, maxSize must be at least n x %d + 1 (that is %d for the %d that use the pool now). Raise it, or close a lease before the next acquire."
        .formatted(
            deadlock
                ? "This is a deadlock: all leases are held by threads that wait for another. This thread holds"
                : "This may be a deadlock with itself: this thread already holds",
            held,
            held + 1,
            held,
            (long) threads * held + 1,
            threads);
  }
}

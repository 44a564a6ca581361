package dev.pools.boot.advice;

/**
 * How many leases that were reported as leaked may still be out. A connection that the pool has
 * taken back since the last look, reclaimed or evicted, may be that of such a lease, so it excuses
 * one: of those that are out now, and until as many have ended. It excuses none that leaks later.
 */
final class LeaksOut {

  private long takenBackBefore;
  private long excused;

  /**
   * Counts them after a look.
   *
   * @param notReturned how many leases were reported as leaked and not closed since
   * @param takenBack how many connections the pool has taken back in its life
   */
  long next(long notReturned, long takenBack) {
    long fresh = takenBack - takenBackBefore;
    takenBackBefore = takenBack;
    excused = Math.max(0, Math.min(excused + fresh, notReturned));
    return Math.max(0, notReturned - excused);
  }
}

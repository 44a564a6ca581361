package dev.pools.task;

/**
 * Watches how long runs take and whether any end, by looking from time to time, so that no task
 * pays for a clock. A look compares each worker's count of taken tasks with the one before: the
 * same count is the same run. Written under the pool's lock, read by anyone.
 *
 * <p>A pool is stalled when each of its workers has a task, tasks are queued, and none has ended
 * for a while. A while is 3 s if all threads wait for something, and 30 s if one computes, and in
 * any case twice as long as the longest runs that have ended lately, so that long tasks are no
 * alarm.
 */
final class RunWatch {

  /** The first looks are so far apart, and those at old runs up to ten times as far. */
  static final long LOOK_NANOS = 100_000_000L;

  static final long WAITING_NANOS = 3_000_000_000L;
  static final long COMPUTING_NANOS = 30_000_000_000L;

  /** A run that was longer than this makes no later one normal. */
  private static final long LONGEST_USUAL_NANOS = 300_000_000_000L;

  private static final int QUIET_LOOKS = 2;
  private static final int MOST_STRETCH = 10;
  private static final int USUAL_DECAY = 64;

  private long lastTaken = -1;
  private int quietLooks;
  private long usualNanos;

  private volatile long lastEnded = -1;
  private volatile long stalledSinceNanos;
  private volatile boolean allWait;

  /** A look; whether the pool has been quiet, so that the next one can wait for a task. */
  boolean look(CrewReading now, boolean stalled, long longestEndedNanos, long nowNanos) {
    boolean progress = now.ended() != lastEnded;
    if (progress) {
      usualNanos -= usualNanos / USUAL_DECAY;
    }
    usualNanos = Math.min(LONGEST_USUAL_NANOS, Math.max(usualNanos, longestEndedNanos));
    if (progress || !stalled) {
      stalledSinceNanos = nowNanos;
      allWait = false;
    }
    lastEnded = now.ended();
    quietLooks = now.occupied == 0 && now.taken == lastTaken ? quietLooks + 1 : 0;
    lastTaken = now.taken;
    return quietLooks >= QUIET_LOOKS;
  }

  /** Begins anew. */
  void reset(long nowNanos) {
    lastTaken = -1;
    quietLooks = 0;
    stalledSinceNanos = nowNanos;
    allWait = false;
  }

  void allWait(boolean wait) {
    allWait = wait;
  }

  /** How long until the next look. */
  static long nextLookNanos(CrewReading now) {
    return Math.min(MOST_STRETCH * LOOK_NANOS, Math.max(LOOK_NANOS, now.longestRunNanos / 16));
  }

  /** How long none has ended, as far as looks have shown. */
  long stalledNanos(CrewReading now, boolean stalled, long nowNanos) {
    return stalled && now.ended() == lastEnded ? Math.max(0, nowNanos - stalledSinceNanos) : 0;
  }

  /** Whether that is too long. */
  boolean isTooLong(long stalledNanos) {
    return stalledNanos >= Math.max(allWait ? WAITING_NANOS : COMPUTING_NANOS, 2 * usualNanos);
  }
}

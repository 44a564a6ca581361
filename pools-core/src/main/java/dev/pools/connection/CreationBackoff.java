package dev.pools.connection;

import org.jspecify.annotations.Nullable;

/**
 * How the connections of one {@link Tenant} are created: how many at a time, and how soon again
 * after a failure. With {@link ArgumentMatching#ANY} there is one for the pool. Guarded by the
 * pool's lock.
 *
 * <p>After a failure there is one attempt at a time. From the start of one to the start of the next
 * there is a pause, drawn at random from the upper half of a bound that doubles with each failure
 * in a row: "equal jitter" in M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog,
 * 2015. The lower half bounds the rate: drawn from zero ("full jitter"), several pauses in a row
 * can be next to nothing.
 *
 * <p>While connections are in use, creations for callers in line do not start all at once: a
 * connection that comes back serves a caller sooner than a new one, and a burst of short uses is
 * over before the first new connection exists. The starts are spread over the time that one
 * creation takes, so as many connections are created in that time as if all had started together.
 */
final class CreationBackoff {

  private static final int MOST_DOUBLINGS = 30;

  /** After so many unfit connections in a row new connections are in doubt. */
  private static final int UNFIT_FOR_DOUBT = 2;

  /** The longest time from one start to the next: where uses are long, callers wait no longer. */
  private static final long LONGEST_LEAD_NANOS = 100_000_000;

  private final CreationLimits all;

  private int underway;

  /**
   * Whether the attempt underway began after a failure, and none has succeeded since: then it is
   * the only one.
   */
  private boolean doubtful;

  /** The life of the pool to which the failures belong. */
  private long life;

  private int failuresInARow;
  private long noAttemptBeforeNanos;
  private long begunNanos;
  private long tookNanos;
  private @Nullable Throwable lastFailure;
  private @Nullable Throwable failureBeforeSuccess;
  private long failedNanos;

  /** How many connections were found unfit since the last one passed its first check. */
  private int unfitInARow;

  /** Whether {@code onAcquire} has failed, and no new connection has passed it since. */
  private boolean preparationInDoubt;

  /** May be called without the lock. */
  CreationBackoff(CreationLimits all) {
    this.all = all;
  }

  /** How many attempts are underway and not overdue. */
  int underway() {
    return underway;
  }

  int failuresInARow() {
    forgetFormerLife();
    return failuresInARow;
  }

  /** Why the last attempt failed, if it did. */
  @Nullable Throwable lastFailure() {
    forgetFormerLife();
    return lastFailure;
  }

  /**
   * Why connections cannot be created, or could not at some time since then: a caller that has
   * waited that long has waited because of it, although the last attempt was a success.
   */
  @Nullable Throwable failureSince(long sinceNanos) {
    forgetFormerLife();
    if (lastFailure != null) {
      return lastFailure;
    }
    return failedNanos - sinceNanos >= 0 ? failureBeforeSuccess : null;
  }

  /** A check has found a connection unfit. */
  void unfit() {
    forgetFormerLife();
    unfitInARow++;
  }

  /** A connection has passed its first check: what the server grants is fit. */
  void passed() {
    unfitInARow = 0;
  }

  /**
   * A connection could not be prepared for a lease.
   *
   * @return whether this is the first one since a new connection could be
   */
  boolean unprepared(Throwable cause, long nowNanos) {
    forgetFormerLife();
    boolean isFirst = !preparationInDoubt;
    preparationInDoubt = true;
    failureBeforeSuccess = cause;
    failedNanos = nowNanos;
    return isFirst;
  }

  /** A connection was prepared for a lease for the first time. */
  void prepared() {
    preparationInDoubt = false;
  }

  /**
   * Whether a new connection must pass {@code onAcquire} before it belongs to the pool, so that a
   * hook that fails for each connection closes a few, and not one new connection after another.
   */
  boolean isPreparationInDoubt() {
    return failuresInARow() > 0 || preparationInDoubt;
  }

  /**
   * Whether a new connection must pass a check before it belongs to the pool. One dead connection
   * says nothing about the next ones; two in a row may mean a server that accepts connections and
   * serves none.
   */
  boolean isInDoubt() {
    return failuresInARow() > 0 || unfitInARow >= UNFIT_FOR_DOUBT;
  }

  /**
   * Whether the pool must find out whether the server is back, although no caller asks: the last
   * attempt has failed, and no other is under way.
   */
  boolean owesProbe() {
    return failuresInARow() > 0 && underway == 0;
  }

  /** Ends the pause: the owner of the pool wants to know now whether connections can be created. */
  void pauseIsOver(long nowNanos) {
    noAttemptBeforeNanos = nowNanos;
    all.pauseUntil(nowNanos);
  }

  /** Whether another attempt may begin now. */
  boolean mayBegin(long nowNanos) {
    return failuresInARow() == 0
        ? hasShare() && all.hasRoom()
        : hasShare() && all.hasRoomForDoubtful() && nowNanos - noAttemptBeforeNanos >= 0;
  }

  /** Whether this tenant has fewer attempts underway than it may have. */
  boolean hasShare() {
    return failuresInARow() == 0 ? underway < all.shareOfOne() : underway == 0;
  }

  /** Whether its last failure is so long ago that it need not be remembered for its own sake. */
  boolean isForgotten(long nowNanos) {
    return failuresInARow() == 0
        || nowNanos - failedNanos >= 2 * Math.min(all.longestPauseNanos(), Long.MAX_VALUE / 4);
  }

  /** How long the pause still lasts; zero if there is none. */
  long pauseNanos(long nowNanos) {
    return failuresInARow() == 0 || underway > 0 ? 0 : Math.max(0, noAttemptBeforeNanos - nowNanos);
  }

  /** How long a creation must wait for a caller that a connection in use may serve instead. */
  long leadNanos(long nowNanos) {
    if (underway == 0) {
      return 0;
    }
    long lead = Math.min(tookNanos / all.maxConcurrent(), LONGEST_LEAD_NANOS);
    return Math.max(0, lead - (nowNanos - begunNanos));
  }

  void begun(long nowNanos) {
    forgetFormerLife();
    underway++;
    doubtful = failuresInARow > 0;
    all.begun(this, doubtful);
    begunNanos = nowNanos;
  }

  /** An attempt is overdue, and does not count as underway any more. */
  void overdue() {
    underway--;
    all.ended(doubtful);
    doubtful = false;
  }

  /**
   * A connection has been created, and has passed its first check if it needs one.
   *
   * @return how many attempts had failed in a row before it
   */
  int succeeded(boolean wasOverdue, long itTookNanos) {
    if (!wasOverdue) {
      overdue();
    }
    all.succeeded();
    if (doubtful) {
      // It came late, and another attempt is underway, which others may join from now on.
      all.trust();
      doubtful = false;
    }
    tookNanos = itTookNanos;
    int failedBefore = failuresInARow();
    failuresInARow = 0;
    if (lastFailure != null) {
      failureBeforeSuccess = lastFailure;
      lastFailure = null;
    }
    return failedBefore;
  }

  /**
   * An attempt has failed, or is overdue.
   *
   * @param sinceNanos when the pause starts
   */
  void failed(Throwable cause, long sinceNanos, long nowNanos) {
    forgetFormerLife();
    failuresInARow++;
    lastFailure = cause;
    failedNanos = nowNanos;
    int doublings = Math.min(failuresInARow - 1, MOST_DOUBLINGS);
    long initial = all.initialPauseNanos();
    long longest = all.longestPauseNanos();
    long bound = initial > longest >> doublings ? longest : initial << doublings;
    long pause = bound - all.drawNanos(bound / 2);
    noAttemptBeforeNanos = sinceNanos + pause;
    all.failed(cause, noAttemptBeforeNanos);
  }

  /** A new start forgets old failures. */
  private void forgetFormerLife() {
    if (life != all.life()) {
      life = all.life();
      failuresInARow = 0;
      unfitInARow = 0;
      preparationInDoubt = false;
      lastFailure = null;
      failureBeforeSuccess = null;
    }
  }
}

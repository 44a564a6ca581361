package dev.pools.connection;

import org.jspecify.annotations.Nullable;

/**
 * How the connections of one {@link Tenant} are made: how many at a time, and how soon again after
 * a failure. With {@link ArgumentMatching#ANY} there is one for the pool. Guarded by the pool's
 * lock.
 *
 * <p>After a failure one attempt is made at a time, and from the beginning of one to that of the
 * next there is a pause, drawn at random from the upper half of a bound that doubles with each
 * failure in a row: "equal jitter" in M. Brooker, "Exponential Backoff And Jitter", AWS
 * Architecture Blog, 2015. The lower half is what bounds the rate: drawn from zero ("full jitter"),
 * several pauses in a row can be next to nothing.
 *
 * <p>While connections are in use, those for callers in line are not begun all at once: one that
 * comes back serves a caller sooner than a new one, and a burst of short uses is over before the
 * first new one is there. Spread over the time that one takes, as many are made in that time as if
 * they were begun together.
 */
final class CreationBackoff {

  private static final int MOST_DOUBLINGS = 30;

  /** From how many unfit connections in a row on new ones are in doubt. */
  private static final int UNFIT_FOR_DOUBT = 2;

  /** The longest that one waits for the one before it to get ahead: who uses long should not. */
  private static final long LONGEST_LEAD_NANOS = 100_000_000;

  private final CreationLimits all;
  private final long initialPauseNanos;
  private final long longestPauseNanos;

  private int underway;

  /** Whether the attempt underway began after a failure. */
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

  /** How many connections have turned out to be unfit since the last one passed its first check. */
  private int unfitInARow;

  /** Whether {@code onAcquire} has failed, and no new connection has passed it since. */
  private boolean preparationInDoubt;

  /** May be called without the lock. */
  CreationBackoff(CreationLimits all) {
    this.all = all;
    this.initialPauseNanos = all.initialPauseNanos();
    this.longestPauseNanos = all.longestPauseNanos();
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
   * Why connections cannot be made, or could not at some time since: who has waited that long has
   * waited because of it, though the last attempt was a success.
   */
  @Nullable Throwable failureSince(long sinceNanos) {
    forgetFormerLife();
    if (lastFailure != null) {
      return lastFailure;
    }
    return failedNanos - sinceNanos >= 0 ? failureBeforeSuccess : null;
  }

  /** A connection has turned out to be unfit. */
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
   * hook which fails for each connection closes a few and does not have one after another created.
   */
  boolean isPreparationInDoubt() {
    return failuresInARow() > 0 || preparationInDoubt;
  }

  /**
   * Whether a new connection must pass a check before it belongs to the pool. One that has died
   * says nothing about those that are created after it; two in a row may mean a server that accepts
   * connections and serves none.
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

  /** Ends the pause: somebody wants to know now whether connections can be created. */
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
        || nowNanos - failedNanos >= 2 * Math.min(longestPauseNanos, Long.MAX_VALUE / 4);
  }

  /** How long until an attempt may begin, if only the pause is in its way; zero if it is not. */
  long pauseNanos(long nowNanos) {
    return failuresInARow() == 0 || underway > 0 ? 0 : Math.max(0, noAttemptBeforeNanos - nowNanos);
  }

  /** How long until one may begin for a caller whom a connection in use may serve instead. */
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
   * @param sinceNanos from when on the pause counts
   */
  void failed(Throwable cause, long sinceNanos, long nowNanos) {
    forgetFormerLife();
    failuresInARow++;
    lastFailure = cause;
    failedNanos = nowNanos;
    int doublings = Math.min(failuresInARow - 1, MOST_DOUBLINGS);
    long bound =
        initialPauseNanos > longestPauseNanos >> doublings
            ? longestPauseNanos
            : initialPauseNanos << doublings;
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

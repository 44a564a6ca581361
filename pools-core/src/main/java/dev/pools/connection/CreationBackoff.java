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
 * can be next to nothing. Attempts that were underway together fail together: only the first of
 * these failures doubles the bound. Otherwise one event that ends four attempts would make callers
 * wait as long as four events one after another.
 *
 * <p>While connections are in use, creations for callers in line do not start all at once: a
 * connection that comes back serves a caller sooner than a new one, and a burst of short uses is
 * over before the first new connection exists. The starts are spread over the time that one
 * creation takes, so as many connections are created in that time as if all had started together.
 *
 * <p>A creation that succeeds is no proof that its connection is of any use: the reset or the first
 * use of each may fail. So a series of young connections that are lost after their first lease has
 * the same pauses, although no creation has failed:
 *
 * <ol>
 *   <li>Of the connections that exist when one is lost, no other one counts: the same event may
 *       have killed them. So each loss that counts is that of a connection that was created after
 *       the last one was lost.
 *   <li>Only young connections count. If all places lose their connections at a greater age, one
 *       after another, that costs no more creations than the longest pauses allow.
 *   <li>{@link #LOSSES_FOR_PAUSES} in a row begin the pauses. If one use in ten breaks its
 *       connection, and this is no fault of the connections, so many in a row are one case in
 *       100,000.
 *   <li>A connection that was created since the series began, and was returned properly, ends it,
 *       and with it the pauses: it is leased a second time, or was closed later for a reason that
 *       is no loss. This is looked up when it matters, or when the connection is closed, so leases
 *       do nothing for it. A connection that is older says nothing about new ones. Time without a
 *       loss ends it, too: longer than a pause and the life of a young connection take together.
 * </ol>
 */
final class CreationBackoff {

  private static final int MOST_DOUBLINGS = 30;

  /** After so many losses in a row there are pauses between creations. */
  static final int LOSSES_FOR_PAUSES = 5;

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

  /** Whether the attempt that ended last was {@link #doubtful}; the others were underway before. */
  private boolean endedWasDoubtful;

  /** The life of the pool to which the failures belong. */
  private long life;

  private int failuresInARow;

  /** How many pauses they have begun. */
  private int pausesInARow;

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

  // Connections that were lost after their first lease.
  private int lossesInARow;

  /** When the series ends if there is no further loss: that of a young connection is overdue. */
  private long seriesEndsNanos;

  /** The number of the last place that there was when the series began. */
  private long seriesSince;

  /** As {@link #seriesSince}, of the last loss that counts. */
  private long lossesUpTo;

  /** In a series: why creations pause; null if there was no memory to say so. */
  private @Nullable Throwable whyPaused;

  /** In a series: when the next creation may begin. */
  private long noneAfterLossBeforeNanos;

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
    if (isLosing()) {
      return whyPaused;
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

  /**
   * A connection was lost after its first lease.
   *
   * @param number of its place
   * @param lastNumber of the last place that there is
   * @param youngNanos a connection of this age does not count any more
   * @return how many were lost in a row; zero if this one does not count
   */
  int lost(long number, long lastNumber, long ageNanos, long youngNanos, long nowNanos) {
    forgetFormerLife();
    if (ageNanos >= youngNanos) {
      return 0;
    }
    forgetLongAgo(nowNanos);
    if (lossesInARow > 0 && all.isAnyLeasedAgain(this, seriesSince)) {
      lossesInARow = 0;
    }
    if (lossesInARow == 0) {
      seriesSince = lastNumber;
    } else if (number <= lossesUpTo) {
      return 0;
    }
    lossesInARow++;
    lossesUpTo = lastNumber;
    seriesEndsNanos = nowNanos + 2 * Math.min(youngNanos, Long.MAX_VALUE / 4);
    pauseAfterLosses();
    return lossesInARow;
  }

  /** A connection is closed that was returned properly before. */
  void returnedBefore(long number) {
    if (number > seriesSince) {
      lossesInARow = 0;
    }
  }

  /** Creations pause although none has failed: this is why a caller waits. */
  void paused(Throwable cause, long nowNanos) {
    whyPaused = cause;
    failureBeforeSuccess = cause;
    failedNanos = nowNanos;
  }

  /** In a series there is a pause from the start of one creation to the start of the next. */
  private void pauseAfterLosses() {
    if (lossesInARow >= LOSSES_FOR_PAUSES) {
      noneAfterLossBeforeNanos = begunNanos + drawPause(lossesInARow - LOSSES_FOR_PAUSES);
    }
  }

  private void forgetLongAgo(long nowNanos) {
    if (lossesInARow > 0 && nowNanos - seriesEndsNanos >= 0) {
      lossesInARow = 0;
    }
  }

  /** Whether new connections are lost one after another. */
  private boolean isLosing(long nowNanos) {
    forgetLongAgo(nowNanos);
    return isLosing();
  }

  private boolean isLosing() {
    forgetFormerLife();
    if (lossesInARow < LOSSES_FOR_PAUSES) {
      return false;
    }
    if (all.isAnyLeasedAgain(this, seriesSince)) {
      lossesInARow = 0;
    }
    return lossesInARow > 0;
  }

  /** Whether another attempt may begin now. */
  boolean mayBegin(long nowNanos) {
    if (isLosing(nowNanos) && nowNanos - noneAfterLossBeforeNanos < 0) {
      return false;
    }
    return failuresInARow() == 0
        ? hasShare() && all.hasRoom()
        : hasShare() && all.hasRoomForDoubtful() && nowNanos - noAttemptBeforeNanos >= 0;
  }

  /** Whether this tenant has fewer attempts underway than it may have. */
  boolean hasShare() {
    boolean isTrusted = failuresInARow() == 0 && !isLosing();
    return isTrusted ? underway < all.shareOfOne() : underway == 0;
  }

  /** Whether its last failure or loss is so long ago that it need not be remembered for that. */
  boolean isForgotten(long nowNanos) {
    long enough = 2 * Math.min(all.longestPauseNanos(), Long.MAX_VALUE / 4);
    return (failuresInARow() == 0 || nowNanos - failedNanos >= enough)
        && (lossesInARow == 0 || nowNanos - seriesEndsNanos >= 0);
  }

  /** How long the pause still lasts; zero if there is none. */
  long pauseNanos(long nowNanos) {
    if (underway > 0) {
      return 0;
    }
    long afterFailure = failuresInARow() == 0 ? 0 : noAttemptBeforeNanos - nowNanos;
    long afterLosses = isLosing(nowNanos) ? noneAfterLossBeforeNanos - nowNanos : 0;
    return Math.max(0, Math.max(afterFailure, afterLosses));
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
    pauseAfterLosses();
  }

  /** An attempt is overdue, and does not count as underway any more. */
  void overdue() {
    underway--;
    all.ended(doubtful);
    endedWasDoubtful = doubtful;
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
   * An attempt has failed, or is overdue. Follows {@link #overdue}.
   *
   * @param sinceNanos when the pause starts
   */
  void failed(Throwable cause, long sinceNanos, long nowNanos) {
    forgetFormerLife();
    boolean isFirst = failuresInARow == 0;
    if (isFirst || endedWasDoubtful) {
      pausesInARow = isFirst ? 1 : pausesInARow + 1;
      noAttemptBeforeNanos = sinceNanos + drawPause(pausesInARow - 1);
    }
    failuresInARow++;
    lastFailure = cause;
    failedNanos = nowNanos;
    all.failed(cause, noAttemptBeforeNanos);
  }

  private long drawPause(int pausesBefore) {
    int doublings = Math.min(pausesBefore, MOST_DOUBLINGS);
    long initial = all.initialPauseNanos();
    long longest = all.longestPauseNanos();
    long bound = initial > longest >> doublings ? longest : initial << doublings;
    return bound - all.drawNanos(bound / 2);
  }

  /** A new start forgets old failures. */
  private void forgetFormerLife() {
    if (life != all.life()) {
      life = all.life();
      failuresInARow = 0;
      lossesInARow = 0;
      unfitInARow = 0;
      preparationInDoubt = false;
      lastFailure = null;
      failureBeforeSuccess = null;
      whyPaused = null;
    }
  }
}

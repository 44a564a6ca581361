package dev.pools.connection;

/** Why a connection was closed. */
public enum RetireReason {
  /** It had reached its {@code maxLife}. */
  MAX_LIFE,
  /** It had been idle for {@code idleTimeout}. */
  IDLE,
  /** It had been used {@code maxUses} times. */
  MAX_USES,
  /** Its health check found it unhealthy, failed, or took too long. */
  UNHEALTHY,
  /** Its user has invalidated it. */
  INVALIDATED,
  /** A use of it failed in a way in which only broken connections fail ({@code brokenWhen}). */
  BROKEN,
  /**
   * Its reset after a lease failed, or took too long ({@code onReturn}, or closing the statements
   * that its user left open).
   */
  RESET_FAILED,
  /** Its preparation failed, or took too long ({@code onCreate}, {@code onAcquire}). */
  PREPARATION_FAILED,
  /**
   * It existed when the pool was told to replace all its connections ({@code softEvict}), or it was
   * leased when the pool was told to replace it ({@code evictLease}, {@code revokeLease}).
   */
  EVICTED,
  /** The pool has reclaimed its lease, which had been out for too long or was forgotten. */
  RECLAIMED,
  /** It was idle, and its place was needed for a connection with other arguments. */
  DISPLACED,
  /** The pool has become smaller. */
  RESIZED,
  /** The pool was stopped. */
  STOPPED,
  /** The factory delivered it after {@code createTimeout}. */
  LATE;

  /** Whether another connection takes the place of one that was closed for this reason. */
  boolean isReplaced() {
    return switch (this) {
      case MAX_LIFE,
          MAX_USES,
          UNHEALTHY,
          INVALIDATED,
          BROKEN,
          RESET_FAILED,
          PREPARATION_FAILED,
          EVICTED,
          RECLAIMED ->
          true;
      case IDLE, DISPLACED, RESIZED, STOPPED, LATE -> false;
    };
  }

  /**
   * Whether the connection was lost, because something was wrong with it or with what the pool does
   * to it between two leases.
   */
  boolean isLoss() {
    return switch (this) {
      case UNHEALTHY, INVALIDATED, BROKEN, RESET_FAILED, PREPARATION_FAILED -> true;
      case MAX_LIFE, IDLE, MAX_USES, EVICTED, RECLAIMED, DISPLACED, RESIZED, STOPPED, LATE -> false;
    };
  }

  /** Whether the other connections may be dead for the same reason. */
  boolean saysMoreMayBeDead() {
    return switch (this) {
      case UNHEALTHY, INVALIDATED, BROKEN -> true;
      case MAX_LIFE,
          IDLE,
          MAX_USES,
          RESET_FAILED,
          PREPARATION_FAILED,
          EVICTED,
          RECLAIMED,
          DISPLACED,
          RESIZED,
          STOPPED,
          LATE ->
          false;
    };
  }
}

package dev.pools.connection;

/** Why a connection was closed. */
public enum RetireReason {
  /** It had reached its {@code maxLife}. */
  MAX_LIFE,
  /** It had been idle for {@code idleTimeout}. */
  IDLE,
  /** It had been used {@code maxUses} times. */
  MAX_USES,
  /** Its health check said so, failed, or took too long. */
  UNHEALTHY,
  /** Its user said so. */
  INVALIDATED,
  /** A use of it failed in a way that only a broken connection fails ({@code brokenWhen}). */
  BROKEN,
  /** Its reset after a lease failed, or took too long ({@code onReturn}). */
  RESET_FAILED,
  /** Its preparation for a lease failed, or took too long ({@code onAcquire}). */
  PREPARATION_FAILED,
  /** It was there when the pool was asked to replace all its connections ({@code softEvict}). */
  EVICTED,
  /** Its lease had been out for too long, or forgotten, so that the pool has taken it back. */
  RECLAIMED,
  /** It was idle, and its place was needed for one made with other arguments. */
  DISPLACED,
  /** The pool had become smaller. */
  RESIZED,
  /** The pool was stopped. */
  STOPPED,
  /** It came after its {@code createTimeout}. */
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

  /** Whether what has killed this connection may have killed the others, too. */
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

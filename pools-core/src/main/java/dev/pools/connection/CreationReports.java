package dev.pools.connection;

import dev.pools.internal.Faults;
import dev.pools.internal.RareReports;
import java.time.Duration;

/** What an operator reads about failures to create connections. */
final class CreationReports {

  private CreationReports() {}

  /**
   * An attempt has failed.
   *
   * @param isFirst whether it is the first of a series; the following ones say nothing new
   */
  static void failed(String pool, boolean isFirst, Throwable cause) {
    if (isFirst) {
      Faults.warn(
          CreationReports.class,
          cause,
          "Pool '{}' cannot create a connection. It tries again, with growing pauses, and logs the"
              + " failures that follow at DEBUG",
          pool);
    } else {
      Faults.debug(CreationReports.class, cause, "Pool '{}' cannot create a connection", pool);
    }
  }

  /**
   * An attempt has failed while the start of the pool waits for its first connections.
   *
   * @param pause until the next attempt at the earliest
   */
  static void startWaits(
      String pool, StartReport start, int attempt, Duration pause, Throwable cause) {
    Faults.warn(
        CreationReports.class,
        null,
        "Pool '{}' waits for its first connections, {}. Attempt {} failed: {}. The next one follows"
            + " in {}",
        pool,
        start.describe(),
        attempt,
        Faults.describe(cause),
        pause);
    Faults.debug(CreationReports.class, cause, "Pool '{}' cannot create a connection", pool);
  }

  /**
   * A connection could not be prepared for a lease.
   *
   * @param isFirst whether it is the first of a series; the following ones say nothing new
   */
  static void notPrepared(String pool, boolean isFirst, Throwable cause) {
    if (isFirst) {
      Faults.warn(
          CreationReports.class,
          cause,
          "Pool '{}' closes a connection because onAcquire failed for it. Until a new connection"
              + " passes onAcquire, each must pass it as part of its creation, and the pool logs"
              + " what follows at DEBUG",
          pool);
    } else {
      Faults.debug(
          CreationReports.class,
          cause,
          "Pool '{}' closes a connection because onAcquire failed for it",
          pool);
    }
  }

  /** Notes why creations pause, for callers that time out meanwhile. */
  static void notePauses(
      CreationBackoff creation, String pool, int losses, RetireReason reason, long nowNanos) {
    creation.paused(new LostConnectionsException(pool, losses, reason), nowNanos);
  }

  /** New connections are lost one after another, and creations pause. */
  static void losing(String pool, int losses, RetireReason reason, RareReports reports) {
    reports.warn(
        CreationReports.class,
        null,
        "Pool '{}': the last {} new connections in a row were closed after their first lease, the"
            + " last of them as {}. Until one is leased a second time, they are created one at a"
            + " time, with growing pauses (backoff). Find out why: {} says what failed",
        pool,
        losses,
        reason,
        whatSays(reason));
  }

  private static String whatSays(RetireReason reason) {
    return switch (reason) {
      case RESET_FAILED -> "the warning about onReturn";
      case PREPARATION_FAILED -> "the warning about onAcquire";
      case UNHEALTHY -> "the health checker";
      case BROKEN -> "brokenWhen";
      default -> "the code that invalidates them";
    };
  }

  /** An attempt has succeeded after others had failed. */
  static void recovered(String pool, int failedBefore) {
    Faults.info(
        CreationReports.class,
        "Pool '{}' can create connections again, after {} in a row",
        pool,
        Faults.count(failedBefore, "failed attempt"));
  }
}

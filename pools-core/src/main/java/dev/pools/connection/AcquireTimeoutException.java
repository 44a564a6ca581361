package dev.pools.connection;

import dev.pools.internal.Faults;
import java.io.Serial;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when a caller times out. The cause is the last failure to create a connection, if creation
 * failed while the caller waited. The message names the threads that have held a connection for
 * longest. If the caller blocks, and its thread holds other leases of the same pool, the message
 * says so, and how large the pool must be to rule out a deadlock.
 */
public final class AcquireTimeoutException extends ConnectionPoolException {

  @Serial private static final long serialVersionUID = 1L;

  private final int held;

  AcquireTimeoutException(
      ConnectionPoolStats stats,
      List<LeaseInfo> oldest,
      Duration waited,
      @Nullable Throwable lastFailure,
      int failures,
      @Nullable DeadlockFinding nested,
      Duration closeTimeout,
      int callsWithoutThread,
      boolean hasStack) {
    super(
        message(stats, waited, lastFailure, failures, nested, closeTimeout, callsWithoutThread)
            + holders(oldest),
        lastFailure,
        hasStack);
    this.held = nested == null ? 0 : nested.held();
  }

  /** With a short text, for when there is no memory for more. */
  AcquireTimeoutException(String pool) {
    super(
        "No connection became available in time, in pool ".concat(pool).concat("."),
        null,
        /* hasStack= */ false);
    this.held = 0;
  }

  /**
   * How many leases of the same pool the thread held that timed out, without those that it got from
   * a future; 0 if it did not block.
   */
  public int held() {
    return held;
  }

  private static String message(
      ConnectionPoolStats stats,
      Duration waited,
      @Nullable Throwable lastFailure,
      int failures,
      @Nullable DeadlockFinding nested,
      Duration closeTimeout,
      int callsWithoutThread) {
    String cure = cure(stats, lastFailure, failures, nested, closeTimeout, callsWithoutThread);
    return "No connection of pool '%s' became available within %s: %d in use, %d idle, %d being checked, %d being created, %d being closed, at most %d; %s. %s"
        .formatted(
            stats.name(),
            waited,
            stats.inUse(),
            stats.idle(),
            stats.checking(),
            stats.creating(),
            stats.closing(),
            stats.maxSize(),
            Faults.count(stats.waiting(), "other waits", "others wait"),
            cure);
  }

  /** Who has held the connections for longest. */
  private static String holders(List<LeaseInfo> oldest) {
    if (oldest.isEmpty()) {
      return "";
    }
    return oldest.stream()
        .map(
            lease ->
                "'%s' for %s%s"
                    .formatted(
                        Faults.describeObject(lease.thread()),
                        lease.isAgeExact() ? "" : "at least ",
                        lease.age().truncatedTo(ChronoUnit.MILLIS)))
        .collect(Collectors.joining(", ", " Leased for longest by thread ", "."));
  }

  private static String cure(
      ConnectionPoolStats stats,
      @Nullable Throwable lastFailure,
      int failures,
      @Nullable DeadlockFinding nested,
      Duration closeTimeout,
      int callsWithoutThread) {
    if (stats.state() == ConnectionPoolStats.State.SUSPENDED) {
      return "The pool is suspended and leases nothing. Resume it.";
    }
    if (lastFailure != null && failures == 0) {
      return "Connections could not be created while the caller waited, and can be created again: "
          + Faults.describe(lastFailure);
    }
    if (lastFailure != null) {
      return "Connections cannot be created, %s failed: %s"
          .formatted(
              Faults.count(failures, "attempt has", "attempts in a row have"),
              Faults.describe(lastFailure));
    }
    if (callsWithoutThread > 0) {
      return "The pool's executor has not started %d of the pool's calls: its threads are busy, maybe with tasks that wait for this pool. Give the pool an executor of its own, or set none."
          .formatted(callsWithoutThread);
    }
    if (stats.closing() > 0
        && stats.closing() >= stats.inUse()
        && stats.size() + stats.creating() + stats.closing() >= stats.maxSize()) {
      return "Connections that are being closed hold %d of the pool's %s. Find out why the cleaner does not return, or lower closeTimeout (%s), after which the pool gives it up."
          .formatted(
              stats.closing(), Faults.count(stats.maxSize(), "place", "places"), closeTimeout);
    }
    if (stats.size() == 0 && stats.creating() > 0) {
      return "Connections are being created, but the factory has not delivered one. Check the server, or raise acquireTimeout.";
    }
    return nested == null
        ? "Release connections sooner, or raise maxSize or acquireTimeout."
        : nested.advice();
  }
}

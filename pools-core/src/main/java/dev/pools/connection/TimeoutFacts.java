package dev.pools.connection;

import dev.pools.internal.Durations;
import dev.pools.internal.Faults;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is known when a caller times out, and the message that follows from it. The message calls
 * user code.
 *
 * @param stats the pool as it is now
 * @param oldest the leases that have been out for longest
 * @param waited how long the caller has waited
 * @param lastFailure why connections cannot be created, or could not at some time while the caller
 *     waited; null if they could
 * @param failures how many attempts to create one have failed in a row
 * @param nested what is known if the caller holds leases itself; null if it holds none
 * @param closeTimeout how long closing a connection may take
 * @param callsWithoutThread how many calls the pool's executor has not started
 */
record TimeoutFacts(
    ConnectionPoolStats stats,
    List<LeaseInfo> oldest,
    Duration waited,
    @Nullable Throwable lastFailure,
    int failures,
    @Nullable DeadlockFinding nested,
    Duration closeTimeout,
    int callsWithoutThread) {

  /** What has happened, the numbers, and what to do about it. */
  String message() {
    return "No connection of pool '%s' became available within %s: %d in use, %d idle, %d being checked, %d being created, %d being closed, at most %d; %s. %s%s"
        .formatted(
            stats.name(),
            Durations.text(waited),
            stats.inUse(),
            stats.idle(),
            stats.checking(),
            stats.creating(),
            stats.closing(),
            stats.maxSize(),
            Faults.count(stats.waiting(), "other waits", "others wait"),
            cure(),
            holders());
  }

  /** How many leases the thread of the caller holds. */
  int held() {
    return nested == null ? 0 : nested.held();
  }

  /** Who has held the connections for longest. */
  private String holders() {
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
                        Durations.text(lease.age())))
        .collect(Collectors.joining(", ", " Leased for longest by thread ", "."));
  }

  private String cure() {
    if (stats.state() == ConnectionPoolStats.State.SUSPENDED) {
      return "The pool is suspended and leases nothing. Resume it.";
    }
    if (lastFailure instanceof LostConnectionsException lost) {
      return lost.advice();
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
              stats.closing(),
              Faults.count(stats.maxSize(), "place", "places"),
              Durations.text(closeTimeout));
    }
    if (stats.size() == 0 && stats.creating() > 0) {
      return "Connections are being created, but the factory has not delivered one. Check the server, or raise acquireTimeout.";
    }
    return nested == null
        ? "Release connections sooner, or raise maxSize or acquireTimeout."
        : nested.advice();
  }
}

package dev.pools.connection;

import dev.pools.internal.Faults;
import java.util.List;

/**
 * What an operator does with the leases that are out: lists them, has the connection of one
 * replaced, or ends one.
 */
final class LeaseControl<T> {

  private final ConnectionCore<T> core;
  private final Retirement<T> retirement;
  private final Matcher<T> matcher;

  LeaseControl(ConnectionCore<T> core, Retirement<T> retirement, Matcher<T> matcher) {
    this.core = core;
    this.retirement = retirement;
    this.matcher = matcher;
  }

  /** All leases that are out, oldest first. */
  List<LeaseInfo> leases() {
    List<OpenLeases.Reading> found;
    long now;
    core.enter();
    try {
      now = core.time.nanoTime();
      found = core.openLeases.read(now);
      // What is seen today is known to be that old tomorrow.
      core.openLeases.areOutSince(now);
    } finally {
      core.leave();
    }
    return OpenLeases.describe(found, now, Integer.MAX_VALUE);
  }

  /** Has the connection of a lease closed when the lease ends; returns whether the lease is out. */
  boolean evictLease(String id) {
    core.enter();
    try {
      OpenLeases.Out<T> lease = core.openLeases.withId(id);
      if (lease == null || !lease.slot().markLease(lease.epoch())) {
        return false;
      }
      core.evictions.evict(lease.slot());
      return true;
    } finally {
      core.leave();
    }
  }

  /** Ends a lease, and closes its connection; returns whether the lease was out. */
  boolean revokeLease(String id) {
    core.enter();
    try {
      OpenLeases.Out<T> lease = core.openLeases.withId(id);
      if (lease == null || !lease.slot().seize(lease.epoch())) {
        return false;
      }
      // Its user may still use it: also if there is no memory to close it now, no other gets it.
      core.evictions.evict(lease.slot());
      retirement.takeBack(lease.slot(), RetireReason.EVICTED);
      core.decisions.tell(
          () ->
              Faults.warn(
                  LeaseControl.class,
                  null,
                  "Pool '{}' has ended lease {} on request, and closes its connection",
                  core.name(),
                  id));
      matcher.match();
      return true;
    } finally {
      core.leave();
    }
  }
}

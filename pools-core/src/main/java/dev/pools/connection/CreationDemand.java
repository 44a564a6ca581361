package dev.pools.connection;

import dev.pools.internal.Time;
import org.jspecify.annotations.Nullable;

/**
 * Decides how many connections are created, and when: for the callers in line, for {@code minSize},
 * and to find out whether a server is back. Guarded by the pool's lock.
 */
final class CreationDemand<T> {

  private final ConnectionCore<T> core;
  private final WaiterOutcomes<T> outcomes;
  private final StartProgress<T> start;
  private final CreationResults<T> results;
  private final ConnectionCreator<T> creator;

  private Time.@Nullable Timer retryTimer;

  private long retryNanos;

  CreationDemand(
      ConnectionCore<T> core,
      WaiterOutcomes<T> outcomes,
      StartProgress<T> start,
      CreationResults<T> results,
      ConnectionCreator<T> creator) {
    this.core = core;
    this.outcomes = outcomes;
    this.start = start;
    this.results = results;
    this.creator = creator;
  }

  /** Creates connections for the callers in line and for {@code minSize}, as far as is allowed. */
  void replenish(long now) {
    if (core.tenants.standard().takeOwedRefusals() || core.creation.pauseNanos(now) > 0) {
      outcomes.refuseAllIfDown(core.tenants.standard());
    }
    while (needsAnother()
        && mayCreate(core.tenants.standard(), core.slots.total() < core.maxSize, now)) {
      Waiter<T> forWhom = core.line.behind(core.onTheirWay());
      if (forWhom != null && awaitsLead(forWhom.tenant, now)) {
        return;
      }
      if (forWhom == null) {
        createUnasked();
      } else {
        creator.create(forWhom.spec(), /* upkeep= */ false);
      }
    }
  }

  private boolean needsAnother() {
    return core.line.size() > core.onTheirWay() || isBelowMinimum() || owesProbe();
  }

  private boolean isBelowMinimum() {
    return core.slots.size() + core.creations.underway() < core.minSize;
  }

  /**
   * Creates connections for {@code minSize}, as many as there is room for. A place that is kept for
   * callers whose last attempt failed is no room for others.
   */
  void keepUp(int room, long now) {
    int left = room;
    boolean isKept = false;
    while (!isKept && isBelowMinimum()) {
      ConnectionSpec next = nextForUpkeep(now);
      if (next == null) {
        return;
      }
      isKept = left > 0 && left <= core.nextArguments.keptFrom(next);
      if (!isKept) {
        if (!mayCreate(next.tenant(), left > 0, now)) {
          return;
        }
        creator.create(next, /* upkeep= */ !core.nextArguments.isWanted(next));
        core.nextArguments.take(next);
        left--;
      }
    }
    if (!isKept) {
      core.nextArguments.minimumIsReached();
    }
    // An attempt with the arguments of one tenant says nothing about the arguments of others.
    if (owesProbe() && mayCreate(core.tenants.standard(), left > 0, now)) {
      creator.create(results.probeWith, /* upkeep= */ false);
    }
  }

  /**
   * Whether the pool must try although no caller asks for a connection, to learn that the server is
   * back. A call of the factory that is overdue still is an attempt.
   */
  private boolean owesProbe() {
    if (!core.creation.owesProbe()) {
      return false;
    }
    for (Slot<T> slot : core.slots.all()) {
      if (slot.state() == Slot.State.CREATING) {
        return false;
      }
    }
    return core.slots.total() < core.maxSize;
  }

  /** As {@link #owesProbe}, where earlier attempts hold all places and do not end. */
  void probeBesideHopeless() {
    long now = core.time.nanoTime();
    if (core.serves()
        && !core.matchesArguments
        && core.line.size() == 0
        && core.creation.owesProbe()
        && mayCreate(core.tenants.standard(), /* hasRoom= */ false, now)) {
      creator.create(results.probeWith, /* upkeep= */ false);
    }
  }

  /** Creates a connection for {@code minSize}, or to find out whether the server is back. */
  private void createUnasked() {
    if (isBelowMinimum()) {
      createForUpkeep();
    } else {
      creator.create(results.probeWith, /* upkeep= */ false);
    }
  }

  /**
   * The arguments of the next connection for {@code minSize}, of a tenant that may create one; null
   * if the pool must wait for one that may.
   */
  private @Nullable ConnectionSpec nextForUpkeep(long now) {
    for (ConnectionSpec wanted : core.nextArguments.wanted()) {
      if (wanted.tenant().creation.mayBegin(now)) {
        return wanted;
      }
    }
    boolean mustWait = false;
    for (ConnectionSpec next : core.nextArguments.all()) {
      if (!waitsForCaller(next)) {
        if (next.tenant().creation.mayBegin(now)) {
          return next;
        }
        mustWait = true;
        retryLater(next.tenant().creation.pauseNanos(now));
      }
    }
    return mustWait ? null : core.nextArguments.none();
  }

  /**
   * Whether the last attempt with these arguments has failed, so that only a caller or a start may
   * ask for another one: a wrong password that is tried again and again locks the account.
   */
  private boolean waitsForCaller(ConnectionSpec next) {
    return !next.arguments().isEmpty()
        && next.tenant().creation.failuresInARow() > 0
        && !start.isUnderWay();
  }

  private void createForUpkeep() {
    ConnectionSpec next = core.nextArguments.first();
    creator.create(next, /* upkeep= */ true);
    core.nextArguments.take(next);
  }

  /**
   * Whether the next creation has to wait for a moment, because a connection that is in use may
   * come back sooner.
   */
  boolean awaitsLead(Tenant<?> tenant, long now) {
    long leadNanos = core.slots.use().inUse() > 0 ? tenant.creation.leadNanos(now) : 0;
    retryLater(leadNanos);
    return leadNanos > 0;
  }

  /**
   * Whether a connection may be created now. If there is no room for this tenant, a creation that
   * has no hope loses its place.
   */
  boolean mayCreate(Tenant<?> tenant, boolean hasRoom, long now) {
    boolean takesPlace = hasRoom && creator.mayTakePlace(tenant);
    Slot<T> hopeless = takesPlace ? null : creator.hopeless();
    if (!takesPlace && hopeless == null) {
      return false;
    }
    if (!tenant.creation.mayBegin(now)) {
      retryLater(tenant.creation.pauseNanos(now));
      return false;
    }
    if (hopeless != null) {
      creator.giveUp(hopeless);
    }
    return true;
  }

  /** Looks at the line again after this time, unless the timer fires earlier. */
  void retryLater(long pauseNanos) {
    if (pauseNanos <= 0) {
      return;
    }
    long dueNanos = core.time.nanoTime() + pauseNanos;
    if (retryTimer != null && dueNanos - retryNanos >= 0) {
      return;
    }
    // First what may find no memory: then the timer that is set remains.
    Time.Timer next = core.later(pauseNanos, this::retry);
    cancelRetry();
    retryNanos = dueNanos;
    retryTimer = next;
  }

  void cancelRetry() {
    Time.cancel(retryTimer);
    retryTimer = null;
  }

  private void retry() {
    core.enter();
    try {
      retryTimer = null;
      core.rules().match();
      probeBesideHopeless();
    } finally {
      core.leave();
    }
  }
}

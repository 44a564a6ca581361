package dev.pools.connection;

import dev.pools.internal.Time;
import org.jspecify.annotations.Nullable;

/**
 * Decides how many connections are created, and when: for the callers in line, for the least number
 * of connections, and to find out whether a server is back. Guarded by the pool's lock.
 */
final class CreationDemand<T> {

  private final ConnectionCore<T> core;
  private final WaiterOutcomes<T> outcomes;
  private final CreationResults<T> results;
  private final ConnectionCreator<T> creator;

  private Time.@Nullable Timer retryTimer;

  private long retryNanos;

  CreationDemand(
      ConnectionCore<T> core,
      WaiterOutcomes<T> outcomes,
      CreationResults<T> results,
      ConnectionCreator<T> creator) {
    this.core = core;
    this.outcomes = outcomes;
    this.results = results;
    this.creator = creator;
  }

  /** Has connections made for those in line and for the least number, as far as may be. */
  void replenish(long now) {
    if (core.creation.pauseNanos(now) > 0) {
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
        creator.create(forWhom.wanted(), /* upkeep= */ false);
      }
    }
  }

  private boolean needsAnother() {
    return core.line.size() > core.onTheirWay() || isBelowMinimum() || owesProbe();
  }

  private boolean isBelowMinimum() {
    return core.slots.size() + core.creations.underway() < core.minSize;
  }

  /** Has connections made for the least number, in so many places. */
  void keepUp(int room, long now) {
    int left = room;
    while (isBelowMinimum()) {
      Wanted<T> next = nextForUpkeep(now);
      if (next == null || !mayCreate(next.tenant(), left > 0, now)) {
        return;
      }
      core.nextArguments.take(next);
      creator.create(next, /* upkeep= */ true);
      left--;
    }
    // An attempt with the arguments of one tenant says nothing about those of others.
    if (owesProbe() && mayCreate(core.tenants.standard(), left > 0, now)) {
      creator.create(results.probeWith, /* upkeep= */ false);
    }
  }

  /**
   * Whether an attempt must be made although no caller asks for a connection, so that the pool
   * learns that the server is back. A call of the factory that is overdue is an attempt still.
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

  /** As {@link #owesProbe}, where the attempts before take all places and do not end. */
  void probeBesideHopeless() {
    long now = core.time.nanoTime();
    if (core.serves()
        && !core.apart
        && core.line.size() == 0
        && core.creation.owesProbe()
        && mayCreate(core.tenants.standard(), /* hasRoom= */ false, now)) {
      creator.create(results.probeWith, /* upkeep= */ false);
    }
  }

  /** Has a connection made for the least number; or to find out whether the server is back. */
  private void createUnasked() {
    if (isBelowMinimum()) {
      createForUpkeep();
    } else {
      creator.create(results.probeWith, /* upkeep= */ false);
    }
  }

  /** What the next connection for the least number is made with: of a tenant that may make one. */
  private @Nullable Wanted<T> nextForUpkeep(long now) {
    if (core.nextArguments.isEmpty()) {
      return core.nextArguments.none();
    }
    for (Wanted<T> next : core.nextArguments.all()) {
      if (next.tenant().creation.mayBegin(now)) {
        return next;
      }
      retryLater(next.tenant().creation.pauseNanos(now));
    }
    return null;
  }

  private void createForUpkeep() {
    Wanted<T> given = core.nextArguments.poll();
    creator.create(given == null ? core.nextArguments.none() : given, /* upkeep= */ true);
  }

  /**
   * Whether the creation before has to get ahead first, because one in use may come back sooner.
   */
  boolean awaitsLead(Tenant<T> tenant, long now) {
    long leadNanos = core.slots.use().inUse() > 0 ? tenant.creation.leadNanos(now) : 0;
    retryLater(leadNanos);
    return leadNanos > 0;
  }

  /** Whether one may be made now; if there is no room, one that has no hope loses its place. */
  boolean mayCreate(Tenant<T> tenant, boolean hasRoom, long now) {
    Slot<T> hopeless = hasRoom ? null : creator.hopeless();
    if (!hasRoom && hopeless == null) {
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

  /** Has the line looked at again after this time, if the timer would fire later. */
  void retryLater(long pauseNanos) {
    if (pauseNanos <= 0) {
      return;
    }
    long dueNanos = core.time.nanoTime() + pauseNanos;
    if (retryTimer != null) {
      if (dueNanos - retryNanos >= 0) {
        return;
      }
      Time.cancel(retryTimer);
    }
    retryNanos = dueNanos;
    retryTimer = core.later(pauseNanos, this::retry);
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

package dev.pools.connection;

import org.jspecify.annotations.Nullable;

/**
 * Any connection serves any caller: {@link ArgumentMatching#ANY}. The first in line takes the
 * connection that was used last.
 */
final class AnyArgumentsMatcher<T> implements ArgumentsMatcher<T> {

  private final ConnectionCore<T> core;
  private final Retirement<T> retirement;
  private final WaiterOutcomes<T> outcomes;
  private final HealthChecks<T> checks;
  private final CreationDemand<T> demand;

  AnyArgumentsMatcher(
      ConnectionCore<T> core,
      Retirement<T> retirement,
      WaiterOutcomes<T> outcomes,
      HealthChecks<T> checks,
      CreationDemand<T> demand) {
    this.core = core;
    this.retirement = retirement;
    this.outcomes = outcomes;
    this.checks = checks;
    this.demand = demand;
  }

  @Override
  public void serve(long now) {
    for (Waiter<T> first = outcomes.firstAlive(now);
        first != null;
        first = outcomes.firstAlive(now)) {
      Slot<T> slot = core.slots.holdWarmest();
      if (slot == null) {
        break;
      }
      RetireReason spent = core.fitness.spent(slot, now);
      Slot<T> ready = spent == null ? checks.holdReady(slot, now) : null;
      if (spent != null) {
        retirement.retire(slot, spent);
      } else if (ready != null) {
        outcomes.grant(first, ready, now);
      } else if (slot.doubtful
          && core.slots.total() < core.maxSize
          && core.creation.mayBegin(now)) {
        // A new one is there sooner than this one can be known to be dead.
        slot.offer();
        break;
      } else if (core.slots.gettingReady() < core.line.size()) {
        checks.makeReady(slot, now);
      } else {
        slot.offer();
        break;
      }
    }
    demand.replenish(now);
  }

  @Override
  public void offerProven(Slot<T> slot, long now) {
    Waiter<T> first = core.serves() ? outcomes.firstAlive(now) : null;
    boolean isForLater = core.serves() && slot.isWanted();
    if (!checks.isPrepared(slot) && (first != null || isForLater)) {
      checks.prepare(slot);
    } else if (first == null) {
      core.slots.offer(slot);
    } else {
      outcomes.grant(first, slot, now);
    }
  }

  @Override
  public @Nullable Slot<T> holdWarmest(Tenant<?> tenant) {
    return core.slots.holdWarmest();
  }

  @Override
  public boolean isGettingReady(Tenant<?> tenant) {
    return core.slots.gettingReady() > 0;
  }

  @Override
  public boolean isOnItsWay(Tenant<?> tenant) {
    return core.onTheirWay() > 0;
  }

  @Override
  public boolean isCheckedFor(Waiter<T> waiter, int place) {
    return core.slots.checking() >= place;
  }

  @Override
  public void makeRoomFor(ConnectionSpec wanted) {
    // Each connection serves each caller.
  }

  @Override
  public void open() {
    // It remembers nothing.
  }

  @Override
  public void clear() {
    // It remembers nothing.
  }

  @Override
  public void beginAnew() {
    // Each round looks at the whole line.
  }
}

package dev.pools.connection;

import dev.pools.Arguments;
import dev.pools.connection.ConnectionPoolStats.State;
import dev.pools.internal.RareReports;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Decides that a connection is closed, and why. The {@link ConnectionCloser} closes it. Guarded by
 * the pool's lock.
 */
final class Retirement<T> implements ConnectionCloser.Owner<T> {

  private final ConnectionCore<T> core;
  final ConnectionCloser<T> closer;
  private final RareReports lossReports;

  Retirement(ConnectionCore<T> core) {
    this.core = core;
    this.lossReports = new RareReports(core.time);
    this.closer =
        new ConnectionCloser<>(core.options, core.time, core.decisions, core.listeners, this);
  }

  /** Decides about a slot that a step has left undone because there was no memory for it. */
  void settleLeftOver(Slot<T> slot, long now) {
    if (slot.state() == Slot.State.HELD) {
      // A reset that had to follow its lease may not have been done.
      RetireReason reason =
          core.options.hooks().onReturn() == null
                  && (slot.opened == null || !OpenStatements.areLeft(slot.opened, slot.epoch()))
              ? fateOf(slot, LeaseEnd.RETURNED, now)
              : RetireReason.RESET_FAILED;
      if (reason == null) {
        slot.suspect = true;
        core.slots.offer(slot);
      } else {
        retire(slot, reason);
      }
    } else if (slot.state() == Slot.State.PROVING && slot.isLeftOver) {
      T connection = slot.connection();
      Duration took = Duration.ofNanos(now - slot.bornNanos);
      retire(slot, RetireReason.UNHEALTHY);
      core.counters.created++;
      core.tellListeners(listener -> listener.created(connection, took));
      slot.isLeftOver = false;
      if (!slot.overdue) {
        slot.tenant.creation.overdue();
      }
    }
  }

  /** Why a connection that came back, or passed a check, must be closed; null if it need not be. */
  @Nullable RetireReason fateOf(Slot<T> slot, LeaseEnd how, long now) {
    if (how == LeaseEnd.INVALIDATED) {
      return RetireReason.INVALIDATED;
    }
    if (slot.broken) {
      return RetireReason.BROKEN;
    }
    if (core.state() != State.RUNNING) {
      return RetireReason.STOPPED;
    }
    if (core.slots.live() > core.maxSize) {
      return RetireReason.RESIZED;
    }
    if (core.evictions.isOver(slot)) {
      return RetireReason.EVICTED;
    }
    return core.fitness.spent(slot, now);
  }

  /** Closes a connection that this thread holds, or whose check has ended. */
  void retire(Slot<T> slot, RetireReason reason) {
    retire(slot, reason, new CompletableFuture<>());
  }

  CompletableFuture<Void> retire(
      Slot<T> slot, RetireReason reason, CompletableFuture<Void> closed) {
    countLoss(slot, reason);
    return close(slot, reason, closed);
  }

  /**
   * As {@link #retire}, for a connection that says nothing about new ones: it is not a lost one.
   */
  CompletableFuture<Void> close(Slot<T> slot, RetireReason reason, CompletableFuture<Void> closed) {
    if (wasReturned(slot, reason)) {
      slot.tenant.creation.returnedBefore(slot.number);
    }
    T connection = slot.connection();
    Arguments arguments = slot.arguments();
    ConnectionSpec successor =
        slot.state() != Slot.State.PROVING && reason.isReplaced() ? slot.successor() : null;
    closer.close(slot, connection, arguments, reason, closed);
    core.counters.retired[reason.ordinal()]++;
    if (successor != null && core.state() == State.RUNNING) {
      core.nextArguments.remember(successor, core.minSize);
    }
    return closed;
  }

  /** Whether a lease of the connection has ended properly, and what followed from its end. */
  private static boolean wasReturned(Slot<?> slot, RetireReason reason) {
    long returned = slot.uses() - (reason.isLoss() || reason == RetireReason.RECLAIMED ? 1 : 0);
    return returned > 0;
  }

  /** Counts a connection that is about to be closed, if it is lost after its first lease. */
  private void countLoss(Slot<T> slot, RetireReason reason) {
    if (!reason.isLoss() || slot.uses() != 1) {
      return;
    }
    long now = core.time.nanoTime();
    Tenant<?> tenant = slot.tenant;
    int losses =
        tenant.creation.lost(
            slot.number,
            core.slots.lastNumber(),
            now - slot.bornNanos,
            core.creations.longestPausesNanos(core.maxSize),
            now);
    if (losses > 0) {
      core.tenants.failed(tenant, now);
    }
    if (losses >= CreationBackoff.LOSSES_FOR_PAUSES) {
      tellPauses(tenant.creation, losses, reason, now);
    }
  }

  private void tellPauses(CreationBackoff creation, int losses, RetireReason reason, long now) {
    try {
      CreationReports.notePauses(creation, core.name(), losses, reason, now);
      core.decisions.tell(() -> CreationReports.losing(core.name(), losses, reason, lossReports));
    } catch (OutOfMemoryError | StackOverflowError full) {
      // The creations pause all the same.
    }
  }

  /** As {@link #retire}, for a connection whose lease the pool has ended. */
  CompletableFuture<Void> takeBack(Slot<T> slot, RetireReason reason) {
    core.leaseEvents.takenBack(slot, reason);
    return retire(slot, reason, new CompletableFuture<>());
  }

  /** Closes a connection that was created for a caller, and not for the pool. */
  void closeUnpooled(T connection, Arguments arguments, RetireReason reason) {
    core.enter();
    try {
      closer.closeUnpooled(connection, arguments, reason);
    } finally {
      core.leave();
    }
  }

  // ---- What the closer asks

  @Override
  public void locked(Runnable step) {
    core.enter();
    try {
      step.run();
    } finally {
      core.leave();
    }
  }

  @Override
  public void vacate(Slot<T> slot) {
    slot.vacate();
    core.nextArguments.placeIsFree(slot, core.time.nanoTime());
    core.evictions.left(slot);
  }

  @Override
  public void closed() {
    core.rules().match();
  }

  @Override
  public ConnectionThreads threads() {
    return core.threads;
  }

  @Override
  public int maxSize() {
    return core.maxSize;
  }

  /** Closes all idle connections. */
  void retireIdle(RetireReason reason) {
    for (Slot<T> slot : core.slots.fromColdest()) {
      if (slot.hold()) {
        retire(slot, reason);
      }
    }
  }
}

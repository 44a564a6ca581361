package dev.pools.connection;

import dev.pools.connection.ConnectionPoolStats.State;
import dev.pools.flight.Flight;
import dev.pools.flight.FlightReports;
import java.time.Duration;

/**
 * What follows when an attempt to create a connection has succeeded, has failed, or is overdue.
 * Guarded by the pool's lock.
 */
final class CreationResults<T> {

  private final ConnectionCore<T> core;
  private final Retirement<T> retirement;
  private final StartProgress<T> start;
  private final PoolMaintenance<T> maintenance;

  /** The arguments of the last attempt to create a connection, if it failed. */
  ConnectionSpec probeWith;

  CreationResults(
      ConnectionCore<T> core,
      Retirement<T> retirement,
      StartProgress<T> start,
      PoolMaintenance<T> maintenance) {
    this.core = core;
    this.retirement = retirement;
    this.start = start;
    this.maintenance = maintenance;
    this.probeWith = core.nextArguments.none();
  }

  /**
   * An attempt to create a connection has failed.
   *
   * @param sinceNanos when the pause until the next attempt starts
   */
  void countFailure(Slot<T> slot, Throwable cause, long sinceNanos, Duration took) {
    long now = core.time.nanoTime();
    CreationBackoff backoff = slot.tenant.creation;
    backoff.failed(cause, sinceNanos, now);
    core.tenants.failed(slot.tenant, now);
    core.counters.createFailures++;
    if (!core.matchesArguments) {
      probeWith = slot.successor();
    }
    if (core.hasListeners()) {
      core.tellListeners(listener -> listener.createFailed(cause, took));
    }
    int inARow = backoff.failuresInARow();
    if (Flight.isRecording()) {
      core.decisions.tell(() -> recordFailure(cause, took, inARow));
    }
    if (start.waitsFor(slot)) {
      StartReport report = start.report(now);
      Duration pause = Duration.ofNanos(backoff.pauseNanos(now));
      core.decisions.tell(
          () -> CreationReports.startWaits(core.name(), report, inARow, pause, cause));
    } else {
      core.decisions.tell(() -> CreationReports.failed(core.name(), inARow == 1, cause));
    }
    rememberUnmade(slot);
    slot.tenant.attemptFailed();
  }

  private void recordFailure(Throwable cause, Duration took, int inARow) {
    FlightReports.created(core.name(), took.toNanos(), cause);
    if (inARow == 1) {
      FlightReports.outage(core.name(), inARow, cause);
    }
  }

  /** The pool wanted this connection for itself: the next one is created with its arguments. */
  private void rememberUnmade(Slot<T> slot) {
    if (slot.upkeep && core.state() == State.RUNNING) {
      core.nextArguments.putBack(slot.successor());
    }
  }

  /** The pool waits no longer for a creation, which keeps its place. */
  void setAside(Slot<T> slot) {
    // First what may find no memory: then the pool waits on, and is told once more.
    slot.giveUp = core.later(core.options.creation().createTimeoutNanos(), () -> noHopeFor(slot));
    slot.overdue = true;
    slot.tenant.creation.overdue();
    slot.tenant.hasChanged();
  }

  private void noHopeFor(Slot<T> slot) {
    core.enter();
    try {
      if (slot.state() == Slot.State.CREATING) {
        slot.hopeless = true;
        core.evictions.left(slot);
        core.rules().match();
        core.rules().probeBesideHopeless();
      }
    } finally {
      core.leave();
    }
  }

  /** No attempt is known to fail, or the pool creates no more connections. */
  void forgetProbe() {
    probeWith = core.nextArguments.none();
  }

  void countCreated(T connection, long tookNanos) {
    core.counters.created++;
    if (core.hasListeners()) {
      core.tellListeners(listener -> listener.created(connection, Duration.ofNanos(tookNanos)));
    }
    if (Flight.isRecording()) {
      core.decisions.tell(() -> FlightReports.created(core.name(), tookNanos, null));
    }
  }

  /** A new connection, which is held, belongs to the pool from now on. */
  void joinPool(Slot<T> slot, long life, long tookNanos) {
    // First what needs no memory: it is not done again.
    core.nextArguments.attemptSucceeded(slot);
    int failedBefore = slot.tenant.creation.succeeded(slot.overdue, tookNanos);
    try {
      join(slot, life, tookNanos, failedBefore);
    } catch (Throwable noMemoryOrStack) {
      core.isUnfinished = true;
      throw noMemoryOrStack;
    }
  }

  private void join(Slot<T> slot, long life, long tookNanos, int failedBefore) {
    countCreated(slot.connection(), tookNanos);
    long now = core.time.nanoTime();
    core.tenants.succeeded(slot.tenant);
    forgetProbe();
    if (failedBefore > 0) {
      core.decisions.tell(() -> CreationReports.recovered(core.name(), failedBefore));
      if (Flight.isRecording()) {
        core.decisions.tell(() -> FlightReports.outage(core.name(), failedBefore, null));
      }
    }
    if (core.state() != State.RUNNING || life != core.lives) {
      retirement.retire(slot, RetireReason.STOPPED);
      return;
    }
    if (core.slots.live() > core.maxSize) {
      retirement.retire(slot, RetireReason.RESIZED);
      return;
    }
    if (core.evictions.isOver(slot)) {
      retirement.retire(slot, RetireReason.EVICTED);
      core.rules().match();
      return;
    }
    maintenance.limitLife(slot, now);
    core.rules().offerReady(slot, now);
    start.joined();
    core.rules().match();
  }
}

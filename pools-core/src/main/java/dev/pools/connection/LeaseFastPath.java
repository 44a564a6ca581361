package dev.pools.connection;

import dev.pools.Arguments;
import dev.pools.flight.Flight;
import dev.pools.internal.ThreadKind;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Acquires and releases a connection without the lock, as long as no caller waits and nothing has
 * to be decided about the connection.
 */
final class LeaseFastPath<T> extends LeaseOwner<T> {

  private final ConnectionCore<T> core;
  private final ConnectionRelease<T> release;

  // Of the core; fields of this object, because each acquire and each release reads them.
  private final LeaseGate<T> gate;
  private final ConnectionFitness fitness;
  private final ConnectionListeners<T> listeners;

  /** The pool: it is not forgotten while a lease is out, or a caller waits. */
  @SuppressWarnings("UnusedVariable")
  private final Object keepAlive;

  LeaseFastPath(ConnectionCore<T> core, ConnectionRelease<T> release, Object keepAlive) {
    this.core = core;
    this.release = release;
    this.gate = core.gate;
    this.fitness = core.fitness;
    this.listeners = core.listeners;
    this.keepAlive = keepAlive;
  }

  /** Leases a connection, if the caller need not wait and nothing has to be decided. */
  @Nullable Lease<T> pass(boolean async) {
    long recordedNanos = Flight.now();
    Lease<T> lease = gate.notes ? passNoted(async) : passUnnoted(async);
    if (recordedNanos != 0 && lease != null) {
      lease.slot().noteRecorded(lease.epoch(), recordedNanos);
    }
    return lease;
  }

  private @Nullable Lease<T> passUnnoted(boolean async) {
    Lease<T> lease = gate.take(this, async, null, 0);
    if (lease != null && gate.isShut()) {
      release.returnUnused(lease.slot(), lease.epoch());
      return null;
    }
    return lease;
  }

  /** As {@link #pass}, for a caller with these arguments. */
  @Nullable Lease<T> pass(boolean async, Arguments arguments) {
    Lease<T> lease = pass(async);
    if (lease != null && !arguments.isEmpty()) {
      Slot<T> slot = lease.slot();
      slot.acquiredWith = arguments;
      if (lease.isClosed()) {
        // A stop at its deadline was quicker: a place that is given up keeps no passwords.
        slot.forgetArguments(lease.epoch());
      }
    }
    return lease;
  }

  /**
   * As {@link #pass}, for a caller in a thread that found no connection, after other threads have
   * had their turn. Where there are more threads than processors, a connection that its holder
   * needs no longer is often held by a thread that does not run. The caller arrives that much
   * later, which is before it joins the line. Otherwise almost each lease would cost a change of
   * threads as soon as one caller has to wait, for as long as there are more threads than
   * connections.
   */
  @Nullable Lease<T> passAfterOthers(Arguments arguments) {
    if (!gate.opensSoon() || ThreadKind.isVirtual(Thread.currentThread())) {
      return null;
    }
    Thread.yield();
    return pass(/* async= */ false, arguments);
  }

  private @Nullable Lease<T> passNoted(boolean async) {
    if (!gate.isOpen() || (fitness.checks() && fitness.clocksHaveJumpedUnseen())) {
      return null;
    }
    long now = core.time.nanoTime();
    boolean looks = fitness.checks() || fitness.limitsLife();
    Lease<T> taken = gate.take(this, async, looks ? fitness : null, now);
    if (taken == null) {
      return null;
    }
    try {
      Lease<T> lease = core.guarded(taken);
      lease
          .slot()
          .note(lease.epoch(), now, core.leaks.stack(), core.leaks.nameOf(Thread.currentThread()));
      core.leaks.begun(lease);
      if (gate.isShut()) {
        release.returnUnused(lease.slot(), lease.epoch());
        return null;
      }
      if (!listeners.isEmpty()) {
        core.leaseEvents.begun(
            listeners, taken.slot(), taken.epoch(), taken.leased(), Duration.ZERO);
      }
      return lease;
    } catch (Throwable noMemoryOrStack) {
      // The caller never learns of it.
      undo(taken.slot(), taken.epoch());
      throw noMemoryOrStack;
    }
  }

  @Override
  String poolName() {
    return core.name();
  }

  @Override
  boolean release(Slot<T> slot, long epoch, Arguments arguments, LeaseEnd how) {
    if (Flight.now() == 0) {
      return end(slot, epoch, arguments, how);
    }
    UseRecord record = UseRecord.begin(core.name(), slot, epoch);
    boolean ended = end(slot, epoch, arguments, how);
    if (ended && record != null) {
      record.end();
    }
    return ended;
  }

  private boolean end(Slot<T> slot, long epoch, Arguments arguments, LeaseEnd how) {
    return (how == LeaseEnd.RETURNED && arguments.isEmpty() && passBack(slot, epoch))
        || release.release(slot, epoch, arguments, how);
  }

  @Override
  void releaseFailed(Slot<T> slot, long epoch, Throwable failure) {
    UseRecord record = Flight.now() == 0 ? null : UseRecord.begin(core.name(), slot, epoch);
    release.releaseFailed(slot, epoch, failure);
    if (record != null) {
      record.end();
    }
  }

  @Override
  void doubt(Slot<T> slot, long epoch) {
    release.doubt(slot, epoch, LeaseEnd.DOUBTED);
  }

  @Override
  void hasFailed(Slot<T> slot, long epoch, Throwable failure) {
    release.hasFailed(slot, epoch, failure);
  }

  @Override
  T unguarded(T connection) {
    return core.unguarded(connection);
  }

  @Override
  void undo(Slot<T> slot, long epoch) {
    slot.forgetArguments(epoch);
    T connection = slot.connectionOrNull();
    long leasedNanos = slot.leasedNanos;
    // Where the lock decides about each lease, it also notes its end, for callers of equal
    // arguments.
    boolean ended = gate.opensSoon() && slot.putBack(epoch);
    if (ended) {
      hasPutBack(slot);
    } else {
      ended = release.returnUnused(slot, epoch);
    }
    if (ended && connection != null) {
      core.leaseEvents.undone(slot, epoch, connection, leasedNanos);
    }
  }

  /**
   * Ends a lease, if nothing has to be decided about its connection.
   *
   * @return whether it has ended; if not, the lease must be ended under the lock
   */
  private boolean passBack(Slot<T> slot, long epoch) {
    if (!gate.isOpen() || fitness.isUsedUp(slot)) {
      return false;
    }
    if (gate.notes) {
      return passBackNoted(slot, epoch);
    }
    slot.forgetArguments(epoch);
    if (!slot.putBack(epoch)) {
      return false;
    }
    hasPutBack(slot);
    return true;
  }

  private boolean passBackNoted(Slot<T> slot, long epoch) {
    if (!slot.isOwnedBy(epoch, Slot.State.IN_USE)) {
      return false;
    }
    long now = core.time.nanoTime();
    if (fitness.spent(slot, now) != null
        || (slot.opened != null && OpenStatements.areLeft(slot.opened, epoch))) {
      return false;
    }
    T connection = slot.connectionOrNull();
    long usedNanos = now - slot.leasedNanos;
    slot.noteEnd(now);
    if (!slot.putBack(epoch)) {
      return false;
    }
    hasPutBack(slot);
    if (connection != null && !listeners.isEmpty()) {
      listeners.tell(listener -> listener.released(connection, Duration.ofNanos(usedNanos)));
    }
    return true;
  }

  private void hasPutBack(Slot<T> slot) {
    gate.remember(slot);
    if (!gate.isOpen()) {
      release.serveWithPutBack();
    }
  }
}

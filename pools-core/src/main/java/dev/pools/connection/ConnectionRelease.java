package dev.pools.connection;

import dev.pools.Arguments;
import dev.pools.connection.ConnectionPoolStats.State;
import dev.pools.internal.Deliverable;
import dev.pools.internal.RareReports;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a connection when its lease ends, or its user fails, and something has to be
 * decided about it.
 */
final class ConnectionRelease<T> {

  private final ConnectionCore<T> core;
  private final Retirement<T> retirement;
  private final ConnectionCalls<T> calls;
  private final HealthChecks<T> checks;
  private final Matcher<T> matcher;
  private final RareReports resetReports;
  private final RareReports judgementReports;

  ConnectionRelease(
      ConnectionCore<T> core,
      Retirement<T> retirement,
      ConnectionCalls<T> calls,
      HealthChecks<T> checks,
      Matcher<T> matcher) {
    this.core = core;
    this.retirement = retirement;
    this.calls = calls;
    this.checks = checks;
    this.matcher = matcher;
    this.resetReports = new RareReports(core.time);
    this.judgementReports = new RareReports(core.time);
  }

  /** Ends a lease that no caller has had; returns whether it was out. */
  boolean returnUnused(Slot<T> slot, long epoch) {
    core.enter();
    try {
      boolean wasOut = slot.seize(epoch);
      if (wasOut) {
        slot.wasUnused();
        decideOn(slot, LeaseEnd.RETURNED, core.time.nanoTime());
      }
      return wasOut;
    } finally {
      core.leave();
    }
  }

  /**
   * A caller has joined the line, or the pool was stopped, while a connection was put back (G2).
   */
  void serveWithPutBack() {
    core.enter();
    try {
      if (core.state() == State.RUNNING) {
        matcher.matchReturned();
      } else {
        retirement.retireIdle(RetireReason.STOPPED);
      }
    } finally {
      core.leave();
    }
  }

  /**
   * Ends a lease, under the lock.
   *
   * @return whether it was the lease of this connection
   */
  boolean release(Slot<T> slot, long epoch, Arguments arguments, LeaseEnd how) {
    if (!slot.isOwnedBy(epoch, Slot.State.IN_USE)) {
      if (slot.owesReturn(epoch)) {
        tellLateReturn(slot, epoch);
      }
      return false;
    }
    ConnectionSpec successor;
    try {
      successor = specInstead(arguments);
    } catch (Throwable fault) {
      // The lease ends in any case: only its arguments are lost.
      release(slot, epoch, Arguments.none(), how);
      throw fault;
    }
    core.gate.remember(slot);
    core.enter();
    try {
      return takeBack(slot, epoch, successor, how);
    } finally {
      core.leave();
    }
  }

  /**
   * A lease that was reported as leaked, and then taken back by the pool, is closed by its user.
   */
  private void tellLateReturn(Slot<T> slot, long epoch) {
    core.enter();
    try {
      core.leaks.hasEnded(slot, epoch, core.time.nanoTime());
    } finally {
      core.leave();
    }
  }

  /**
   * Ends a lease whose user has failed. The user may have ended it already, by a close inside of
   * its use. What the failure says about the connection still holds: the pool checks or closes it
   * after its reset, or its present lease.
   */
  void releaseFailed(Slot<T> slot, long epoch, Throwable failure) {
    LeaseEnd how = endAfter(slot, failure);
    if (!release(slot, epoch, Arguments.none(), how)) {
      doubtEnded(slot, how);
    }
  }

  /** A failure was seen while the connection is leased; the lease goes on. */
  void hasFailed(Slot<T> slot, long epoch, Throwable failure) {
    doubt(slot, epoch, endAfter(slot, failure));
  }

  /** What a failed use says about its connection. Calls user code. */
  private LeaseEnd endAfter(Slot<T> slot, Throwable failure) {
    try {
      return core.options.health().brokenWhen().test(Deliverable.unwrapped(failure))
          ? LeaseEnd.BROKEN
          : LeaseEnd.DOUBTED;
    } catch (Throwable fault) {
      judgementReports.warn(
          ConnectionRelease.class,
          Secrets.withoutSecrets(fault, slot.arguments()),
          "Pool '{}': brokenWhen failed, so the connection is closed. Let it return true or false for any exception",
          core.name());
      return LeaseEnd.BROKEN;
    }
  }

  /**
   * Has a leased connection checked, or closed, as soon as its lease ends.
   *
   * @return whether the lease had not ended before
   */
  boolean doubt(Slot<T> slot, long epoch, LeaseEnd how) {
    core.enter();
    try {
      boolean isOut = slot.markLease(epoch);
      if (isOut) {
        note(slot, how);
        if (slot.broken) {
          checks.requireProofOfTheOthers(slot);
        }
      }
      return isOut;
    } finally {
      core.leave();
    }
  }

  private void doubtEnded(Slot<T> slot, LeaseEnd how) {
    core.enter();
    try {
      // From here on its present lease, if there is one, cannot end without the lock.
      slot.mark();
      if (slot.hold()) {
        decideOn(slot, how, core.time.nanoTime());
      } else if (slot.state() == Slot.State.IN_USE || slot.state() == Slot.State.CHECKING) {
        // Looked at when that lease, its reset or its check ends.
        note(slot, how);
        if (slot.broken) {
          checks.requireProofOfTheOthers(slot);
        }
      }
    } finally {
      core.leave();
    }
  }

  private void note(Slot<T> slot, LeaseEnd how) {
    // Without checks nothing could answer the doubt, and each lease would need the lock.
    slot.unproven |= how == LeaseEnd.DOUBTED && core.fitness.checks();
    slot.broken |= how == LeaseEnd.BROKEN || how == LeaseEnd.INVALIDATED;
  }

  /**
   * Ends the lease of a connection.
   *
   * @throws IllegalReleaseException if it is not leased
   */
  void release(T connection, Arguments arguments, LeaseEnd how) {
    ConnectionGuard<T> guard = core.options.guard();
    Lease<T> lease = guard == null ? null : guard.leaseOf(connection);
    if (lease != null) {
      if (!lease.end(arguments, how)) {
        throw new IllegalReleaseException(core.name());
      }
      return;
    }
    if (guard != null) {
      // A caller that has the connection itself may have it from a lease that has ended.
      throw new IllegalReleaseException(core.name());
    }
    ConnectionSpec successor;
    try {
      successor = specInstead(arguments);
    } catch (Throwable fault) {
      // The lease ends in any case: only its arguments are lost.
      boolean unused = takeBack(connection, null, how);
      throw fault;
    }
    if (!takeBack(connection, successor, how)) {
      throw new IllegalReleaseException(core.name());
    }
  }

  private boolean takeBack(T connection, @Nullable ConnectionSpec successor, LeaseEnd how) {
    core.enter();
    try {
      Slot<T> slot = core.slots.of(connection);
      return slot != null && takeBack(slot, slot.epoch(), successor, how);
    } finally {
      core.leave();
    }
  }

  /** What a release wants to be created instead; null if it says nothing. */
  private @Nullable ConnectionSpec specInstead(Arguments arguments) {
    return arguments.isEmpty() ? null : core.tenants.spec(arguments);
  }

  private boolean takeBack(
      Slot<T> slot, long epoch, @Nullable ConnectionSpec successor, LeaseEnd how) {
    long now = core.time.nanoTime();
    long leasedNanos = slot.leasedNanos;
    if (!slot.giveBack(epoch, successor, now)) {
      return false;
    }
    T connection = slot.connection();
    note(slot, how);
    core.leaks.hasEnded(slot, epoch, now);
    if (core.hasListeners()) {
      core.tellListeners(
          listener -> listener.released(connection, Duration.ofNanos(now - leasedNanos)));
    }
    decideOn(slot, how, now);
    return true;
  }

  /** Decides what becomes of a connection that has come back, and is held. */
  private void decideOn(Slot<T> slot, LeaseEnd how, long now) {
    note(slot, how);
    boolean leavesOpen = slot.opened != null && OpenStatements.areLeft(slot.opened, slot.epoch());
    RetireReason reason = retirement.fateOf(slot, how, now);
    if (reason != null) {
      retirement.retire(slot, reason);
      if (reason.saysMoreMayBeDead()) {
        checks.requireProofOfTheOthers(slot);
      }
    } else if (leavesOpen || core.options.hooks().onReturn() != null) {
      reset(slot, leavesOpen ? slot.opened : null);
    } else {
      admitReturned(slot, now);
      return;
    }
    matcher.matchReturned();
  }

  /** As {@link #decideOn}, for a connection that needs no reset. */
  private void admitReturned(Slot<T> slot, long now) {
    if (!core.fitness.dueOnReturn()) {
      if (matcher.grantReturned(slot, now)) {
        return;
      }
      core.slots.offer(slot);
    } else if (core.isSuspended()) {
      // The next lease checks it instead.
      slot.suspect = true;
      core.slots.offer(slot);
    } else {
      checks.check(slot);
    }
    matcher.matchReturned();
    checks.checkIfInDoubt(slot);
  }

  /**
   * Resets a connection that came back, and is held: closes what its lease has left open, and calls
   * {@code onReturn}. Until that has ended the connection is not idle: it counts as being checked,
   * and as one that callers in line can expect.
   */
  private void reset(Slot<T> slot, @Nullable OpenStatements left) {
    // First what may find no memory: a slot whose hook is not called would stay CHECKING.
    long epoch = slot.nextEpoch();
    AsyncConnectionHook<? super T> onReturn = core.options.hooks().onReturn();
    AsyncConnectionHook<? super T> hook =
        left == null
            ? Objects.requireNonNull(onReturn)
            : connection -> {
              left.closeAll();
              // Not if that took too long: then the connection is being closed.
              return onReturn != null && slot.isOwnedBy(epoch, Slot.State.CHECKING)
                  ? onReturn.run(connection)
                  : CompletableFuture.completedFuture(null);
            };
    HookCall.End ended = (failure, told) -> resetEnded(slot, epoch, left, failure, told);
    slot.beginHook(/* isReset= */ true);
    calls.callOnReturn(
        left == null
            ? ConnectionCalls.ON_RETURN
            : "Closing the statements of a lease, with onReturn,",
        hook,
        slot,
        epoch,
        ended);
  }

  private void resetEnded(
      Slot<T> slot,
      long epoch,
      @Nullable OpenStatements left,
      @Nullable Throwable failure,
      @Nullable Throwable told) {
    core.enter();
    try {
      if (!slot.isOwnedBy(epoch, Slot.State.CHECKING)) {
        return;
      }
      if (failure != null) {
        // The place of the connection waits neither for brokenWhen nor for the log.
        retirement.retire(slot, RetireReason.RESET_FAILED);
        boolean wasCalled = !(failure instanceof NotCalledException);
        if (wasCalled) {
          core.decisions.tell(() -> doubtTheOthersIfBroken(slot, failure));
        }
        core.decisions.tell(() -> warnOfReset(wasCalled && left != null && left.areOpen(), told));
        matcher.matchReturned();
      } else {
        slot.hookDone();
        long now = core.time.nanoTime();
        RetireReason reason = retirement.fateOf(slot, LeaseEnd.RETURNED, now);
        if (reason == null) {
          admitReturned(slot, now);
        } else {
          retirement.retire(slot, reason);
          matcher.matchReturned();
        }
      }
    } finally {
      core.leave();
    }
  }

  private void warnOfReset(boolean leftOpen, @Nullable Throwable told) {
    resetReports.warn(
        ConnectionRelease.class,
        told,
        leftOpen
            ? "Pool '{}' closes a connection because a statement that its user left open could not be closed. Close each statement before its lease ends, best with try-with-resources"
            : "Pool '{}' closes a connection because onReturn, which resets it, failed for it",
        core.name());
  }

  private void doubtTheOthersIfBroken(Slot<T> slot, Throwable failure) {
    if (endAfter(slot, failure) != LeaseEnd.BROKEN) {
      return;
    }
    core.enter();
    try {
      checks.requireProofOfTheOthers(slot);
    } finally {
      core.leave();
    }
  }
}

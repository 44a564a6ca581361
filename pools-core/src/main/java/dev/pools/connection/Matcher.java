package dev.pools.connection;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Brings callers in line and connections together: after each change, and when a connection comes
 * back. Guarded by the pool's lock.
 */
final class Matcher<T> {

  /** For how long a caller may be overtaken if throughput counts for more than fairness. */
  private static final long OVERTAKEN_AT_MOST_NANOS = 5_000_000;

  private final ConnectionCore<T> core;
  final ArgumentsMatcher<T> arguments;
  private final WaiterOutcomes<T> outcomes;
  private final HealthChecks<T> checks;
  private final CreationDemand<T> demand;

  Matcher(
      ConnectionCore<T> core,
      ArgumentsMatcher<T> arguments,
      WaiterOutcomes<T> outcomes,
      HealthChecks<T> checks,
      CreationDemand<T> demand) {
    this.core = core;
    this.arguments = arguments;
    this.outcomes = outcomes;
    this.checks = checks;
    this.demand = demand;
  }

  /** Callers that wait only for a check leave the line when no check is left for them. */
  void dismissThoseWithoutCheck() {
    if (!core.line.hasAwaitingCheckOnly()) {
      return;
    }
    if (core.options.waiting().fairness() == Fairness.THROUGHPUT && core.slots.hasIdle()) {
      // The first caller was called for it. If that caller left now, no other would be called.
      match();
    }
    int place = 0;
    Waiter<T> next;
    for (Waiter<T> waiter = core.line.first(); waiter != null; waiter = next) {
      next = waiter.next;
      place++;
      if (!waiter.awaitsCheckOnly || arguments.isCheckedFor(waiter, place)) {
        continue;
      }
      if (waiter.hasNoTime) {
        outcomes.timeOut(waiter);
        place--;
      } else if (place > core.options.waiting().waiterLimit()) {
        outcomes.refuseByLimit(waiter);
        place--;
      } else {
        // Other callers have left the line, so this one may wait for a connection.
        core.line.setAwaitsCheckOnly(waiter, false);
      }
    }
  }

  /** Serves the callers in line as far as possible, and creates the connections they need. */
  void match() {
    match(core.time.nanoTime());
  }

  /** As {@link #match()}, for a step that has read the clock. */
  void match(long now) {
    boolean wasUnfinished = core.isUnfinished;
    core.isUnfinished = true;
    if (core.serves()) {
      try {
        arguments.serve(now);
      } catch (OutOfMemoryError | StackOverflowError full) {
        // The step that called this is done. The unlock finishes the rest of the line.
        return;
      }
    }
    core.isUnfinished = wasUnfinished;
  }

  /**
   * A connection, which is held, has been created, checked or prepared: grants it to a caller, or
   * lets it rest. If something has put it in doubt meanwhile, it is checked first: the machine may
   * have slept since the server has answered.
   */
  void offerReady(Slot<T> slot, long now) {
    try {
      checks.lookAtClocks();
      if (slot.suspect || core.fitness.isInDoubt(slot)) {
        core.slots.offer(slot);
        checks.checkIfInDoubt(slot);
      } else {
        arguments.offerProven(slot, now);
      }
    } catch (OutOfMemoryError | StackOverflowError full) {
      core.isUnfinished = true;
    }
  }

  // ---- Overtaking, if throughput counts for more than fairness

  private boolean mayBeOvertaken(@Nullable Waiter<T> first, long now) {
    return core.options.waiting().fairness() == Fairness.THROUGHPUT
        && first != null
        && now - first.sinceNanos < OVERTAKEN_AT_MOST_NANOS;
  }

  boolean mayOvertake(Waiter<T> newcomer, long now) {
    if (core.options.waiting().fairness() != Fairness.THROUGHPUT) {
      return false;
    }
    Waiter<T> first = outcomes.firstAlive(now);
    return first != newcomer && mayBeOvertaken(first, now);
  }

  /**
   * Leases the connection to a newcomer that the first in line was called for and has not taken.
   */
  void serveFirst(Waiter<T> newcomer) {
    long now = core.time.nanoTime();
    Slot<T> slot = core.slots.holdWarmest();
    if (slot == null) {
      return;
    }
    if (core.fitness.spent(slot, now) == null && checks.isReady(slot, now)) {
      outcomes.grant(newcomer, slot, now);
    } else {
      slot.offer();
    }
  }

  /**
   * A connection has come back: serves the first caller in line, or calls it to take the
   * connection; then another caller may be quicker.
   */
  void matchReturned() {
    long now = core.time.nanoTime();
    Waiter<T> first = core.serves() ? outcomes.firstAlive(now) : null;
    if (first == null || !core.slots.hasIdle() || !mayBeOvertaken(first, now)) {
      match();
    } else if (first.async) {
      core.decisions.serve(() -> core.run(this::takeCalledFor));
    } else {
      first.called = true;
      core.decisions.serve(() -> LockSupport.unpark(first.caller));
    }
  }

  /** The first caller in line takes the connection that it was called for, if it is still there. */
  void takeCalledFor() {
    core.enter();
    try {
      match();
    } finally {
      core.leave();
    }
  }

  /**
   * Leases a connection that has come back, and is held, to the first in line, if that is allowed.
   */
  boolean grantReturned(Slot<T> slot, long now) {
    Waiter<T> first = !core.matchesArguments && core.serves() ? outcomes.firstAlive(now) : null;
    if (first == null || mayBeOvertaken(first, now) || !checks.isReady(slot, now)) {
      return false;
    }
    outcomes.grant(first, slot, now);
    demand.replenish(now);
    return true;
  }
}

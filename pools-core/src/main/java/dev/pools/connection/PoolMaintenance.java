package dev.pools.connection;

import dev.pools.connection.ConnectionPoolStats.State;
import dev.pools.internal.Faults;
import dev.pools.internal.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The periodic maintenance of the pool: closes and checks connections, looks for leaks, and creates
 * the connections that are missing. Guarded by the pool's lock.
 */
final class PoolMaintenance<T> implements Runnable {

  /** The shortest time from one round to the next. */
  private static final long SHORTEST_ROUND_NANOS = 10_000_000;

  private final ConnectionCore<T> core;
  private final Retirement<T> retirement;
  private final HealthChecks<T> checks;
  private final ConnectionFlight<T> flight;

  private Time.@Nullable Timer maintenanceTimer;

  private long maintenanceNanos;

  PoolMaintenance(
      ConnectionCore<T> core,
      Retirement<T> retirement,
      HealthChecks<T> checks,
      ConnectionFlight<T> flight) {
    this.core = core;
    this.retirement = retirement;
    this.checks = checks;
    this.flight = flight;
  }

  /**
   * Sets the timer for the next round: its interval, or earlier if a connection needs it earlier.
   */
  void scheduleMaintenance() {
    long now = core.time.nanoTime();
    long delay =
        Math.min(Time.nanos(core.options.maintenanceInterval()), core.leaks.intervalNanos());
    delay = Math.min(delay, core.fitness.longestRoundNanos());
    for (Slot<T> slot : core.gate.row()) {
      delay = Math.min(delay, core.fitness.nanosUntilNeedful(slot, now));
      delay = Math.min(delay, core.leaks.nanosUntilReport(slot, now));
    }
    setMaintenance(Math.max(delay, SHORTEST_ROUND_NANOS), now);
  }

  private void setMaintenance(long delayNanos, long now) {
    // First what may find no memory: then the timer that is set remains.
    Time.Timer next = core.later(delayNanos, this);
    cancel();
    maintenanceNanos = now + delayNanos;
    maintenanceTimer = next;
  }

  void cancel() {
    Time.cancel(maintenanceTimer);
    maintenanceTimer = null;
  }

  /** Sets the timer to this time, if it would fire later. */
  void maintainWithin(long nanos) {
    long now = core.time.nanoTime();
    long delay = Math.max(nanos, SHORTEST_ROUND_NANOS);
    if (maintenanceTimer != null && maintenanceNanos - now > delay) {
      setMaintenance(delay, now);
    }
  }

  /** The timer has fired. */
  @Override
  public void run() {
    core.enter();
    try {
      if (core.state() == State.RUNNING) {
        maintainUnderLock();
        scheduleMaintenance();
      }
    } catch (Throwable fault) {
      // The next round comes nevertheless.
      cancel();
      core.isUnfinished = true;
      throw fault;
    } finally {
      core.leave();
    }
    flight.know(core.time.nanoTime());
  }

  /** Sets the timer for the next round, if a round that failed has not done so. */
  void scheduleIfLost() {
    if (maintenanceTimer == null && core.state() == State.RUNNING) {
      scheduleMaintenance();
    }
  }

  /** Completes when the checks and closings that it has begun are over. */
  CompletableFuture<Void> maintain() {
    CompletableFuture<Void> begun;
    core.enter();
    try {
      if (core.state() != State.RUNNING) {
        return CompletableFuture.completedFuture(null);
      }
      begun = CompletableFuture.allOf(maintainUnderLock().toArray(CompletableFuture[]::new));
    } finally {
      core.leave();
    }
    CompletableFuture<Void> over = new CompletableFuture<>();
    begun.handle(
        (nothing, failure) -> {
          core.time.runOnHelperThread(() -> over.complete(null));
          return null;
        });
    return over;
  }

  /**
   * Closes connections that are spent or not needed, checks those that were not used, looks for
   * leaks, creates what is missing.
   */
  private List<CompletableFuture<Void>> maintainUnderLock() {
    List<CompletableFuture<Void>> begun = new ArrayList<>();
    long now = core.time.nanoTime();
    checks.lookAtClocks();
    retirement.closer.startOverdue(now);
    if (!core.gate.notes) {
      core.slots.sweep(now);
      core.openLeases.areOutSince(now);
    }
    core.gate.forgetPlaces();
    core.tenants.expire(now);
    core.nextArguments.expire(now, Time.nanos(core.options.maintenanceInterval()));
    for (Slot<T> slot : core.slots.fromColdest()) {
      RetireReason reason = core.fitness.spent(slot, now);
      if (reason == null
          && core.slots.size() > core.minSize
          && core.fitness.idleTooLong(slot, now)) {
        reason = RetireReason.IDLE;
      }
      if (reason != null) {
        if (slot.hold()) {
          begun.add(retirement.retire(slot, reason, new CompletableFuture<>()));
        }
      } else if (!core.isSuspended() && core.fitness.dueInBackground(slot, now)) {
        begun.add(checks.checkSoon(slot));
      }
    }
    checkWhenReturned(now);
    core.leaks.overdue(now).forEach(slot -> begun.add(reclaim(slot, "reclaimAfter")));
    core.leaks.forgotten(now).forEach(slot -> begun.add(reclaim(slot, LeakDetector.FORGOTTEN)));
    core.rules().match();
    reportDeadlock();
    return begun;
  }

  /** Marks connections in use whose check is due: they are checked when they come back. */
  private void checkWhenReturned(long now) {
    for (Slot<T> slot : core.slots.present()) {
      if (core.fitness.dueInBackground(slot, now) && slot.markLease(slot.epoch())) {
        slot.unproven = true;
      }
    }
  }

  // ---- The lives of connections

  /** Draws how long a connection lives, and sees to it that its life ends in time. */
  void limitLife(Slot<T> slot, long now) {
    Time.cancel(slot.lifeOver);
    slot.lifeOver = null;
    slot.aging = false;
    slot.lifeNanos = core.fitness.drawLifeNanos();
    if (!core.fitness.limitsLife()) {
      return;
    }
    if (!core.gate.notes) {
      long age = now - slot.bornNanos;
      long markIn = Math.max(0, core.fitness.markAfterNanos(slot) - age);
      slot.lifeOver = core.time.schedule(markIn, new LifeOver(slot));
    }
    maintainWithin(Math.max(0, core.fitness.nanosUntilTooOld(slot, now)));
  }

  /** The timer of a connection that will soon be too old. */
  private final class LifeOver implements Runnable {

    private final Slot<T> slot;

    LifeOver(Slot<T> slot) {
      this.slot = slot;
    }

    @Override
    public void run() {
      markOld(slot);
    }
  }

  /**
   * A connection will soon be too old, and leases of this pool do not read the clock. From now on
   * each of its leases is decided under the lock, where the clock is read.
   */
  private void markOld(Slot<T> slot) {
    core.enter();
    try {
      slot.aging = true;
      slot.mark();
    } finally {
      core.leave();
    }
  }

  /**
   * The options have changed: each connection that exists draws its life again, unless the life
   * that connections have is the same.
   */
  void limitLives(SizeOptions before) {
    SizeOptions sizes = core.options.sizes();
    if (before.maxLife().equals(sizes.maxLife())
        && before.maxLifeJitter() == sizes.maxLifeJitter()) {
      return;
    }
    long now = core.time.nanoTime();
    for (Slot<T> slot : core.slots.present()) {
      limitLife(slot, now);
    }
  }

  /** The options have changed: makes a round with the new ones, and sets the timer by them. */
  void renew() {
    if (core.state() == State.RUNNING) {
      maintainUnderLock();
      scheduleMaintenance();
    }
  }

  // ---- Leases that are taken back

  void reclaimForgotten() {
    if (!core.leaks.reclaimsForgotten()) {
      return;
    }
    List<Slot<T>> forgotten = core.leaks.forgotten(core.time.nanoTime());
    if (!forgotten.isEmpty()) {
      forgotten.forEach(slot -> reclaim(slot, LeakDetector.FORGOTTEN));
      core.rules().match();
    }
  }

  private CompletableFuture<Void> reclaim(Slot<T> slot, String option) {
    Duration held = Duration.ofNanos(core.time.nanoTime() - slot.leasedNanos);
    String thread = slot.leasedBy();
    long epoch = slot.reportedEpoch;
    CompletableFuture<Void> closed = retirement.takeBack(slot, RetireReason.RECLAIMED);
    core.decisions.tell(
        () ->
            Faults.warn(
                PoolMaintenance.class,
                null,
                "Pool '{}' takes lease {} back from thread '{}' after {} ({}), and closes its connection. Close each lease, best with try-with-resources",
                core.name(),
                OpenLeases.idOf(slot, epoch),
                thread,
                held,
                option));
    return closed;
  }

  private void reportDeadlock() {
    if (core.deadlocks.isNewlyDeadlocked(core.maxSize)) {
      int inUse = core.slots.use().inUse();
      core.decisions.tell(
          () ->
              Faults.warn(
                  PoolMaintenance.class,
                  null,
                  "Pool '{}' is deadlocked: {} for another. Raise maxSize, or close a lease before the next acquire",
                  core.name(),
                  Faults.count(
                      inUse,
                      "connection is all it has, and is leased to a thread that waits",
                      "connections are all it has, and are leased to threads that wait")));
    }
  }
}

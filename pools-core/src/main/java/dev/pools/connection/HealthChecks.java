package dev.pools.connection;

import dev.pools.flight.Flight;
import dev.pools.flight.FlightReports;
import dev.pools.internal.Faults;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Has connections checked and prepared: before a lease, and in the background. Guarded by the
 * pool's lock.
 */
final class HealthChecks<T> {

  private final ConnectionCore<T> core;
  private final Retirement<T> retirement;
  private final ConnectionCalls<T> calls;

  /** Idle connections in line for a check in the background. */
  private final Deque<Slot<T>> toCheck = new ArrayDeque<>();

  HealthChecks(ConnectionCore<T> core, Retirement<T> retirement, ConnectionCalls<T> calls) {
    this.core = core;
    this.retirement = retirement;
    this.calls = calls;
  }

  boolean isDueOnBorrow(Slot<T> slot, long now) {
    lookAtClocks();
    return core.fitness.dueOnBorrow(slot, now);
  }

  /**
   * Looks at the clocks. If they have moved apart, only a check that begins from now on can tell
   * whether a connection is fit. Without checks nothing could, so no connection is doubted.
   */
  void lookAtClocks() {
    if (core.fitness.checks() && core.fitness.clocksHaveJumped()) {
      for (Slot<T> slot : core.slots.all()) {
        slot.distrust();
      }
    }
  }

  /** Whether this connection can be leased as it is: it need be neither checked nor prepared. */
  boolean isReady(Slot<T> slot, long now) {
    return isPrepared(slot) && !isDueOnBorrow(slot, now);
  }

  /**
   * Finds a connection that can be leased as it is, if there is one for the callers of this one.
   * The connection that was used last may be due for a check while another one is not, because the
   * last proof of its health is older.
   *
   * @param warmest is held; it stays held if the result is null, and rests if it is another one
   * @return held
   */
  @Nullable Slot<T> holdReady(Slot<T> warmest, long now) {
    if (isReady(warmest, now)) {
      return warmest;
    }
    while (true) {
      Slot<T> other = readyInsteadOf(warmest, now);
      if (other == warmest) {
        return null;
      }
      if (other.hold()) {
        // Without the lock it may have been leased since it was looked at.
        if (canBeLeased(other, now)) {
          warmest.offer();
          return other;
        }
        other.offer();
      }
    }
  }

  /** An idle connection for the same callers that can be leased as it is; this one if none can. */
  Slot<T> readyInsteadOf(Slot<T> warmest, long now) {
    // If this one awaits a proof, all others do, because those are the coldest.
    Slot<T> other =
        warmest.awaitsProof()
            ? null
            : core.slots.warmest(slot -> slot.tenant == warmest.tenant && canBeLeased(slot, now));
    return other == null ? warmest : other;
  }

  /** As {@link #isReady}, without a look at the clocks; also whether it may still be leased. */
  private boolean canBeLeased(Slot<T> slot, long now) {
    return isPrepared(slot)
        && !core.fitness.dueOnBorrow(slot, now)
        && core.fitness.spent(slot, now) == null;
  }

  /** Whether {@code onAcquire} has nothing to do, or has done it since the last lease. */
  boolean isPrepared(Slot<T> slot) {
    return core.options.hooks().onAcquire() == null || slot.isPrepared();
  }

  /** Checks or prepares a connection that is held, whichever it needs before a lease. */
  void makeReady(Slot<T> slot, long now) {
    if (isPrepared(slot) || isDueOnBorrow(slot, now)) {
      check(slot);
    } else {
      prepare(slot);
    }
  }

  /**
   * Prepares a connection that is held for its next lease, by {@code onAcquire}. Until that has
   * ended the connection is not idle: it counts as being checked. Callers stay in line meanwhile
   * and own nothing of it. If one gives up, the next caller gets the connection, or it rests,
   * prepared.
   */
  void prepare(Slot<T> slot) {
    // First what may find no memory: a slot whose hook is not called would stay CHECKING.
    long epoch = slot.nextEpoch();
    HookCall.End ended = (failure, told) -> preparationEnded(slot, epoch, told);
    slot.beginHook(/* isReset= */ false);
    calls.callOnAcquire(slot, epoch, Slot.State.CHECKING, ended);
  }

  private void preparationEnded(Slot<T> slot, long epoch, @Nullable Throwable told) {
    core.enter();
    try {
      if (!slot.isOwnedBy(epoch, Slot.State.CHECKING)) {
        return;
      }
      long now = core.time.nanoTime();
      if (told != null) {
        boolean isFirst = slot.tenant.creation.unprepared(told, now);
        core.decisions.tell(() -> CreationReports.notPrepared(core.name(), isFirst, told));
        retirement.retire(slot, RetireReason.PREPARATION_FAILED);
        if (!(told instanceof NotCalledException)) {
          requireProofOfTheOthers(slot);
        }
      } else {
        slot.hookDone();
        if (slot.prepared()) {
          slot.tenant.creation.prepared();
        }
        offerPrepared(slot, now);
      }
      core.rules().match();
    } finally {
      core.leave();
    }
  }

  private void offerPrepared(Slot<T> slot, long now) {
    RetireReason reason = retirement.fateOf(slot, LeaseEnd.RETURNED, now);
    if (reason != null) {
      retirement.retire(slot, reason);
    } else {
      core.rules().offerReady(slot, now);
    }
  }

  /** Checks a connection that is held. Completes when it is back in the pool, or closed. */
  CompletableFuture<Void> check(Slot<T> slot) {
    CompletableFuture<Void> decided = new CompletableFuture<>();
    check(slot, decided);
    return decided;
  }

  private void check(Slot<T> slot, CompletableFuture<Void> decided) {
    // First what may find no memory: a slot whose checker is not called would stay CHECKING.
    long epoch = slot.nextEpoch();
    long begunNanos = core.time.nanoTime();
    ConnectionCalls.Verdict verdict =
        (fit, told) -> checked(slot, epoch, begunNanos, fit, told, decided);
    slot.beginCheck();
    calls.callChecker(slot, epoch, Slot.State.CHECKING, verdict);
  }

  private void checked(
      Slot<T> slot,
      long epoch,
      long begunNanos,
      boolean fit,
      @Nullable Throwable told,
      CompletableFuture<Void> decided) {
    core.enter();
    try {
      tellChecked(begunNanos, fit, told);
      if (!slot.isOwnedBy(epoch, Slot.State.CHECKING)) {
        core.decisions.serve(() -> decided.complete(null));
        return;
      }
      List<CompletableFuture<Void>> consequences =
          fit ? hasPassed(slot) : hasFailed(slot, begunNanos, told);
      core.rules().match();
      completeAfter(consequences, decided);
    } finally {
      core.leave();
    }
  }

  private void tellChecked(long begunNanos, boolean fit, @Nullable Throwable told) {
    if (told != null) {
      core.decisions.tell(
          () ->
              Faults.debug(
                  HealthChecks.class, told, "Pool '{}': a health check failed", core.name()));
    }
    if (Flight.isRecording()) {
      long tookNanos = core.time.nanoTime() - begunNanos;
      core.decisions.tell(() -> FlightReports.checked(core.name(), tookNanos, fit, told));
    }
  }

  /** A connection is fit: it goes back, unless its time is over. Returns what follows from that. */
  private List<CompletableFuture<Void>> hasPassed(Slot<T> slot) {
    long now = core.time.nanoTime();
    if (slot.passed(now)) {
      slot.tenant.creation.passed();
    }
    RetireReason reason = retirement.fateOf(slot, LeaseEnd.RETURNED, now);
    if (reason != null) {
      return List.of(retirement.retire(slot, reason, new CompletableFuture<>()));
    }
    core.rules().offerReady(slot, now);
    return List.of();
  }

  /** A connection is unfit: it is closed, and the others are doubted. Returns what follows. */
  private List<CompletableFuture<Void>> hasFailed(
      Slot<T> slot, long begunNanos, @Nullable Throwable told) {
    List<CompletableFuture<Void>> consequences = new ArrayList<>(0);
    CompletableFuture<Void> closed = new CompletableFuture<>();
    consequences.add(
        told instanceof ConnectionCalls.NoAnswerException
            ? retirement.close(slot, RetireReason.UNHEALTHY, closed)
            : retirement.retire(slot, RetireReason.UNHEALTHY, closed));
    if (told instanceof NotCalledException) {
      // Nothing is known about this connection, and therefore nothing about the others.
      return consequences;
    }
    if (!(told instanceof ConnectionCalls.NoAnswerException)) {
      // A checker that hangs says nothing about new connections: callers go on being served.
      slot.tenant.creation.unfit();
    }
    consequences.addAll(doubtTheOthers(slot, begunNanos));
    return consequences;
  }

  /** Completes a promise when all that follows from a check has ended. */
  private void completeAfter(
      List<CompletableFuture<Void>> consequences, CompletableFuture<Void> promise) {
    CompletableFuture<?>[] all = consequences.toArray(CompletableFuture[]::new);
    core.decisions.serve(
        () ->
            CompletableFuture.allOf(all)
                .whenComplete((nothing, failure) -> promise.complete(null)));
  }

  /**
   * If a check has found one connection dead, all may be dead, as after a fail-over. The pool
   * checks idle connections at once, and not one after another as callers ask for them. It checks
   * connections in use when they come back, and new ones before they belong to the pool.
   *
   * @param sinceNanos when that check began: a connection that was proven later needs no new proof
   * @return complete when the checks are over
   */
  private List<CompletableFuture<Void>> doubtTheOthers(Slot<T> dead, long sinceNanos) {
    List<CompletableFuture<Void>> checks = new ArrayList<>(0);
    for (Slot<T> slot : core.slots.all()) {
      if (slot != dead && !slot.doubtful && slot.provenNanos - sinceNanos <= 0) {
        slot.doubtful = slot.takesDoubt();
        if (slot.state() == Slot.State.IDLE) {
          checks.add(checkSoon(slot));
        }
      }
    }
    return checks;
  }

  /**
   * If a user has found one connection broken, others may be broken. The pool checks them as after
   * a check that failed. But they are probably fit: a caller waits for their checks and not for new
   * connections.
   */
  void requireProofOfTheOthers(Slot<T> broken) {
    if (core.options.health().healthChecker() == null) {
      return;
    }
    for (Slot<T> slot : core.slots.all()) {
      if (slot != broken && !slot.unproven) {
        slot.unproven = slot.takesDoubt();
        checkIfInDoubt(slot);
      }
    }
  }

  /** Puts a connection that is idle, and in doubt, in line for a check. */
  void checkIfInDoubt(Slot<T> slot) {
    if (core.fitness.isInDoubt(slot) && slot.state() == Slot.State.IDLE) {
      checkSoon(slot);
    }
  }

  /** Puts an idle connection in line for a check: only some are checked at a time. */
  CompletableFuture<Void> checkSoon(Slot<T> slot) {
    CompletableFuture<Void> decided = slot.awaitedCheck;
    if (decided == null) {
      decided = new CompletableFuture<>();
      slot.awaitedCheck = decided;
      toCheck.add(slot);
    }
    return decided;
  }

  /**
   * Checks connections in line, some at a time, unless they need no check any more. Hooks do not
   * count: where leases are short, connections are prepared and reset at any time.
   */
  void checkNext() {
    while (!toCheck.isEmpty()
        && (!core.serves()
            || core.slots.inCheck() < core.options.creation().maxConcurrentCreates())) {
      Slot<T> slot = toCheck.element();
      CompletableFuture<Void> decided = Objects.requireNonNull(slot.awaitedCheck);
      boolean isDue =
          core.serves()
              && slot.state() == Slot.State.IDLE
              && core.fitness.dueInBackground(slot, core.time.nanoTime())
              && slot.hold();
      if (isDue) {
        check(slot, decided);
      } else {
        core.decisions.serve(() -> decided.complete(null));
      }
      // A check that found no memory stays in line.
      slot.awaitedCheck = null;
      toCheck.remove();
    }
  }
}

package dev.pools.connection;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The checks that a new connection must pass before it belongs to the pool, if it must pass any:
 * then it counts as being created meanwhile. Guarded by the pool's lock.
 */
final class FirstCheck<T> {

  private final ConnectionCore<T> core;
  private final Retirement<T> retirement;
  private final StartProgress<T> start;
  private final ConnectionCalls<T> calls;
  private final CreationResults<T> results;

  FirstCheck(
      ConnectionCore<T> core,
      Retirement<T> retirement,
      StartProgress<T> start,
      ConnectionCalls<T> calls,
      CreationResults<T> results) {
    this.core = core;
    this.retirement = retirement;
    this.start = start;
    this.calls = calls;
    this.results = results;
  }

  /** Whether a new connection must pass a check, or onAcquire, before it belongs to the pool. */
  boolean mustBeProven(Slot<T> slot) {
    return mustBePrepared(slot)
        || (core.options.health().healthChecker() != null
            && (core.options.health().checkOnCreate() || slot.tenant.creation.isInDoubt()));
  }

  private boolean mustBePrepared(Slot<T> slot) {
    return core.options.hooks().onAcquire() != null && slot.tenant.creation.isPreparationInDoubt();
  }

  /**
   * Checks a new connection before it belongs to the pool, and prepares it if {@code onAcquire} has
   * been failing. This is part of its creation: until it is over it counts as being created, and if
   * the connection is unfit the creation has failed.
   */
  void prove(Slot<T> slot, long life, T connection, long tookNanos) {
    long begunNanos = core.time.nanoTime();
    boolean prepares = mustBePrepared(slot);
    // First what may find no memory: a slot whose checker is not called would stay PROVING.
    long epoch = slot.nextEpoch();
    ConnectionCalls.Verdict verdict =
        (fit, failure) -> {
          if (fit && prepares) {
            prepareNew(slot, epoch, life, begunNanos, tookNanos);
          } else {
            proven(
                slot,
                epoch,
                life,
                fit,
                failure,
                /* byHook= */ false,
                tookNanos + core.time.nanoTime() - begunNanos);
          }
        };
    slot.prove(connection, begunNanos);
    calls.callChecker(slot, epoch, Slot.State.PROVING, verdict);
  }

  private void prepareNew(
      Slot<T> slot, long epoch, long life, long begunNanos, long tookBeforeNanos) {
    core.enter();
    try {
      if (slot.isOwnedBy(epoch, Slot.State.PROVING)) {
        slot.beginHookInProof(core.time.nanoTime());
        calls.callOnAcquire(
            slot,
            epoch,
            Slot.State.PROVING,
            (failure, told) ->
                proven(
                    slot,
                    epoch,
                    life,
                    /* fit= */ told == null,
                    told,
                    /* byHook= */ true,
                    tookBeforeNanos + core.time.nanoTime() - begunNanos));
      }
    } finally {
      core.leave();
    }
  }

  /**
   * It is known whether a new connection may belong to the pool.
   *
   * @param told the failure without secrets, if there is one
   * @param byHook whether onAcquire has said so, and not the health check
   */
  private void proven(
      Slot<T> slot,
      long epoch,
      long life,
      boolean fit,
      @Nullable Throwable told,
      boolean byHook,
      long tookNanos) {
    core.enter();
    try {
      if (!slot.isOwnedBy(epoch, Slot.State.PROVING)) {
        return;
      }
      if (!byHook && slot.isProofUnused()) {
        // The check has passed at its limit and is told as overdue, too. Its hook runs meanwhile.
        return;
      }
      if (fit) {
        slot.tenant.creation.passed();
        if (byHook) {
          slot.hookDone();
          slot.prepared();
          slot.tenant.creation.prepared();
        } else {
          slot.passed(core.time.nanoTime());
        }
        results.joinPool(slot, life, tookNanos);
        return;
      }
      Throwable fault = new ConnectionCreationException(core.name(), whyUnfit(told, byHook), told);
      RetireReason reason = byHook ? RetireReason.PREPARATION_FAILED : RetireReason.UNHEALTHY;
      reject(slot, life, reason, fault, tookNanos);
    } finally {
      core.leave();
    }
  }

  private static String whyUnfit(@Nullable Throwable told, boolean byHook) {
    if (told instanceof NotCalledException notCalled) {
      return notCalled.reason();
    }
    return byHook
        ? "onAcquire failed for a new connection, which must pass it since it has failed before"
        : "a new connection failed its first health check";
  }

  /** A new connection, which is PROVING, is closed, and does not belong to the pool before. */
  void reject(Slot<T> slot, long life, RetireReason reason, Throwable fault, long tookNanos) {
    // First what may find no memory, and ends its state: then this is not told once more.
    retirement.retire(slot, reason);
    if (!slot.overdue) {
      slot.tenant.creation.overdue();
    }
    results.countCreated(slot.connection(), tookNanos);
    if (!slot.overdue) {
      results.countFailure(
          slot, fault, core.time.nanoTime() - tookNanos, Duration.ofNanos(tookNanos));
    }
    start.failed(slot, life, fault);
    core.rules().match();
  }

  /** The pool is stopped: closes the connections that have not passed their first check. */
  void abandonUnproven() {
    long now = core.time.nanoTime();
    for (Slot<T> slot : core.slots.all()) {
      if (slot.state() == Slot.State.PROVING) {
        if (!slot.overdue) {
          slot.tenant.creation.overdue();
        }
        results.countCreated(slot.connection(), now - slot.bornNanos);
        retirement.retire(slot, RetireReason.STOPPED);
      }
    }
  }
}

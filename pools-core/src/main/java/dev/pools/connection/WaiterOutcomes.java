package dev.pools.connection;

import dev.pools.Arguments;
import dev.pools.flight.Flight;
import dev.pools.flight.FlightReports;
import dev.pools.internal.LiveThreads;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a caller in line: it is granted a connection, is refused, or times out. Guarded
 * by the pool's lock, except for what tells the caller.
 */
final class WaiterOutcomes<T> {

  /** How many of the oldest leases a timeout names. */
  private static final int HOLDERS_NAMED = 3;

  private final ConnectionCore<T> core;
  private final StatsReader<T> stats;
  private final PlainRefusals plain;

  WaiterOutcomes(ConnectionCore<T> core, StatsReader<T> stats) {
    this.core = core;
    this.stats = stats;
    this.plain = new PlainRefusals(core.options.name());
  }

  /** A caller leaves the line by itself, or never gets into it. */
  void leaveLine(Waiter<T> waiter) {
    waiter.status = Waiter.Status.CANCELLED;
    if (waiter.number > 0) {
      core.line.remove(waiter);
    }
  }

  /**
   * Refuses a caller.
   *
   * @param why creates the exception after the lock; it may describe exceptions of users
   * @param plainly what the caller gets if that fails
   */
  private void refuse(
      Waiter<T> waiter,
      Supplier<? extends ConnectionPoolException> why,
      ConnectionPoolException plainly) {
    // First what may find no memory: a caller that leaves the line is told of it.
    core.decisions.serve(
        () -> finish(waiter, () -> waiter.fail(PlainRefusals.orPlain(why, plainly))));
    if (waiter.number > 0) {
      core.line.remove(waiter);
    }
    waiter.status = Waiter.Status.FAILED;
  }

  void refuseAsStopped(Waiter<T> waiter) {
    refuse(waiter, () -> new PoolStoppedException(core.name()), plain.stopped);
  }

  void refuseByLimit(Waiter<T> waiter) {
    refuse(
        waiter,
        () -> new WaiterLimitException(core.name(), core.options.waiting().waiterLimit()),
        plain.limit);
    core.counters.refusedByLimit++;
  }

  /** Refuses a caller in line that does not wait while there is nothing to wait for. */
  void refuseIfDown(Waiter<T> waiter) {
    if (!waiter.failsWhenDown || !core.serves() || !waiter.tenant.isDown()) {
      return;
    }
    CreationBackoff failing = waiter.tenant.creation;
    int failures = failing.failuresInARow();
    Throwable cause = failing.lastFailure();
    Duration pause = Duration.ofNanos(failing.pauseNanos(core.time.nanoTime()));
    refuse(waiter, () -> new BackendDownException(core.name(), failures, cause, pause), plain.down);
    core.counters.refusedDown++;
  }

  /** Refuses the callers in line that do not wait for another attempt, unless one is under way. */
  void refuseAllIfDown(Tenant<Waiter<T>> tenant) {
    if (tenant.creation.underway() == 0) {
      tenant.impatient().forEach(this::refuseIfDown);
    }
  }

  /** Takes a caller whose time is over out of the line, and tells it. */
  void timeOut(Waiter<T> waiter) {
    @Nullable DeadlockFinding itself = core.deadlocks.of(waiter);
    CreationBackoff backoff = waiter.tenant.creation;
    Throwable failure = backoff.failureSince(waiter.sinceNanos);
    int failures = backoff.failuresInARow();
    // First what may find no memory: a caller that leaves the line is told of it.
    core.decisions.serve(() -> tellTimedOut(waiter, failure, failures, itself));
    core.line.remove(waiter);
    waiter.status = Waiter.Status.TIMED_OUT;
    if (!core.gate.notes) {
      core.openLeases.foundByTimeout(waiter);
    }
    core.counters.timeouts++;
    if (itself != null) {
      core.counters.nestedTimeouts++;
    }
    core.counters.unserved.timedOut(core.slots, core.time.nanoTime());
  }

  /** Describes the pool as it is now, and not as it is when a thread tells the caller. */
  private void tellTimedOut(
      Waiter<T> waiter,
      @Nullable Throwable failure,
      int failures,
      @Nullable DeadlockFinding itself) {
    long now = core.time.nanoTime();
    Duration waited = Duration.ofNanos(now - waiter.sinceNanos);
    ConnectionPoolException why =
        PlainRefusals.orPlain(
            () ->
                new AcquireTimeoutException(
                    new TimeoutFacts(
                        stats.stats(),
                        OpenLeases.describe(
                            core.read(() -> core.openLeases.read(now)), now, HOLDERS_NAMED),
                        waited,
                        failure,
                        failures,
                        itself,
                        core.options.closing().closeTimeout(),
                        core.threads().waiting()),
                    /* hasStack= */ !waiter.async),
            plain.timedOut);
    ConnectionListeners<T> listeners = listenersOf(waiter);
    finish(
        waiter,
        () -> {
          waiter.fail(why);
          if (waiter.async) {
            tellRecording(waiter);
            listeners.tell(listener -> listener.acquireTimedOut(waited));
          }
        });
  }

  /**
   * Who is told what becomes of a caller that has left the line. A caller in a future keeps its
   * listeners until the pool completes the future, and this is read before. A caller that gives up
   * makes the waiter forget them only while it is in line.
   */
  private ConnectionListeners<T> listenersOf(Waiter<T> waiter) {
    ConnectionListeners<T> its = waiter.listeners;
    return its == null ? core.listeners : its;
  }

  /** Tells the listeners what a caller got that has waited; if it waited in a thread, there. */
  void tellServed(Waiter<T> waiter, Lease<T> lease) {
    if (Flight.isRecording()) {
      record(waiter, OpenLeases.idOf(lease.slot(), lease.epoch()), waiter.waited());
    }
    if (!core.listeners.isEmpty()) {
      core.leaseEvents.begun(
          listenersOf(waiter),
          lease.slot(),
          lease.epoch(),
          core.unguarded(lease.leased()),
          waiter.waited());
    }
  }

  /** As {@link #tellServed}, for a caller whose time was over. */
  void tellRefused(Waiter<T> waiter) {
    if (waiter.status == Waiter.Status.TIMED_OUT) {
      tellRecording(waiter);
      core.listeners.tell(
          listener ->
              listener.acquireTimedOut(Duration.ofNanos(core.time.nanoTime() - waiter.sinceNanos)));
    }
  }

  private void tellRecording(Waiter<T> waiter) {
    if (Flight.isRecording()) {
      record(waiter, null, Duration.ofNanos(core.time.nanoTime() - waiter.sinceNanos));
    }
  }

  private void record(Waiter<T> waiter, @Nullable String lease, Duration waited) {
    String name = waiter.callerName;
    FlightReports.leaseWaited(
        core.name(),
        lease,
        name == null ? LiveThreads.nameOf(waiter.callerId) : name,
        waited.toNanos());
  }

  /**
   * Completes a caller's future: at once if the caller waits in a thread, or if no user code can
   * depend on the future yet; otherwise where user code runs.
   */
  private void finish(Waiter<T> waiter, Runnable completion) {
    boolean atOnce = !waiter.async || (waiter.arriving && waiter.caller == Thread.currentThread());
    if (atOnce) {
      completion.run();
    } else {
      core.run(completion);
    }
  }

  /** The first caller in line that could still take a connection; the others leave the line. */
  @Nullable Waiter<T> firstAlive(long now) {
    Waiter<T> first = core.line.first();
    while (first != null && !isAlive(first, now)) {
      first = core.line.first();
    }
    return first;
  }

  /** Whether a caller in line could still take a connection; if not, it leaves the line. */
  boolean isAlive(Waiter<T> waiter, long now) {
    // A caller that has only just arrived may have what is there, however short its timeout.
    if (!waiter.isDone() && (waiter.arriving || !waiter.isOverdue(now))) {
      return true;
    }
    if (waiter.isDone()) {
      core.line.remove(waiter);
      waiter.status = Waiter.Status.CANCELLED;
      waiter.forget();
    } else {
      timeOut(waiter);
    }
    return false;
  }

  /** Leases a connection, which is held, to a caller in line. */
  void grant(Waiter<T> waiter, Slot<T> slot, long now) {
    Runnable completion = waiter.async ? () -> finish(waiter, () -> deliver(waiter)) : null;
    Lease<T> granted =
        lease(
            slot,
            now,
            waiter.leaseOwner,
            waiter.callerId,
            waiter.callerName,
            waiter.async,
            waiter.arguments,
            waiter.acquiredAt);
    if (completion != null) {
      try {
        core.decisions.serve(completion);
      } catch (Throwable noMemory) {
        // No caller has this lease, so it ends at once.
        slot.seize();
        throw noMemory;
      }
    }
    core.line.remove(waiter);
    waiter.status = Waiter.Status.GRANTED;
    waiter.servedNanos = now;
    waiter.granted = granted;
    if (completion == null) {
      core.deliverLater(waiter);
    }
    if (waiter.leakNanos != null) {
      core.leaks.watch(slot, granted.epoch(), waiter.leakNanos);
      core.rules().maintainWithin(waiter.leakNanos);
    }
  }

  private void deliver(Waiter<T> waiter) {
    Lease<T> lease = waiter.granted;
    if (lease != null) {
      try {
        tellServed(waiter, lease);
      } finally {
        waiter.deliver();
      }
    }
  }

  /** Leases a connection, which is held, to a caller that is not in line, and tells it. */
  Lease<T> leaseAtOnce(
      Slot<T> slot,
      long now,
      LeaseOwner<T> owner,
      long caller,
      @Nullable String callerName,
      Arguments arguments) {
    T connection = slot.connection();
    Lease<T> lease =
        lease(
            slot,
            now,
            owner,
            caller,
            callerName,
            /* async= */ false,
            arguments,
            core.leaks.stack());
    if (core.hasListeners()) {
      try {
        long epoch = lease.epoch();
        core.decisions.tell(
            () -> core.leaseEvents.begun(core.listeners, slot, epoch, connection, Duration.ZERO));
      } catch (Throwable noMemory) {
        // No caller has this lease, so it ends at once.
        slot.seize();
        throw noMemory;
      }
    }
    return lease;
  }

  /** Leases a connection, which is held, to a caller. */
  Lease<T> lease(
      Slot<T> slot,
      long now,
      LeaseOwner<T> owner,
      long caller,
      @Nullable String callerName,
      boolean async,
      Arguments arguments,
      @Nullable Throwable stack) {
    // First what may find no memory, so that no slot is leased to a caller that never learns of it.
    Lease<T> lease = core.guarded(new Lease<>(owner, slot, slot.nextEpoch(), slot.connection()));
    core.leaks.begun(lease);
    slot.leasedBy = caller;
    slot.leasedAsync = async;
    slot.acquiredWith = arguments.isEmpty() ? null : arguments;
    // Without notes the end of the lease is marked, so that its time is known at least this once.
    long epoch = slot.lease(now, /* marked= */ !core.gate.notes);
    slot.note(epoch, now, stack, callerName);
    slot.noteRecorded(epoch, Flight.now());
    return lease;
  }
}

package dev.pools.connection;

import dev.pools.Arguments;
import dev.pools.connection.ConnectionPoolStats.State;
import dev.pools.internal.ThreadKind;
import dev.pools.internal.Time;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The way of a caller that must wait: it joins the line, is served, gives up or times out. Guarded
 * by the pool's lock, except for what the caller's thread does before it waits.
 */
final class ConnectionAcquisition<T> implements Waiter.Owner<T> {

  private final ConnectionCore<T> core;
  private final Retirement<T> retirement;
  private final WaiterOutcomes<T> outcomes;
  private final HealthChecks<T> checks;
  private final PoolMaintenance<T> maintenance;
  private final ConnectionCreator<T> creator;
  private final Matcher<T> matcher;
  private final PoolLifecycle<T> lifecycle;
  private final ConnectionFlight<T> flight;

  private final SpinBeforePark spinning = new SpinBeforePark();

  ConnectionAcquisition(
      ConnectionCore<T> core,
      Retirement<T> retirement,
      WaiterOutcomes<T> outcomes,
      HealthChecks<T> checks,
      PoolMaintenance<T> maintenance,
      ConnectionCreator<T> creator,
      Matcher<T> matcher,
      PoolLifecycle<T> lifecycle,
      ConnectionFlight<T> flight) {
    this.core = core;
    this.retirement = retirement;
    this.outcomes = outcomes;
    this.checks = checks;
    this.maintenance = maintenance;
    this.creator = creator;
    this.matcher = matcher;
    this.lifecycle = lifecycle;
    this.flight = flight;
  }

  /** How long an idle connection may take to be checked and prepared. */
  private long readyWithinNanos() {
    HookOptions<T> hooks = core.options.hooks();
    long checkNanos = Time.nanos(core.options.health().healthCheckTimeout());
    long hookNanos = hooks.onAcquire() == null ? 0 : Time.nanos(hooks.hookTimeout());
    return Math.min(checkNanos, Long.MAX_VALUE - hookNanos) + hookNanos;
  }

  /**
   * Joins the line, and waits until it is decided what the caller gets.
   *
   * @param since when the caller asked
   */
  Lease<T> await(
      Arguments asked,
      long since,
      Duration timeout,
      WhenDown whenDown,
      @Nullable Duration leakThreshold,
      LeaseOwner<T> owner)
      throws InterruptedException {
    Waiter<T> waiter =
        join(asked, since, timeout, whenDown, leakThreshold, /* async= */ false, owner);
    try {
      return awaitAnswer(waiter);
    } catch (Throwable fault) {
      // A caller that is told of a fault does not stay in line, where it would be served.
      waiter.abandon();
      throw fault;
    }
  }

  /** Joins the line, and does not wait: the future completes when it is decided. */
  CompletableFuture<Lease<T>> waitInFuture(
      Arguments asked,
      Duration timeout,
      WhenDown whenDown,
      @Nullable Duration leakThreshold,
      LeaseOwner<T> owner) {
    return join(
        asked, core.time.nanoTime(), timeout, whenDown, leakThreshold, /* async= */ true, owner);
  }

  private Waiter<T> join(
      Arguments asked,
      long since,
      Duration timeout,
      WhenDown whenDown,
      @Nullable Duration leakThreshold,
      boolean async,
      LeaseOwner<T> owner) {
    Long leakNanos = leakThreshold == null ? null : LeakDetector.thresholdNanos(leakThreshold);
    flight.know(since);
    long nanos = Time.nanos(timeout);
    // Beyond some hundred years the clock could not say when it is over.
    long deadline = nanos > Long.MAX_VALUE / 4 ? Long.MAX_VALUE : since + nanos;
    Waiter<T> waiter =
        new Waiter<>(
            this,
            asked,
            core.tenants.of(asked),
            since,
            deadline,
            async,
            whenDown == WhenDown.FAIL,
            owner,
            leakNanos == null ? core.leaks.stack() : LeakDetector.stackFor(leakNanos),
            leakNanos == null
                ? core.leaks.nameOf(Thread.currentThread())
                : ThreadKind.nameOf(Thread.currentThread()),
            leakNanos);
    // A caller in a thread is told of on its own thread.
    waiter.listeners = async ? core.listeners.forWaiter() : null;
    join(waiter);
    return waiter;
  }

  /** A caller has got this lease without waiting, and has a threshold of its own for leaks. */
  Lease<T> watched(Lease<T> lease, Duration leakThreshold) {
    try {
      watch(lease.slot(), lease.epoch(), LeakDetector.thresholdNanos(leakThreshold));
    } catch (Throwable noMemoryOrStack) {
      lease.undo();
      throw noMemoryOrStack;
    }
    return lease;
  }

  private void watch(Slot<T> slot, long epoch, long leakNanos) {
    Throwable stack = LeakDetector.stackFor(leakNanos);
    String thread = ThreadKind.nameOf(Thread.currentThread());
    core.enter();
    try {
      // What is noted must be forgotten when the lease ends, under the lock.
      if (slot.markLease(epoch)) {
        slot.note(epoch, core.time.nanoTime(), stack, thread);
        core.leaks.watch(slot, epoch, leakNanos);
        maintenance.maintainWithin(leakNanos);
      }
    } finally {
      core.leave();
    }
  }

  /**
   * Waits until it is decided what the caller gets. Once another thread has granted it a
   * connection, the caller takes it even if its time is over or it is interrupted: it owns the
   * connection, which is on its way.
   */
  private Lease<T> awaitAnswer(Waiter<T> waiter) throws InterruptedException {
    boolean interrupted = false;
    boolean hasCome = hasComeFor(waiter);
    while (!hasCome && !waiter.isDone()) {
      long leftNanos = waiter.leftNanos(core.time.nanoTime());
      if (leftNanos <= 0) {
        timeOut(waiter);
        leftNanos = Long.MAX_VALUE;
      }
      waiter.sleep(core.time, leftNanos);
      if (waiter.called) {
        waiter.called = false;
        matcher.takeCalledFor();
      }
      if (Thread.interrupted()) {
        if (cancel(waiter)) {
          throw new InterruptedException(
              "Interrupted while waiting for a connection of pool '" + core.name() + "'");
        }
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return answer(waiter);
  }

  private Lease<T> answer(Waiter<T> waiter) {
    try {
      Lease<T> lease = waiter.join();
      try {
        outcomes.tellServed(waiter, lease);
      } catch (Throwable noMemoryOrStack) {
        lease.undo();
        throw noMemoryOrStack;
      }
      return lease;
    } catch (CompletionException e) {
      outcomes.tellRefused(waiter);
      if (e.getCause() instanceof ConnectionPoolException refusal) {
        // Another thread may have refused it: its stack says nothing to this caller.
        refusal.fillInStackTrace();
        throw refusal;
      }
      throw e;
    }
  }

  @Override
  public String cancelled() {
    return "Cancelled while waiting for a connection of pool ".concat(core.name());
  }

  @Override
  public Tenant<Waiter<T>> standardTenant() {
    return core.tenants.standard();
  }

  /** Spins for a moment. Returns whether it is decided what the caller gets. */
  private boolean hasComeFor(Waiter<T> waiter) {
    return waiter.isDone()
        || (!ThreadKind.isVirtual(Thread.currentThread())
            && spinning.hasComeFor(waiter, waiter.leftNanos(core.time.nanoTime())));
  }

  /** Puts a caller in line. The pool may serve or refuse it before this returns. */
  private void join(Waiter<T> waiter) {
    if (core.state() == State.CREATED) {
      lifecycle.startImplicitly();
    }
    core.enter();
    try {
      if (core.state() != State.RUNNING) {
        outcomes.refuseAsStopped(waiter);
        return;
      }
      CreationBackoff backoff = waiter.tenant.creation;
      int underwayBefore = backoff.underway();
      core.line.add(waiter);
      waiter.place = core.line.size();
      core.setGate();
      // One look at the clock for all decisions: it costs as much as some of them.
      long now = core.time.nanoTime();
      if (core.serves() && matcher.mayOvertake(waiter, now)) {
        matcher.serveFirst(waiter);
      }
      matcher.match(now);
      if (waiter.status == Waiter.Status.WAITING) {
        maintenance.reclaimForgotten();
      }
      if (waiter.status == Waiter.Status.WAITING && !stayForCheck(waiter, now)) {
        if (waiter.isOverdue(now)) {
          outcomes.timeOut(waiter);
        } else if (core.line.size() > core.options.waiting().waiterLimit()) {
          outcomes.refuseByLimit(waiter);
        } else if (backoff.underway() == underwayBefore && !waiter.awaitsPlace) {
          // Otherwise this caller has started the attempt that is due, or it starts when the place
          // is free that is kept for this caller, which waits for it.
          outcomes.refuseIfDown(waiter);
        }
      }
      if (waiter.async && waiter.status == Waiter.Status.WAITING) {
        core.waiterTimer.set(waiter.deadlineNanos, this::waiterTimerFired);
      }
    } catch (Throwable fault) {
      // A caller that is told of a fault does not stay in line, where it would be served.
      if (waiter.status == Waiter.Status.WAITING) {
        outcomes.leaveLine(waiter);
        throw fault;
      }
    } finally {
      core.leave();
      waiter.hasArrived();
    }
  }

  /**
   * Whether a caller that may not wait for a connection may wait for the end of a check that is
   * under way for it: it would find the same connection fit a moment later.
   */
  private boolean stayForCheck(Waiter<T> waiter, long now) {
    boolean overdue = waiter.isOverdue(now);
    boolean overLimit = core.line.size() > core.options.waiting().waiterLimit();
    if ((!overdue && !overLimit) || !matcher.arguments.isCheckedFor(waiter, core.line.size())) {
      return false;
    }
    core.line.setAwaitsCheckOnly(waiter, true);
    if (overdue) {
      waiter.hasNoTime = true;
      waiter.deadlineNanos = now + readyWithinNanos();
    }
    return true;
  }

  /**
   * Leases an idle connection that needs no check, unless other callers wait for one. If there is
   * none, the pool creates one for a later call.
   */
  @Nullable Lease<T> tryAcquire(Arguments asked, LeaseOwner<T> owner) {
    if (core.state() == State.CREATED) {
      lifecycle.startImplicitly();
    }
    ConnectionSpec spec = core.tenants.spec(asked);
    Tenant<?> tenant = spec.tenant();
    // A user's class of threads may have a getId of its own.
    long caller = Thread.currentThread().getId();
    String callerName = core.leaks.nameOf(Thread.currentThread());
    core.enter();
    try {
      if (core.state() != State.RUNNING) {
        throw new PoolStoppedException(core.name());
      }
      matcher.match();
      // Where arguments must be equal, no caller in line can take a connection that is still idle.
      if (core.isSuspended() || (core.line.size() > 0 && !core.matchesArguments)) {
        return null;
      }
      long now = core.time.nanoTime();
      Slot<T> slot = usable(tenant, now);
      if (slot != null) {
        return outcomes.leaseAtOnce(slot, now, owner, caller, callerName, asked);
      }
      matcher.match();
      if (core.line.size() == 0
          && !matcher.arguments.isOnItsWay(tenant)
          && tenant.creation.mayBegin(now)) {
        if (!creator.mayTakePlace(tenant)) {
          return null;
        }
        if (core.slots.total() < core.maxSize) {
          creator.create(spec, /* upkeep= */ false).want();
        } else {
          matcher.arguments.makeRoomFor(spec);
        }
      }
      return null;
    } finally {
      core.leave();
    }
  }

  /**
   * An idle connection that can be leased at once, held. One that must be checked or prepared first
   * is checked or prepared for a later call.
   */
  private @Nullable Slot<T> usable(Tenant<?> tenant, long now) {
    boolean isGettingReady = matcher.arguments.isGettingReady(tenant);
    for (Slot<T> slot = matcher.arguments.holdWarmest(tenant);
        slot != null;
        slot = matcher.arguments.holdWarmest(tenant)) {
      RetireReason spent = core.fitness.spent(slot, now);
      Slot<T> ready = spent == null ? checks.holdReady(slot, now) : null;
      if (spent != null) {
        retirement.retire(slot, spent);
      } else if (ready != null) {
        return ready;
      } else {
        if (!isGettingReady) {
          checks.makeReady(slot, now);
          slot.want();
        } else {
          slot.offer();
        }
        return null;
      }
    }
    return null;
  }

  /**
   * Takes a caller out of the line that gives up.
   *
   * @return whether it stood there; if not, it is already decided what the caller gets
   */
  @Override
  public boolean cancel(Waiter<T> waiter) {
    core.enter();
    try {
      if (waiter.status != Waiter.Status.WAITING) {
        return false;
      }
      waiter.status = Waiter.Status.CANCELLED;
      boolean wasFirst = core.line.first() == waiter;
      core.line.remove(waiter);
      waiter.forget();
      // The pool may have called this caller to take an idle connection. The next caller gets it.
      if (wasFirst || core.matchesArguments) {
        matcher.match();
      }
      return true;
    } finally {
      core.leave();
    }
  }

  /** Takes a caller whose time is over out of the line, and tells it. */
  private void timeOut(Waiter<T> waiter) {
    core.enter();
    try {
      if (waiter.status == Waiter.Status.WAITING) {
        outcomes.timeOut(waiter);
        matcher.match();
      }
    } finally {
      core.leave();
    }
  }

  /** The timeout of some callers in line may be over; there is one timer for all of them. */
  private void waiterTimerFired() {
    core.enter();
    try {
      core.waiterTimer.fired();
      timeOutOverdue();
      matcher.match();
    } catch (Throwable noMemoryOrStack) {
      core.isUnfinished = true;
      throw noMemoryOrStack;
    } finally {
      core.leave();
    }
  }

  /** Tells the callers that wait in a future and whose time is over; sets the timer for others. */
  void timeOutOverdue() {
    long now = core.time.nanoTime();
    long earliestLeft = Long.MAX_VALUE;
    Waiter<T> next;
    for (Waiter<T> waiter = core.line.first(); waiter != null; waiter = next) {
      next = waiter.next;
      if (waiter.async && waiter.isOverdue(now)) {
        outcomes.timeOut(waiter);
      } else if (waiter.async) {
        earliestLeft = Math.min(earliestLeft, waiter.leftNanos(now));
      }
    }
    if (earliestLeft != Long.MAX_VALUE) {
      core.waiterTimer.set(now + earliestLeft, this::waiterTimerFired);
    }
  }
}

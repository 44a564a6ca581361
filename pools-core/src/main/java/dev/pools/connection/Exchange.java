package dev.pools.connection;

import dev.pools.Arguments;
import dev.pools.connection.ConnectionPoolStats.State;
import dev.pools.internal.AfterUnlock;
import dev.pools.internal.ExitingThreads;
import dev.pools.internal.Faults;
import dev.pools.internal.ThreadKind;
import dev.pools.internal.Time;
import dev.pools.internal.VersionedLock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where connections and callers meet. It holds the pool's one lock, and every step that needs it.
 *
 * <p>It does not know the {@link ConnectionPool}, which is only a door to it: a pool that its users
 * have forgotten can so be noticed, although its timers are set.
 *
 * <p>Invariants, each kept by every hold of the lock:
 *
 * <ol>
 *   <li>No more places are taken than there may be, but for those in use when the pool was made
 *       smaller, and for one stray: see {@link #hopeless}.
 *   <li>No caller waits in line while a connection is idle and needs no check. No caller waits
 *       while another connection may be created and none is being created for this caller; or,
 *       while connections are in use that may be released, for the callers before it, so that its
 *       turn comes soon. See {@link CreationBackoff}. {@link #match} restores this after each
 *       change.
 *   <li>A caller who leaves the line, for whatever reason, owns nothing; one who is granted a
 *       connection owns it until its lease ends, and if he cannot take it any more it goes back.
 *   <li>No user code runs under the lock. What has to be done about it is decided under the lock
 *       and carried out by {@link #leave}.
 * </ol>
 */
final class Exchange<T> {

  private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

  /** For how long a caller may be overtaken if throughput counts for more than fairness. */
  private static final long OVERTAKEN_AT_MOST_NANOS = 5_000_000;

  /** How soon after one maintenance the next may come: what is due meanwhile waits for it. */
  private static final long SHORTEST_ROUND_NANOS = 10_000_000;

  /** How soon a step that has found no memory is finished by another thread. */
  private static final long RESTORE_AGAIN_NANOS = 50_000_000;

  /** How long a stop whose deadline is over waits for the cleaners that it has started. */
  private static final long CLEANING_GRACE_NANOS = 5_000_000_000L;

  // Fixed at construction.
  private final ConnectionOptions<T> options;
  private final Time time;
  private final ConnectionListeners<T> listeners;
  private final long createTimeoutNanos;
  private final long checkTimeoutNanos;

  /** How long an idle connection may take to be checked and prepared. */
  private final long readyWithinNanos;

  private final VersionedLock lock = new VersionedLock();
  private final LeaseGate<T> gate = new LeaseGate<>();
  private final SpinBeforePark spinning = new SpinBeforePark();
  private final PlainRefusals plain;

  /** Where user code runs unless a start names another executor. */
  private final ConnectionThreads standardThreads;

  /**
   * Whether each lease is noted with its time: somebody is told of it, looks at it, or guards it.
   */
  private final boolean noted;

  // Guarded by lock.
  private final SlotTable<T> slots = new SlotTable<>(gate);
  private final WaitQueue<T> line;
  private final CreationLimits creations;
  private final Tenants<T> tenants;

  /** How connections are made with ArgumentMatching.ANY. */
  private final CreationBackoff creation;

  private final ConnectionFitness fitness;

  /** Null if arguments serve only to create. */
  private final @Nullable SameArgumentsMatcher<T> same;

  /** What the last attempt to create a connection was made with, if it failed. */
  private Wanted<T> probeWith;

  private final Deque<Wanted<T>> nextArguments = new ArrayDeque<>();
  private final List<CompletableFuture<Void>> resizes = new ArrayList<>();
  private final AfterUnlock decisions;

  /** What runs after each change of the state. */
  private final List<Runnable> stateActions = new CopyOnWriteArrayList<>();

  /** Those in threads who have been granted a connection in this hold of the lock. */
  private @Nullable Waiter<T> firstServed;

  private @Nullable Waiter<T> lastServed;

  /** Set while the line is being served, or a stop begins; still set afterwards if that failed. */
  private boolean isUnfinished;

  private int restored;

  /** When the next thread comes to finish what is left. */
  private long restoreNanos;

  private final EvictionTracker<T> evictions;
  private final ConnectionCloser<T> closer;
  private final LeakDetector<T> leaks;
  private final DeadlockDetector<T> deadlocks;
  private final Deque<Slot<T>> toCheck = new ArrayDeque<>();
  private final long[] retired = new long[RetireReason.values().length];
  private int minSize;
  private int maxSize;
  private long timeouts;
  private final UnservedCallers vain = new UnservedCallers();
  private long nestedTimeouts;
  private long refusedByLimit;
  private long refusedDown;
  private long created;
  private long createFailures;
  private long startedNanos;
  private long lives;

  /** How often a stop has been asked for; one revokes the starts that wait for the one before. */
  private long stopsAsked;

  /** How many creations have no place any more and have not ended: none or one. */
  private int strays;

  private ConnectionThreads threads;
  private CompletableFuture<Void> started = new CompletableFuture<>();
  private CompletableFuture<Void> stopped = CompletableFuture.completedFuture(null);
  private int missingAtStart;
  private boolean startHasFailed;
  private StartFailure onStartFailure;
  private int wantedAtStart;
  private long startSinceNanos;
  private @Nullable Throwable lastFailureOfStart;

  /** Set while a start waits that has a time limit. */
  private Time.@Nullable Timer startTimer;

  /** Whether a caller has started the pool by asking for a connection, and no one explicitly. */
  private boolean startedImplicitly;

  private Time.@Nullable Timer maintenanceTimer;
  private long maintenanceNanos;
  private Time.@Nullable Timer retryTimer;
  private long retryNanos;

  /** Set if somebody waits in a future, for no later than when his time is over. */
  private Time.@Nullable Timer alarm;

  private long alarmNanos;

  // Written under lock, read by anyone.
  private volatile State state = State.CREATED;

  /** Whether nothing is leased and nothing asked of the server, until it is resumed. */
  private volatile boolean suspended;

  Exchange(ConnectionOptions<T> options) {
    this.options = options;
    this.time = options.time().forPool(options.name() + "-completions");
    this.decisions = new AfterUnlock(time);
    this.standardThreads =
        ConnectionThreads.of(options.name(), options.time(), decisions, options.executor());
    this.threads = standardThreads;
    this.evictions = new EvictionTracker<>(slots, this::complete);
    this.plain = new PlainRefusals(options.name(), options.waiterLimit());
    this.listeners = new ConnectionListeners<>(options.name(), options.listeners());
    this.closer = new ConnectionCloser<>(options, time, decisions, listeners, new Closings());
    this.createTimeoutNanos = Time.nanos(options.createTimeout());
    this.checkTimeoutNanos = Time.nanos(options.healthCheckTimeout());
    long hookNanos = options.onAcquire() == null ? 0 : Time.nanos(options.hookTimeout());
    this.readyWithinNanos = Math.min(checkTimeoutNanos, Long.MAX_VALUE - hookNanos) + hookNanos;
    boolean apart = options.argumentMatching() == ArgumentMatching.SAME;
    this.creations =
        new CreationLimits(
            options.name(),
            apart,
            options.maxConcurrentCreates(),
            Time.nanos(options.backoffInitial()),
            Time.nanos(options.backoffMax()));
    this.tenants = new Tenants<>(apart, creations);
    this.creation = tenants.standard().creation;
    this.probeWith = new Wanted<>(Arguments.none(), tenants.standard());
    this.line = new WaitQueue<>(/* byTenant= */ apart, slots);
    this.deadlocks = new DeadlockDetector<>(slots, line);
    this.fitness = new ConnectionFitness(options);
    this.same = apart ? new SameArgumentsMatcher<>(this, slots, creations) : null;
    this.leaks = new LeakDetector<>(options, slots, decisions, listeners);
    this.noted =
        fitness.needsClock()
            || leaks.areWatched()
            || !listeners.isEmpty()
            || options.guard() != null;
    this.minSize = options.minSize();
    this.maxSize = options.maxSize();
    this.restoreNanos = time.nanoTime();
    this.onStartFailure = options.onStartFailure();
  }

  String name() {
    return options.name();
  }

  /** The tenant of those who give no arguments. */
  Tenant<T> standardTenant() {
    return tenants.standard();
  }

  /** Whose these arguments are. Calls their methods, so not under the lock. */
  Tenant<T> tenantOf(Arguments arguments) {
    return tenants.of(arguments);
  }

  ConnectionOptions<T> options() {
    return options;
  }

  Time time() {
    return time;
  }

  /** Where user code runs at the moment. */
  ConnectionThreads threads() {
    return lock.read(() -> threads);
  }

  /** Tells the listeners, after the lock. */
  private void news(Consumer<ConnectionPoolListener<? super T>> event) {
    if (!listeners.isEmpty()) {
      decisions.tell(() -> listeners.tell(event));
    }
  }

  /** Runs an action after each change of the state from now on, outside of the lock. */
  void onStateChange(Runnable action) {
    stateActions.add(action);
  }

  /** The state has changed, which is told after the lock. */
  private void stateHasChanged() {
    for (Runnable action : stateActions) {
      decisions.tell(
          () -> Faults.guard(LOG, "An action on the state of pool '" + name() + "'", action));
    }
  }

  /** The name of the caller's thread, if it is wanted for the report of a leak. */
  @Nullable String reportedName() {
    return leaks.nameOf(Thread.currentThread());
  }

  /** The stack of the caller, if it is wanted for the report of a leak. */
  @Nullable Throwable leakStack() {
    return leaks.stack();
  }

  // ---- In and out of the lock

  private void enter() {
    lock.lock();
  }

  /** Whether this thread holds the lock, for tests. */
  boolean holdsLock() {
    return lock.isHeldByCurrentThread();
  }

  /** Bars the gate as is needed now: before anyone relies on it, and at the end of each hold. */
  private void setGate() {
    gate.bar(
        (line.size() > 0 ? LeaseGate.WAITERS : 0)
            | (serves() ? 0 : LeaseGate.SHUT)
            | (isEachLeaseDecided() ? LeaseGate.DECIDED : 0));
  }

  private boolean isEachLeaseDecided() {
    return fitness.dueOnReturn()
        || options.onAcquire() != null
        || options.onReturn() != null
        || same != null;
  }

  /**
   * Lets go of the lock, whatever happens, and then carries out what was decided under it. Each
   * hold of the lock ends here.
   */
  private void leave() {
    Waiter<T> toServe = null;
    AfterUnlock.Decision decided = null;
    try {
      restoreInvariants();
      toServe = firstServed;
      firstServed = null;
      lastServed = null;
      decided = decisions.take();
      setGate();
      if (line.size() == 0) {
        stopAlarm();
      }
    } finally {
      lock.unlock();
      while (toServe != null) {
        Waiter<T> next = toServe.nextServed;
        toServe.nextServed = null;
        deliverInThread(toServe);
        toServe = next;
      }
      decisions.carryOut(decided);
    }
  }

  /**
   * Finishes what a step has left undone because there was no memory for it: a slot that is held
   * although the step is over, or a line that was not served to its end. If there is no memory for
   * that either, the next thread that leaves the lock tries again, and a timer sees to it that one
   * does.
   */
  private void restoreInvariants() {
    if (slots.noneIsHeld() && !isUnfinished && !closer.hasLeftOver()) {
      return;
    }
    restored++;
    try {
      long now = time.nanoTime();
      for (Slot<T> slot : slots.all()) {
        settleLeftOver(slot, now);
      }
      closer.startLeftOver();
      if (state == State.STOPPING) {
        endService();
      }
      if (same != null) {
        same.beginAnew(line);
      }
      match();
      endResizes();
      if (state == State.STOPPING && isEmpty()) {
        stopIsOver();
      }
      checkNext();
    } catch (Throwable noMemoryOrStack) {
      isUnfinished = true;
    }
    if (isUnfinished) {
      tryAgainSoon();
    }
  }

  private void settleLeftOver(Slot<T> slot, long now) {
    if (slot.state() == Slot.State.HELD) {
      // Perhaps what had to be done with it before the next lease has not been done.
      RetireReason reason =
          options.onReturn() == null
              ? fateOf(slot, LeaseEnd.RETURNED, now)
              : RetireReason.RESET_FAILED;
      if (reason == null) {
        slot.suspect = true;
        slots.offer(slot);
      } else {
        retire(slot, reason);
      }
    } else if (slot.state() == Slot.State.PROVING && slot.isLeftOver) {
      retire(slot, RetireReason.UNHEALTHY);
      slot.isLeftOver = false;
      if (!slot.overdue) {
        slot.tenant.creation.overdue();
      }
    }
  }

  private void tryAgainSoon() {
    try {
      long now = time.nanoTime();
      if (now - restoreNanos >= 0) {
        later(RESTORE_AGAIN_NANOS, this::restoreAgain);
        restoreNanos = now + RESTORE_AGAIN_NANOS;
      }
    } catch (Throwable noMemory) {
      // Then the next caller, or the maintenance, is the one that tries again.
    }
  }

  private void restoreAgain() {
    enter();
    leave();
  }

  /** How many holds of the lock have had to finish what a step left undone, for tests. */
  int restored() {
    return lock.read(() -> restored);
  }

  private void deliverInThread(Waiter<T> waiter) {
    try {
      waiter.deliver();
    } catch (Throwable noMemoryOrStack) {
      decisions.carryOutLater(waiter::deliver);
    }
  }

  /** Looks out for a moment for what a caller in a thread gets; whether it has come. */
  boolean hasComeFor(Waiter<T> waiter) {
    return waiter.isDone()
        || (!ThreadKind.isVirtual(Thread.currentThread())
            && spinning.hasComeFor(waiter, waiter.leftNanos(time.nanoTime())));
  }

  /** Completes a future, which may run user code, where user code runs. */
  private void run(Runnable userCode) {
    threads().complete(() -> Faults.guard(LOG, "A completion", userCode));
  }

  /**
   * Completes a future that users may have hung anything on, after the lock and on a thread that
   * nobody waits for.
   */
  private void complete(CompletableFuture<Void> future) {
    decisions.serve(() -> time.runOnHelperThread(() -> future.complete(null)));
  }

  /** As {@link #complete(CompletableFuture)}, with a value. */
  private <V> void complete(CompletableFuture<V> future, V value) {
    decisions.serve(() -> time.runOnHelperThread(() -> future.complete(value)));
  }

  /** Does something later, not on the thread of all timers: it may lead to user code. */
  private Time.Timer later(long delayNanos, Runnable action) {
    return time.schedule(delayNanos, () -> time.runOnHelperThread(action));
  }

  // ---- Through the gate, without the lock

  /** Leases a connection to a caller who needs neither wait nor have anything decided. */
  @Nullable Lease<T> pass(ConnectionPool<T> pool, boolean async) {
    if (noted) {
      return passNoted(pool, async);
    }
    Lease<T> lease = gate.take(pool, async, null, 0);
    if (lease != null && gate.isShut()) {
      returnUnused(lease.slot(), lease.epoch());
      return null;
    }
    return lease;
  }

  /**
   * As {@link #pass}, for a caller in a thread who could not, once other threads have had their
   * turn: where there are more threads than processors, a connection that nobody needs longer is
   * often held by one that could not go on. He comes that much later, which is before he stands in
   * line; else almost each lease would cost a change of threads as soon as one has to wait, for as
   * long as there are more threads than connections.
   */
  @Nullable Lease<T> passAfterOthers(ConnectionPool<T> pool) {
    if (!gate.opensSoon() || ThreadKind.isVirtual(Thread.currentThread())) {
      return null;
    }
    Thread.yield();
    return pass(pool, /* async= */ false);
  }

  private @Nullable Lease<T> passNoted(ConnectionPool<T> pool, boolean async) {
    if (!gate.isOpen() || (fitness.checks() && fitness.clocksHaveJumpedUnseen())) {
      return null;
    }
    long now = time.nanoTime();
    boolean looks = fitness.checks() || fitness.limitsLife();
    Lease<T> taken = gate.take(pool, async, looks ? fitness : null, now);
    if (taken == null) {
      return null;
    }
    try {
      Lease<T> lease = guarded(taken);
      lease.slot().note(lease.epoch(), now, leakStack(), reportedName());
      leaks.begun(lease);
      if (gate.isShut()) {
        returnUnused(lease.slot(), lease.epoch());
        return null;
      }
      if (!listeners.isEmpty()) {
        listeners.tell(heard -> heard.acquired(taken.leased(), Duration.ZERO));
      }
      return lease;
    } catch (Throwable noMemoryOrStack) {
      // The caller never learns of it.
      undo(taken.slot(), taken.epoch());
      throw noMemoryOrStack;
    }
  }

  /** Ends a lease that its caller never learns of. Needs no memory if the gate is open. */
  void undo(Slot<T> slot, long epoch) {
    if (slot.putBack(epoch)) {
      hasPutBack(slot);
    } else {
      returnUnused(slot, epoch);
    }
  }

  private void returnUnused(Slot<T> slot, long epoch) {
    enter();
    try {
      if (slot.seize(epoch)) {
        slot.wasUnused();
        decideOn(slot, LeaseEnd.RETURNED, time.nanoTime());
      }
    } finally {
      leave();
    }
  }

  /**
   * Ends a lease about which nothing has to be decided.
   *
   * @return whether it has; if not, the lock knows more
   */
  private boolean passBack(Slot<T> slot, long epoch) {
    if (!gate.isOpen() || fitness.isUsedUp(slot)) {
      return false;
    }
    if (noted) {
      return passBackNoted(slot, epoch);
    }
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
    long now = time.nanoTime();
    if (fitness.spent(slot, now) != null) {
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
      listeners.tell(heard -> heard.released(connection, Duration.ofNanos(usedNanos)));
    }
    return true;
  }

  private void hasPutBack(Slot<T> slot) {
    gate.remember(slot);
    if (!gate.isOpen()) {
      serveWithPutBack();
    }
  }

  /** Someone has come, or the pool has been stopped, while a connection was put back (G2). */
  private void serveWithPutBack() {
    enter();
    try {
      if (state == State.RUNNING) {
        matchReturned();
      } else {
        retireIdle(RetireReason.STOPPED);
      }
    } finally {
      leave();
    }
  }

  // ---- Callers

  /** Puts a caller in line; he may be served, or refused, before this returns. */
  void join(Waiter<T> waiter) {
    if (state == State.CREATED) {
      startImplicitly();
    }
    enter();
    try {
      if (state != State.RUNNING) {
        refuse(waiter, () -> new PoolStoppedException(name()), plain.stopped);
        return;
      }
      CreationBackoff creationOfIts = waiter.tenant.creation;
      int underwayBefore = creationOfIts.underway();
      line.add(waiter);
      waiter.place = line.size();
      setGate();
      if (serves() && mayOvertake(waiter)) {
        serveFirst(waiter);
      }
      match();
      if (waiter.status == Waiter.Status.WAITING) {
        reclaimForgotten();
      }
      if (waiter.status == Waiter.Status.WAITING && !stayForCheck(waiter)) {
        if (waiter.isOverdue(time.nanoTime())) {
          timeOutUnderLock(waiter);
        } else if (line.size() > options.waiterLimit()) {
          refuseByLimit(waiter);
        } else if (creationOfIts.underway() == underwayBefore) {
          // If it is not, this is the one who waits for the attempt that is due.
          refuseIfDown(waiter);
        }
      }
      if (waiter.async && waiter.status == Waiter.Status.WAITING) {
        setAlarm(waiter.deadlineNanos);
      }
    } catch (Throwable fault) {
      // A caller that is told of a fault does not stay in line, where it would be served.
      if (waiter.status == Waiter.Status.WAITING) {
        leaveLine(waiter);
        throw fault;
      }
    } finally {
      leave();
      waiter.hasArrived();
    }
  }

  private void leaveLine(Waiter<T> waiter) {
    waiter.status = Waiter.Status.CANCELLED;
    if (waiter.number > 0) {
      line.remove(waiter);
    }
  }

  /**
   * Refuses a caller.
   *
   * @param why is made after the lock; it may describe exceptions of users
   * @param plainly what the caller gets if that cannot be made
   */
  private void refuse(
      Waiter<T> waiter,
      Supplier<? extends ConnectionPoolException> why,
      ConnectionPoolException plainly) {
    // First what may find no memory: a caller that leaves the line is told of it.
    decisions.serve(() -> finish(waiter, () -> waiter.fail(PlainRefusals.orPlain(why, plainly))));
    if (waiter.number > 0) {
      line.remove(waiter);
    }
    waiter.status = Waiter.Status.FAILED;
  }

  private void refuseByLimit(Waiter<T> waiter) {
    refuse(waiter, () -> new WaiterLimitException(name(), options.waiterLimit()), plain.limit);
    refusedByLimit++;
  }

  /**
   * Whether a caller who may not wait for a connection may wait for the end of a check that is
   * under way for it: it would find the same connection fit a moment later.
   */
  private boolean stayForCheck(Waiter<T> waiter) {
    long now = time.nanoTime();
    boolean overdue = waiter.isOverdue(now);
    boolean overLimit = line.size() > options.waiterLimit();
    if ((!overdue && !overLimit) || !isCheckedFor(waiter, line.size())) {
      return false;
    }
    waiter.awaitsCheckOnly = true;
    if (overdue) {
      waiter.hasNoTime = true;
      waiter.deadlineNanos = now + readyWithinNanos;
    }
    return true;
  }

  private boolean isCheckedFor(Waiter<T> waiter, int place) {
    return same == null ? slots.checking() >= place : same.isCheckedFor(waiter);
  }

  /** Those who stand in line only for a check leave it when there is no check for them any more. */
  private void dismissThoseWithoutCheck() {
    int place = 0;
    Waiter<T> next;
    for (Waiter<T> waiter = line.first(); waiter != null; waiter = next) {
      next = waiter.next;
      place++;
      if (!waiter.awaitsCheckOnly || isCheckedFor(waiter, place)) {
        continue;
      }
      if (waiter.hasNoTime) {
        timeOutUnderLock(waiter);
        place--;
      } else if (place > options.waiterLimit()) {
        refuseByLimit(waiter);
        place--;
      } else {
        // Others have left the line, so this one may wait for a connection.
        waiter.awaitsCheckOnly = false;
      }
    }
  }

  /** Refuses a caller in line who does not want to wait while there is nothing to wait for. */
  private void refuseIfDown(Waiter<T> waiter) {
    if (!waiter.failsWhenDown || !serves() || !waiter.tenant.isDown()) {
      return;
    }
    CreationBackoff failing = waiter.tenant.creation;
    int failures = failing.failuresInARow();
    Throwable cause = failing.lastFailure();
    Duration pause = Duration.ofNanos(failing.pauseNanos(time.nanoTime()));
    refuse(waiter, () -> new BackendDownException(name(), failures, cause, pause), plain.down);
    refusedDown++;
  }

  /** Refuses those in line who do not want to wait for another attempt, unless one is under way. */
  void refuseAllIfDown(Tenant<T> tenant) {
    if (tenant.creation.underway() == 0) {
      tenant.impatient().forEach(this::refuseIfDown);
    }
  }

  /**
   * Leases an idle connection that need not be checked, unless others wait for one. If there is
   * none, one is made for the next to come.
   */
  @Nullable Lease<T> tryAcquire(Arguments arguments, ConnectionPool<T> pool) {
    if (state == State.CREATED) {
      startImplicitly();
    }
    Wanted<T> wanted = tenants.wanted(arguments);
    Tenant<T> tenant = wanted.tenant();
    // A user's class of threads may have a getId of its own.
    long caller = Thread.currentThread().getId();
    String callerName = reportedName();
    enter();
    try {
      if (state != State.RUNNING) {
        throw new PoolStoppedException(name());
      }
      match();
      // Where arguments must be the same, what is idle now is of use to nobody in line.
      if (suspended || (line.size() > 0 && same == null)) {
        return null;
      }
      long now = time.nanoTime();
      Slot<T> slot = usable(tenant, now);
      if (slot != null) {
        T connection = slot.connection();
        news(heard -> heard.acquired(connection, Duration.ZERO));
        return lease(slot, now, pool, caller, callerName, /* async= */ false, leakStack());
      }
      match();
      if (line.size() == 0 && !isAnyOnItsWay(tenant) && tenant.creation.mayBegin(now)) {
        if (slots.total() < maxSize) {
          create(wanted, /* upkeep= */ false).want();
        } else if (same != null && slots.live() >= maxSize) {
          same.displaceFor(tenant);
        }
      }
      return null;
    } finally {
      leave();
    }
  }

  /**
   * An idle connection that can be leased at once, held; one that must be checked or prepared
   * before is sent to that.
   */
  private @Nullable Slot<T> usable(Tenant<T> tenant, long now) {
    boolean isChecked = isBeingChecked(tenant);
    for (Slot<T> slot = holdWarmest(tenant); slot != null; slot = holdWarmest(tenant)) {
      RetireReason spent = fitness.spent(slot, now);
      if (spent != null) {
        retire(slot, spent);
      } else if (isReady(slot, now)) {
        return slot;
      } else {
        if (!isChecked) {
          makeReady(slot, now);
          slot.want();
        } else {
          slot.offer();
        }
        return null;
      }
    }
    return null;
  }

  private @Nullable Slot<T> holdWarmest(Tenant<T> tenant) {
    if (same == null) {
      return slots.holdWarmest();
    }
    Slot<T> slot = slots.warmest(tenant);
    return slot != null && slot.hold() ? slot : null;
  }

  private boolean isBeingChecked(Tenant<T> tenant) {
    return same == null ? slots.checking() > 0 : same.isBeingChecked(tenant);
  }

  private boolean isAnyOnItsWay(Tenant<T> tenant) {
    return same == null ? onTheirWay() > 0 : same.isOnItsWay(tenant);
  }

  /**
   * Takes a caller out of the line who does not want to wait any more.
   *
   * @return whether he stood there; if not, it is decided what he gets
   */
  boolean cancel(Waiter<T> waiter) {
    enter();
    try {
      if (waiter.status != Waiter.Status.WAITING) {
        return false;
      }
      waiter.status = Waiter.Status.CANCELLED;
      boolean wasFirst = line.first() == waiter;
      line.remove(waiter);
      waiter.forget();
      // He may have been called to take an idle connection, which is the next one's now.
      if (wasFirst || same != null) {
        match();
      }
      return true;
    } finally {
      leave();
    }
  }

  /** Takes a caller whose time is over out of the line, and tells him. */
  void timeOut(Waiter<T> waiter) {
    enter();
    try {
      if (waiter.status == Waiter.Status.WAITING) {
        timeOutUnderLock(waiter);
        match();
      }
    } finally {
      leave();
    }
  }

  /** Has those who wait in a future timed out then, as nobody else would notice. */
  private void setAlarm(long deadlineNanos) {
    if (deadlineNanos == Long.MAX_VALUE || (alarm != null && deadlineNanos - alarmNanos >= 0)) {
      return;
    }
    stopAlarm();
    alarmNanos = deadlineNanos;
    alarm = later(deadlineNanos - time.nanoTime(), this::alarmed);
  }

  private void stopAlarm() {
    Time.cancel(alarm);
    alarm = null;
  }

  /** The time of some in line may be over; there is one timer for all of them. */
  private void alarmed() {
    enter();
    try {
      alarm = null;
      long now = time.nanoTime();
      long earliestLeft = Long.MAX_VALUE;
      Waiter<T> next;
      for (Waiter<T> waiter = line.first(); waiter != null; waiter = next) {
        next = waiter.next;
        if (waiter.async && waiter.isOverdue(now)) {
          timeOutUnderLock(waiter);
        } else if (waiter.async) {
          earliestLeft = Math.min(earliestLeft, waiter.leftNanos(now));
        }
      }
      if (earliestLeft != Long.MAX_VALUE) {
        setAlarm(now + earliestLeft);
      }
      match();
    } finally {
      leave();
    }
  }

  private void timeOutUnderLock(Waiter<T> waiter) {
    DeadlockDetector.@Nullable Finding itself = deadlocks.of(waiter);
    CreationBackoff creationOfIts = waiter.tenant.creation;
    Throwable failure = creationOfIts.failureSince(waiter.sinceNanos);
    int failures = creationOfIts.failuresInARow();
    // First what may find no memory: a caller that leaves the line is told of it.
    decisions.serve(() -> tellTimedOut(waiter, failure, failures, itself));
    line.remove(waiter);
    waiter.status = Waiter.Status.TIMED_OUT;
    timeouts++;
    if (itself != null) {
      nestedTimeouts++;
    }
    vain.timedOut(slots, time.nanoTime());
  }

  /** Says what the pool is like now, and not when a thread is there to say it. */
  private void tellTimedOut(
      Waiter<T> waiter,
      @Nullable Throwable failure,
      int failures,
      DeadlockDetector.@Nullable Finding itself) {
    Duration waited = Duration.ofNanos(time.nanoTime() - waiter.sinceNanos);
    ConnectionPoolException why =
        PlainRefusals.orPlain(
            () ->
                new AcquireTimeoutException(
                    stats(),
                    waited,
                    failure,
                    failures,
                    itself,
                    options.closeTimeout(),
                    threads().waiting()),
            plain.timedOut);
    finish(
        waiter,
        () -> {
          waiter.fail(why);
          if (waiter.async) {
            listeners.tell(heard -> heard.acquireTimedOut(waited));
          }
        });
  }

  /** Tells the listeners what a caller got who has waited in a thread, on that thread. */
  void tellServed(Waiter<T> waiter, Lease<T> lease) {
    if (!listeners.isEmpty()) {
      listeners.tell(heard -> heard.acquired(unguarded(lease.leased()), waiter.waited()));
    }
  }

  /** As {@link #tellServed}, if his time was over. */
  void tellRefused(Waiter<T> waiter) {
    if (waiter.status == Waiter.Status.TIMED_OUT) {
      listeners.tell(
          heard -> heard.acquireTimedOut(Duration.ofNanos(time.nanoTime() - waiter.sinceNanos)));
    }
  }

  /**
   * Completes a caller's future: at once if he waits in a thread, or if nobody can have hung
   * anything on it yet; elsewhere if someone may have, because that is user code.
   */
  private void finish(Waiter<T> waiter, Runnable completion) {
    boolean atOnce = !waiter.async || (waiter.arriving && waiter.caller == Thread.currentThread());
    if (atOnce) {
      completion.run();
    } else {
      run(completion);
    }
  }

  // ---- Bringing both together

  /** Whether connections may be leased, made and checked. */
  private boolean serves() {
    return state == State.RUNNING && !suspended;
  }

  /** Serves those in line as far as can be, and has connections made as far as they are needed. */
  private void match() {
    match(null);
  }

  /**
   * As {@link #match()}.
   *
   * @param proven a connection that is known to be fit just now, if any is
   */
  private void match(@Nullable Slot<T> proven) {
    isUnfinished = true;
    if (serves()) {
      try {
        serveLine(proven, time.nanoTime());
      } catch (OutOfMemoryError | StackOverflowError full) {
        // The step that has led here is done. What is left of this is finished at the unlock.
        return;
      }
    }
    isUnfinished = false;
  }

  private void serveLine(@Nullable Slot<T> proven, long now) {
    if (same != null) {
      keepUp(same.match(proven, maxSize, now), now);
      return;
    }
    for (Waiter<T> first = firstAlive(now); first != null; first = firstAlive(now)) {
      Slot<T> slot = slots.holdWarmest();
      if (slot == null) {
        break;
      }
      RetireReason spent = fitness.spent(slot, now);
      if (spent != null) {
        retire(slot, spent);
      } else if (isReady(slot, now)) {
        grant(first, slot, now);
      } else if (slot.doubtful && slots.total() < maxSize && creation.mayBegin(now)) {
        // A new one is there sooner than this one can be known to be dead.
        slot.offer();
        break;
      } else if (slots.gettingReady() < line.size()) {
        makeReady(slot, now);
      } else {
        slot.offer();
        break;
      }
    }
    replenish(now);
  }

  /** The caller at the head of the line, without those who could not take a connection any more. */
  private @Nullable Waiter<T> firstAlive(long now) {
    Waiter<T> first = line.first();
    while (first != null && !isAlive(first, now)) {
      first = line.first();
    }
    return first;
  }

  /** Whether a caller in line could still take a connection; if not, he stands there no more. */
  boolean isAlive(Waiter<T> waiter, long now) {
    // Who has only just come may have what is there, however little time he has brought.
    if (!waiter.isDone() && (waiter.arriving || !waiter.isOverdue(now))) {
      return true;
    }
    if (waiter.isDone()) {
      line.remove(waiter);
      waiter.status = Waiter.Status.CANCELLED;
      waiter.forget();
    } else {
      timeOutUnderLock(waiter);
    }
    return false;
  }

  @Nullable RetireReason spent(Slot<T> slot, long now) {
    return fitness.spent(slot, now);
  }

  boolean isDueOnBorrow(Slot<T> slot, long now) {
    if (options.healthChecker() != null && fitness.clocksHaveJumped()) {
      suspectAll();
    }
    return fitness.dueOnBorrow(slot, now);
  }

  /** Whether this connection can be leased as it is: it need be neither checked nor prepared. */
  boolean isReady(Slot<T> slot, long now) {
    return isPrepared(slot) && !isDueOnBorrow(slot, now);
  }

  /** Whether {@code onAcquire} has nothing to do, or has done it since the last lease. */
  boolean isPrepared(Slot<T> slot) {
    return options.onAcquire() == null || slot.isPrepared();
  }

  /** Does with a connection that is held what it needs before a lease. */
  void makeReady(Slot<T> slot, long now) {
    if (isPrepared(slot) || isDueOnBorrow(slot, now)) {
      check(slot);
    } else {
      prepare(slot);
    }
  }

  private void suspectAll() {
    for (Slot<T> slot : slots.all()) {
      slot.suspect = true;
      slot.mark();
    }
  }

  void grant(Waiter<T> waiter, Slot<T> slot, long now) {
    Runnable completion = waiter.async ? () -> finish(waiter, () -> deliver(waiter)) : null;
    Lease<T> granted =
        lease(
            slot,
            now,
            waiter.pool,
            waiter.callerId,
            waiter.callerName,
            waiter.async,
            waiter.acquiredAt);
    if (completion != null) {
      try {
        decisions.serve(completion);
      } catch (Throwable noMemory) {
        // It is leased to no caller, so it comes back at once.
        slot.seize();
        throw noMemory;
      }
    }
    line.remove(waiter);
    waiter.status = Waiter.Status.GRANTED;
    waiter.servedNanos = now;
    waiter.granted = granted;
    if (completion == null) {
      // Nobody can have hung anything on it: no user code will run.
      if (firstServed == null) {
        firstServed = waiter;
      } else {
        Objects.requireNonNull(lastServed).nextServed = waiter;
      }
      lastServed = waiter;
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

  // ---- Overtaking, if throughput counts for more than fairness

  private boolean mayBeOvertaken(@Nullable Waiter<T> first, long now) {
    return options.fairness() == Fairness.THROUGHPUT
        && first != null
        && now - first.sinceNanos < OVERTAKEN_AT_MOST_NANOS;
  }

  private boolean mayOvertake(Waiter<T> newcomer) {
    long now = time.nanoTime();
    Waiter<T> first = firstAlive(now);
    return first != newcomer && mayBeOvertaken(first, now);
  }

  /** Leases to a newcomer what the first in line has been called for but has not come to take. */
  private void serveFirst(Waiter<T> newcomer) {
    long now = time.nanoTime();
    Slot<T> slot = slots.holdWarmest();
    if (slot == null) {
      return;
    }
    if (fitness.spent(slot, now) == null && isReady(slot, now)) {
      grant(newcomer, slot, now);
    } else {
      slot.offer();
    }
  }

  /** Serves the first in line with what has come back; or calls him, and others may be quicker. */
  private void matchReturned() {
    long now = time.nanoTime();
    Waiter<T> first = serves() ? firstAlive(now) : null;
    if (first == null || !slots.hasIdle() || !mayBeOvertaken(first, now)) {
      match();
    } else if (first.async) {
      decisions.serve(() -> run(this::takeCalledFor));
    } else {
      first.called = true;
      decisions.serve(() -> LockSupport.unpark(first.caller));
    }
  }

  /** The first in line has come to take what he was called for, if it is still there. */
  void takeCalledFor() {
    enter();
    try {
      match();
    } finally {
      leave();
    }
  }

  private Lease<T> lease(
      Slot<T> slot,
      long now,
      ConnectionPool<T> pool,
      long caller,
      @Nullable String callerName,
      boolean async,
      @Nullable Throwable stack) {
    // First what may find no memory, so that no slot is leased to a caller that never learns of it.
    Lease<T> lease = guarded(new Lease<>(pool, slot, slot.nextEpoch(), slot.connection()));
    leaks.begun(lease);
    slot.leasedBy = caller;
    slot.leasedAsync = async;
    // Without notes the end of the lease is marked, so that its time is known at least this once.
    long epoch = slot.lease(now, /* marked= */ !noted);
    slot.note(epoch, now, stack, callerName);
    return lease;
  }

  /** The lease of what stands before the connection, if the pool guards its connections. */
  private Lease<T> guarded(Lease<T> lease) {
    ConnectionGuard<T> guard = options.guard();
    if (guard == null) {
      return lease;
    }
    Lease<T> guarded = lease.with(guard.before(lease.leased()));
    guard.bind(guarded);
    return guarded;
  }

  /** A connection that has just been made, or checked, goes to the head of the line, or is idle. */
  private void offerProven(Slot<T> slot, long now) {
    boolean isForLater = serves() && slot.isWanted();
    if (same != null) {
      if (isForLater && !isPrepared(slot)) {
        prepare(slot);
      } else {
        slots.offer(slot);
      }
      match(slot);
      return;
    }
    Waiter<T> first = serves() ? firstAlive(now) : null;
    if (!isPrepared(slot) && (first != null || isForLater)) {
      prepare(slot);
    } else if (first == null) {
      slots.offer(slot);
    } else {
      grant(first, slot, now);
    }
  }

  /**
   * Has {@code onAcquire} adapt a connection that is held to its next lease. Until then it is not
   * idle: it counts as being checked. Callers stay in line meanwhile and own nothing of it, so who
   * gives up leaves it to the next one, or idle and prepared.
   */
  void prepare(Slot<T> slot) {
    long epoch = slot.beginHook(/* isReset= */ false);
    callHook(
        "onAcquire",
        Objects.requireNonNull(options.onAcquire()),
        slot,
        epoch,
        Slot.State.CHECKING,
        failure -> preparationEnded(slot, epoch, failure));
  }

  private void preparationEnded(Slot<T> slot, long epoch, @Nullable Throwable failure) {
    Throwable told = Secrets.withoutSecrets(failure, slot.arguments());
    enter();
    try {
      if (!slot.isOwnedBy(epoch, Slot.State.CHECKING)) {
        return;
      }
      long now = time.nanoTime();
      if (told != null) {
        boolean isFirst = slot.tenant.creation.unprepared(told, now);
        decisions.tell(() -> CreationReports.notPrepared(name(), isFirst, told));
        retire(slot, RetireReason.PREPARATION_FAILED);
        requireProofOfTheOthers(slot);
      } else {
        slot.hookDone();
        if (slot.prepared()) {
          slot.tenant.creation.prepared();
        }
        offerPrepared(slot, now);
      }
      match();
      dismissThoseWithoutCheck();
      checkNext();
    } finally {
      leave();
    }
  }

  private void offerPrepared(Slot<T> slot, long now) {
    RetireReason reason = fateOf(slot, LeaseEnd.RETURNED, now);
    if (reason != null) {
      retire(slot, reason);
    } else if (fitness.isInDoubt(slot) || slot.suspect) {
      // What has put it in doubt has happened during the hook.
      slots.offer(slot);
      checkIfInDoubt(slot);
    } else {
      offerProven(slot, now);
    }
  }

  private void callHook(
      String option,
      AsyncConnectionHook<? super T> hook,
      Slot<T> slot,
      long epoch,
      Slot.State during,
      Consumer<@Nullable Throwable> ended) {
    try {
      HookCall<T> call = new HookCall<>(option, hook, slot, epoch, during, slot.connection());
      ConnectionThreads chosen = threads;
      decisions.serve(() -> call.start(chosen, time, options.hookTimeout(), ended));
    } catch (Throwable noMemory) {
      notStarted(slot, during);
      throw noMemory;
    }
  }

  /** There was no memory to start what a connection was to be checked or adapted by. */
  private void notStarted(Slot<T> slot, Slot.State during) {
    if (during == Slot.State.CHECKING) {
      slot.hookDone();
    } else {
      slot.isLeftOver = true;
      isUnfinished = true;
    }
  }

  // ---- Back from a caller

  /**
   * Ends a lease.
   *
   * @return whether it was the lease of this connection
   */
  boolean release(Slot<T> slot, long epoch, Arguments arguments, LeaseEnd how) {
    if (how == LeaseEnd.RETURNED && arguments.isEmpty() && passBack(slot, epoch)) {
      return true;
    }
    if (!slot.isOwnedBy(epoch, Slot.State.IN_USE)) {
      return false;
    }
    Wanted<T> successor;
    try {
      successor = wantedInstead(arguments);
    } catch (Throwable fault) {
      // The lease ends in any case: only its arguments are lost.
      release(slot, epoch, Arguments.none(), how);
      throw fault;
    }
    gate.remember(slot);
    enter();
    try {
      return takeBack(slot, epoch, successor, how);
    } finally {
      leave();
    }
  }

  /**
   * Ends a lease whose user has failed. If the user has ended it already, by a close inside of its
   * use, what the failure says about the connection still holds: whoever has it now gets it
   * checked, or closed, after their lease.
   */
  void releaseFailed(Lease<T> lease, Throwable failure) {
    LeaseEnd how = endAfter(lease.slot(), failure);
    if (!release(lease.slot(), lease.epoch(), Arguments.none(), how)) {
      doubtEnded(lease.slot(), how);
    }
  }

  /** A failure was seen while the connection is leased; the lease goes on. */
  void hasFailed(Lease<T> lease, Throwable failure) {
    doubt(lease.slot(), lease.epoch(), endAfter(lease.slot(), failure));
  }

  /** What a failed use says about its connection. Calls user code. */
  private LeaseEnd endAfter(Slot<T> slot, Throwable failure) {
    try {
      Throwable cause = failure instanceof CompletionException ? failure.getCause() : null;
      return options.brokenWhen().test(cause == null ? failure : cause)
          ? LeaseEnd.BROKEN
          : LeaseEnd.DOUBTED;
    } catch (Throwable fault) {
      Faults.warn(
          LOG,
          Secrets.withoutSecrets(fault, slot.arguments()),
          "brokenWhen of pool '{}' failed, so it closes the connection",
          name());
      return LeaseEnd.BROKEN;
    }
  }

  /**
   * Has a leased connection checked, or closed, as soon as its lease ends.
   *
   * @return whether the lease had not ended before
   */
  boolean doubt(Slot<T> slot, long epoch, LeaseEnd how) {
    enter();
    try {
      boolean isOut = slot.markLease(epoch);
      if (isOut) {
        note(slot, how);
        if (slot.broken) {
          requireProofOfTheOthers(slot);
        }
      }
      return isOut;
    } finally {
      leave();
    }
  }

  private void doubtEnded(Slot<T> slot, LeaseEnd how) {
    enter();
    try {
      if (slot.hold()) {
        decideOn(slot, how, time.nanoTime());
      } else if (slot.state() == Slot.State.IN_USE) {
        note(slot, how);
        slot.mark();
      }
    } finally {
      leave();
    }
  }

  private static void note(Slot<?> slot, LeaseEnd how) {
    slot.unproven |= how == LeaseEnd.DOUBTED;
    slot.broken |= how == LeaseEnd.BROKEN || how == LeaseEnd.INVALIDATED;
  }

  /**
   * Ends the lease of a connection.
   *
   * @throws IllegalReleaseException if it is not leased
   */
  void release(T connection, Arguments arguments, LeaseEnd how) {
    ConnectionGuard<T> guard = options.guard();
    Lease<T> lease = guard == null ? null : guard.leaseOf(connection);
    if (lease != null) {
      if (!lease.end(arguments, how)) {
        throw new IllegalReleaseException(name());
      }
      return;
    }
    if (guard != null) {
      // Who has the connection itself may have had it from a lease that has ended.
      throw new IllegalReleaseException(name());
    }
    Wanted<T> successor = wantedInstead(arguments);
    enter();
    try {
      Slot<T> slot = slots.of(connection);
      if (slot == null || !takeBack(slot, slot.epoch(), successor, how)) {
        throw new IllegalReleaseException(name());
      }
    } finally {
      leave();
    }
  }

  /** What is to be made instead, as a release says; null if it says nothing. */
  private @Nullable Wanted<T> wantedInstead(Arguments arguments) {
    return arguments.isEmpty() ? null : tenants.wanted(arguments);
  }

  private boolean takeBack(Slot<T> slot, long epoch, @Nullable Wanted<T> successor, LeaseEnd how) {
    long now = time.nanoTime();
    long leasedNanos = slot.leasedNanos;
    if (!slot.giveBack(epoch, successor, now)) {
      return false;
    }
    T connection = slot.connection();
    note(slot, how);
    news(heard -> heard.released(connection, Duration.ofNanos(now - leasedNanos)));
    decideOn(slot, how, now);
    return true;
  }

  /** What becomes of a connection that has come back, and is held. */
  private void decideOn(Slot<T> slot, LeaseEnd how, long now) {
    note(slot, how);
    RetireReason reason = fateOf(slot, how, now);
    if (reason != null) {
      retire(slot, reason);
      if (reason.saysMoreMayBeDead()) {
        requireProofOfTheOthers(slot);
      }
    } else if (options.onReturn() != null) {
      reset(slot);
    } else {
      admitReturned(slot, now);
      return;
    }
    matchReturned();
  }

  /** What becomes of a connection that has come back, is clean, and is held. */
  private void admitReturned(Slot<T> slot, long now) {
    if (!fitness.dueOnReturn()) {
      if (grantReturned(slot, now)) {
        return;
      }
      slots.offer(slot);
    } else if (suspended) {
      // It is checked before its next lease instead.
      slot.suspect = true;
      slots.offer(slot);
    } else {
      check(slot);
    }
    matchReturned();
    checkIfInDoubt(slot);
  }

  /**
   * Has a connection that came back, and is held, taken to a state that the next user may meet.
   * Until then it is not idle: it counts as being checked, and stands for those in line.
   */
  private void reset(Slot<T> slot) {
    long epoch = slot.beginHook(/* isReset= */ true);
    callHook(
        "onReturn",
        Objects.requireNonNull(options.onReturn()),
        slot,
        epoch,
        Slot.State.CHECKING,
        failure -> resetEnded(slot, epoch, failure));
  }

  private void resetEnded(Slot<T> slot, long epoch, @Nullable Throwable failure) {
    boolean isBroken = false;
    if (failure != null && slot.isOwnedBy(epoch, Slot.State.CHECKING)) {
      Faults.warn(
          LOG,
          Secrets.withoutSecrets(failure, slot.arguments()),
          "Pool '{}' closes a connection that it could not reset",
          name());
      isBroken = endAfter(slot, failure) == LeaseEnd.BROKEN;
    }
    enter();
    try {
      if (!slot.isOwnedBy(epoch, Slot.State.CHECKING)) {
        return;
      }
      if (failure != null) {
        retire(slot, RetireReason.RESET_FAILED);
        if (isBroken) {
          requireProofOfTheOthers(slot);
        }
        matchReturned();
      } else {
        slot.hookDone();
        long now = time.nanoTime();
        RetireReason reason = fateOf(slot, LeaseEnd.RETURNED, now);
        if (reason == null) {
          admitReturned(slot, now);
        } else {
          retire(slot, reason);
          matchReturned();
        }
      }
      dismissThoseWithoutCheck();
      checkNext();
    } finally {
      leave();
    }
  }

  /** Hands a connection that has come back, and is held, to the first in line, if it may be. */
  private boolean grantReturned(Slot<T> slot, long now) {
    Waiter<T> first = same == null && serves() ? firstAlive(now) : null;
    if (first == null || mayBeOvertaken(first, now) || !isReady(slot, now)) {
      return false;
    }
    grant(first, slot, now);
    replenish(now);
    return true;
  }

  private @Nullable RetireReason fateOf(Slot<T> slot, LeaseEnd how, long now) {
    if (how == LeaseEnd.INVALIDATED) {
      return RetireReason.INVALIDATED;
    }
    if (slot.broken) {
      return RetireReason.BROKEN;
    }
    if (state != State.RUNNING) {
      return RetireReason.STOPPED;
    }
    if (slots.live() > maxSize) {
      return RetireReason.RESIZED;
    }
    if (evictions.isOver(slot)) {
      return RetireReason.EVICTED;
    }
    return fitness.spent(slot, now);
  }

  // ---- Making

  /** Has connections made for those in line and for the least number, as far as may be. */
  private void replenish(long now) {
    if (creation.pauseNanos(now) > 0) {
      refuseAllIfDown(tenants.standard());
    }
    while (needsAnother() && mayCreate(tenants.standard(), slots.total() < maxSize, now)) {
      Waiter<T> forWhom = line.behind(onTheirWay());
      if (forWhom != null && awaitsLead(forWhom.tenant, now)) {
        return;
      }
      if (forWhom == null) {
        createUnasked();
      } else {
        create(forWhom.wanted(), /* upkeep= */ false);
      }
    }
  }

  private boolean needsAnother() {
    return line.size() > onTheirWay() || isBelowMinimum() || owesProbe();
  }

  private boolean isBelowMinimum() {
    return slots.size() + creations.underway() < minSize;
  }

  /** Has connections made for the least number, in so many places. */
  private void keepUp(int room, long now) {
    int left = room;
    while (isBelowMinimum()) {
      Wanted<T> next = nextForUpkeep(now);
      if (next == null || !mayCreate(next.tenant(), left > 0, now)) {
        return;
      }
      nextArguments.remove(next);
      create(next, /* upkeep= */ true);
      left--;
    }
    // An attempt with the arguments of one tenant says nothing about those of others.
    if (owesProbe() && mayCreate(tenants.standard(), left > 0, now)) {
      create(probeWith, /* upkeep= */ false);
    }
  }

  /**
   * Whether an attempt must be made although no caller asks for a connection, so that the pool
   * learns that the server is back. A call of the factory that is overdue is an attempt still.
   */
  private boolean owesProbe() {
    if (!creation.owesProbe()) {
      return false;
    }
    for (Slot<T> slot : slots.all()) {
      if (slot.state() == Slot.State.CREATING) {
        return false;
      }
    }
    return slots.total() < maxSize;
  }

  /** As {@link #owesProbe}, where the attempts before take all places and do not end. */
  private void probeBesideHopeless() {
    long now = time.nanoTime();
    if (serves()
        && same == null
        && line.size() == 0
        && creation.owesProbe()
        && mayCreate(tenants.standard(), /* hasRoom= */ false, now)) {
      create(probeWith, /* upkeep= */ false);
    }
  }

  /** Has a connection made for the least number; or to find out whether the server is back. */
  private void createUnasked() {
    if (isBelowMinimum()) {
      createForUpkeep(tenants.standard());
    } else {
      create(probeWith, /* upkeep= */ false);
    }
  }

  /** What the next connection for the least number is made with: of a tenant that may make one. */
  private @Nullable Wanted<T> nextForUpkeep(long now) {
    if (nextArguments.isEmpty()) {
      return new Wanted<>(Arguments.none(), tenants.standard());
    }
    for (Wanted<T> next : nextArguments) {
      if (next.tenant().creation.mayBegin(now)) {
        return next;
      }
      retryLater(next.tenant().creation.pauseNanos(now));
    }
    return null;
  }

  private void createForUpkeep(Tenant<T> tenant) {
    Wanted<T> given = nextArguments.poll();
    create(given == null ? new Wanted<>(Arguments.none(), tenant) : given, /* upkeep= */ true);
  }

  /**
   * Whether the creation before has to get ahead first, because one in use may come back sooner.
   */
  boolean awaitsLead(Tenant<T> tenant, long now) {
    long leadNanos = slots.use().inUse() > 0 ? tenant.creation.leadNanos(now) : 0;
    retryLater(leadNanos);
    return leadNanos > 0;
  }

  /** Whether one may be made now; if there is no room, one that has no hope loses its place. */
  boolean mayCreate(Tenant<T> tenant, boolean hasRoom, long now) {
    Slot<T> hopeless = hasRoom ? null : hopeless();
    if (!hasRoom && hopeless == null) {
      return false;
    }
    if (!tenant.creation.mayBegin(now)) {
      retryLater(tenant.creation.pauseNanos(now));
      return false;
    }
    if (hopeless != null) {
      giveUp(hopeless);
    }
    return true;
  }

  /** How many connections will soon be there for those in line. */
  private int onTheirWay() {
    return slots.promising() + creations.underway();
  }

  /** With what the connection is to be made that takes the place of this one, if one does. */
  private void rememberArguments(Wanted<T> successor) {
    if (state != State.RUNNING || successor.arguments().isEmpty() || minSize == 0) {
      return;
    }
    while (nextArguments.size() >= minSize) {
      nextArguments.remove();
    }
    nextArguments.add(successor);
  }

  void retryLater(long pauseNanos) {
    if (pauseNanos <= 0) {
      return;
    }
    long dueNanos = time.nanoTime() + pauseNanos;
    if (retryTimer != null) {
      if (dueNanos - retryNanos >= 0) {
        return;
      }
      Time.cancel(retryTimer);
    }
    retryNanos = dueNanos;
    retryTimer = later(pauseNanos, this::retry);
  }

  private void retry() {
    enter();
    try {
      retryTimer = null;
      match();
      probeBesideHopeless();
    } finally {
      leave();
    }
  }

  Slot<T> create(Wanted<T> wanted, boolean upkeep) {
    Slot<T> slot = slots.add(wanted);
    slot.upkeep = upkeep;
    slot.generation = evictions.current();
    long begunNanos = time.nanoTime();
    try {
      callFactory(slot, wanted.arguments(), begunNanos);
    } catch (Throwable noMemory) {
      slots.remove(slot);
      throw noMemory;
    }
    slot.tenant.creation.begun(begunNanos);
    return slot;
  }

  private void callFactory(Slot<T> slot, Arguments arguments, long begunNanos) {
    long life = lives;
    ConnectionThreads chosen = threads;
    decisions.serve(
        () ->
            TimedCall.start(
                chosen,
                time,
                createTimeoutNanos,
                () -> createPrepared(arguments, chosen),
                new TimedCall.Listener<T>() {
                  @Override
                  public void overdue() {
                    createOverdue(slot, life);
                  }

                  @Override
                  public void ended(@Nullable T connection, @Nullable Throwable failure) {
                    createEnded(
                        slot, arguments, life, connection, failure, time.nanoTime() - begunNanos);
                  }
                }));
  }

  /**
   * A creation is overdue. Others may begin beside it, but its place stays taken until its call
   * ends, because it may still come to something; but see {@link #hopeless}.
   */
  private void createOverdue(Slot<T> slot, long life) {
    enter();
    try {
      if (slot.state() != Slot.State.CREATING || slot.overdue) {
        return;
      }
      slot.timedOut = true;
      setAside(slot);
      long now = time.nanoTime();
      Throwable cause =
          new TimeoutException("The factory has not answered within " + options.createTimeout());
      countFailure(slot, cause, now, options.createTimeout());
      startFails(slot, life, cause);
      match();
    } finally {
      leave();
    }
  }

  /**
   * An attempt to create a connection has failed.
   *
   * @param sinceNanos from when on the pause until the next one counts
   */
  private void countFailure(Slot<T> slot, Throwable cause, long sinceNanos, Duration took) {
    long now = time.nanoTime();
    CreationBackoff creationOfIts = slot.tenant.creation;
    creationOfIts.failed(cause, sinceNanos, now);
    tenants.failed(slot.tenant, now);
    createFailures++;
    if (same == null) {
      probeWith = slot.successor();
    }
    news(heard -> heard.createFailed(cause, took));
    int inARow = creationOfIts.failuresInARow();
    if (startWaitsFor(slot)) {
      StartProgress start = startProgress(now);
      Duration pause = Duration.ofNanos(creationOfIts.pauseNanos(now));
      decisions.tell(() -> CreationReports.startWaits(name(), start, inARow, pause, cause));
    } else {
      decisions.tell(() -> CreationReports.failed(name(), inARow == 1, cause));
    }
    rememberUnmade(slot);
    refuseAllIfDown(slot.tenant);
  }

  /** What a connection was to be made with that the pool wants for itself, another is. */
  private void rememberUnmade(Slot<T> slot) {
    if (slot.upkeep && state == State.RUNNING && !slot.arguments().isEmpty()) {
      nextArguments.addFirst(slot.successor());
    }
  }

  /** Waits no longer for what is being made, but keeps its place. */
  private void setAside(Slot<T> slot) {
    slot.overdue = true;
    slot.tenant.creation.overdue();
    slots.change(slot.tenant);
    slot.giveUp = later(createTimeoutNanos, () -> noHopeFor(slot));
  }

  private void noHopeFor(Slot<T> slot) {
    enter();
    try {
      if (slot.state() == Slot.State.CREATING) {
        slot.hopeless = true;
        evictions.left(slot);
        match();
        probeBesideHopeless();
      }
    } finally {
      leave();
    }
  }

  /**
   * The creation that has to give its place to another, if one has: only if all places are held by
   * calls that do not end, so that the pool would be frozen, and only one at a time. So never more
   * than one exists beyond the greatest number, and that only in a pool that had nothing.
   */
  @Nullable Slot<T> hopeless() {
    if (strays > 0 || slots.size() + creations.underway() > 0) {
      return null;
    }
    for (Slot<T> slot : slots.all()) {
      if (slot.hopeless && slot.state() == Slot.State.CREATING) {
        return slot;
      }
    }
    return null;
  }

  /** Gives up the place of a creation; what comes of it is closed. */
  private void giveUp(Slot<T> slot) {
    decisions.tell(
        () ->
            Faults.warn(
                LOG, null, "Pool '{}' gives up a connection that is still being made", name()));
    vacate(slot);
    strays++;
  }

  private void strayEnded(long life) {
    enter();
    try {
      if (life == lives) {
        strays--;
      }
      match();
    } finally {
      leave();
    }
  }

  private void createEnded(
      Slot<T> slot,
      Arguments arguments,
      long life,
      @Nullable T connection,
      @Nullable Throwable failure,
      long tookNanos) {
    Throwable told = Secrets.withoutSecrets(failure, arguments);
    enter();
    try {
      Throwable fault = told;
      if (fault == null && connection == null) {
        fault = new NullPointerException("The factory returned null.");
      }
      if (connection != null && slots.of(connection) == slot) {
        // Told once more, because there was no memory left for what followed.
        return;
      }
      if (connection != null && slots.of(connection) != null) {
        fault = new IllegalStateException("The factory returned a connection that the pool has.");
      }
      if (fault != null) {
        createFailed(slot, life, fault, tookNanos);
      } else if (connection != null) {
        createSucceeded(slot, arguments, life, connection, tookNanos);
      }
    } finally {
      leave();
    }
  }

  private void createFailed(Slot<T> slot, long life, Throwable fault, long tookNanos) {
    if (slot.state() == Slot.State.CREATING) {
      if (!slot.overdue) {
        slot.tenant.creation.overdue();
        countFailure(slot, fault, time.nanoTime() - tookNanos, Duration.ofNanos(tookNanos));
      } else {
        decisions.tell(() -> CreationReports.failed(name(), /* isFirst= */ false, fault));
      }
      vacate(slot);
    } else {
      if (life == lives) {
        strays--;
      }
      decisions.tell(() -> CreationReports.failed(name(), /* isFirst= */ false, fault));
    }
    startFails(slot, life, fault);
    afterDeparture();
  }

  /** Calls the factory, and prepares what it brings; what cannot be prepared is closed. */
  CompletionStage<T> createPrepared(Arguments arguments, ConnectionThreads chosen)
      throws Exception {
    CompletionStage<T> creation = options.factory().create(arguments);
    AsyncConnectionHook<? super T> hook = options.onCreate();
    return hook == null || creation == null
        ? creation
        : Preparation.of(creation, hook, chosen, connection -> closeStray(connection, arguments));
  }

  private void createSucceeded(
      Slot<T> slot, Arguments arguments, long life, T connection, long tookNanos) {
    if (slot.state() != Slot.State.CREATING) {
      // Its place has been given up.
      countCreated(connection, tookNanos);
      retired[RetireReason.LATE.ordinal()]++;
      CompletableFuture<Void> closed = new CompletableFuture<>();
      closer.close(null, connection, arguments, RetireReason.LATE, closed);
      closed.handle(
          (nothing, failure) -> {
            strayEnded(life);
            return null;
          });
      return;
    }
    slots.know(connection, slot);
    if (state == State.RUNNING && life == lives && mustBeProven(slot)) {
      prove(slot, life, connection, tookNanos);
    } else {
      slot.made(connection, time.nanoTime());
      joinPool(slot, life, tookNanos);
    }
  }

  /** Whether a new connection must pass a check, or onAcquire, before it belongs to the pool. */
  private boolean mustBeProven(Slot<T> slot) {
    return mustBePrepared(slot)
        || (options.healthChecker() != null
            && (options.checkOnCreate() || slot.tenant.creation.isInDoubt()));
  }

  private boolean mustBePrepared(Slot<T> slot) {
    return options.onAcquire() != null && slot.tenant.creation.isPreparationInDoubt();
  }

  /**
   * Checks a new connection before it belongs to the pool, and prepares it if {@code onAcquire} has
   * been failing. This is part of its creation: until it is over it counts as being created, and if
   * the connection is unfit the creation has failed.
   */
  private void prove(Slot<T> slot, long life, T connection, long tookNanos) {
    long begunNanos = time.nanoTime();
    boolean prepares = mustBePrepared(slot);
    slot.prove(connection, begunNanos);
    long epoch = slot.epoch();
    callChecker(
        slot,
        epoch,
        Slot.State.PROVING,
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
                tookNanos + time.nanoTime() - begunNanos);
          }
        });
  }

  private void prepareNew(
      Slot<T> slot, long epoch, long life, long begunNanos, long tookBeforeNanos) {
    enter();
    try {
      if (slot.isOwnedBy(epoch, Slot.State.PROVING)) {
        callHook(
            "onAcquire",
            Objects.requireNonNull(options.onAcquire()),
            slot,
            epoch,
            Slot.State.PROVING,
            failure ->
                proven(
                    slot,
                    epoch,
                    life,
                    /* fit= */ failure == null,
                    failure,
                    /* byHook= */ true,
                    tookBeforeNanos + time.nanoTime() - begunNanos));
      }
    } finally {
      leave();
    }
  }

  /**
   * It is known whether a new connection may belong to the pool.
   *
   * @param byHook whether onAcquire has said so, and not the health check
   */
  private void proven(
      Slot<T> slot,
      long epoch,
      long life,
      boolean fit,
      @Nullable Throwable failure,
      boolean byHook,
      long tookNanos) {
    Throwable told = Secrets.withoutSecrets(failure, slot.arguments());
    enter();
    try {
      if (!slot.isOwnedBy(epoch, Slot.State.PROVING)) {
        return;
      }
      if (fit) {
        slot.passed(time.nanoTime());
        slot.tenant.creation.passed();
        if (byHook) {
          slot.prepared();
          slot.tenant.creation.prepared();
        }
        joinPool(slot, life, tookNanos);
        return;
      }
      Throwable fault =
          new ConnectionCreationException(
              name(),
              byHook
                  ? "onAcquire failed for a new connection, which must pass it since it has failed before"
                  : "a new connection failed its first health check",
              told);
      countCreated(slot.connection(), tookNanos);
      if (!slot.overdue) {
        slot.tenant.creation.overdue();
        countFailure(slot, fault, time.nanoTime() - tookNanos, Duration.ofNanos(tookNanos));
      }
      retire(slot, byHook ? RetireReason.PREPARATION_FAILED : RetireReason.UNHEALTHY);
      startFails(slot, life, fault);
      match();
    } finally {
      leave();
    }
  }

  /** The pool is being stopped: what has not passed its first check need not pass it any more. */
  private void abandonUnproven() {
    long now = time.nanoTime();
    for (Slot<T> slot : slots.all()) {
      if (slot.state() == Slot.State.PROVING) {
        if (!slot.overdue) {
          slot.tenant.creation.overdue();
        }
        countCreated(slot.connection(), now - slot.bornNanos);
        retire(slot, RetireReason.STOPPED);
      }
    }
  }

  /** Nothing is known to fail, or nothing is to be created any more. */
  private void forgetProbe() {
    probeWith = new Wanted<>(Arguments.none(), tenants.standard());
  }

  private void countCreated(T connection, long tookNanos) {
    created++;
    news(heard -> heard.created(connection, Duration.ofNanos(tookNanos)));
  }

  /** A new connection, which is held, belongs to the pool from now on. */
  private void joinPool(Slot<T> slot, long life, long tookNanos) {
    long now = time.nanoTime();
    countCreated(slot.connection(), tookNanos);
    int failedBefore = slot.tenant.creation.succeeded(slot.overdue, tookNanos);
    tenants.succeeded(slot.tenant);
    forgetProbe();
    if (failedBefore > 0) {
      decisions.tell(() -> CreationReports.recovered(name(), failedBefore));
    }
    slot.lifeNanos = fitness.drawLifeNanos();
    if (state != State.RUNNING || life != lives) {
      retire(slot, RetireReason.STOPPED);
      return;
    }
    if (slots.live() > maxSize) {
      retire(slot, RetireReason.RESIZED);
      return;
    }
    if (evictions.isOver(slot)) {
      retire(slot, RetireReason.EVICTED);
      match();
      return;
    }
    if (fitness.limitsLife()) {
      if (!noted) {
        slot.lifeOver = time.schedule(fitness.markAfterNanos(slot), () -> markOld(slot));
      }
      maintainWithin(fitness.nanosUntilTooOld(slot, now));
    }
    offerProven(slot, now);
    startMisses(missingAtStart - 1);
    match();
  }

  /**
   * Nobody looks at the clock when it is leased, so this says that its life will soon be over: from
   * now on each lease is decided under the lock, where the clock is looked at.
   */
  private void markOld(Slot<T> slot) {
    enter();
    try {
      slot.aging = true;
      slot.mark();
    } finally {
      leave();
    }
  }

  // ---- Checking

  /** Has an idle connection checked; it is on its way back to the pool, or out of it. */
  CompletableFuture<Void> check(Slot<T> slot) {
    CompletableFuture<Void> decided = new CompletableFuture<>();
    long epoch = slot.beginCheck();
    long begunNanos = time.nanoTime();
    callChecker(
        slot,
        epoch,
        Slot.State.CHECKING,
        (fit, failure) -> checked(slot, epoch, begunNanos, fit, failure, decided));
    return decided;
  }

  /** A check is overdue: it says nothing about the connection. */
  private static final class NoAnswerException extends TimeoutException {
    private static final long serialVersionUID = 1L;

    NoAnswerException(String message) {
      super(message);
    }
  }

  /** Is told how a check has ended; twice if it ends after its time. */
  private interface Verdict {
    void tell(boolean fit, @Nullable Throwable failure);
  }

  /** Calls the checker, unless the check does not own the connection any more. */
  private void callChecker(Slot<T> slot, long epoch, Slot.State during, Verdict verdict) {
    T connection = slot.connection();
    ConnectionThreads chosen = threads;
    try {
      decisions.serve(
          () ->
              TimedCall.start(
                  chosen,
                  time,
                  checkTimeoutNanos,
                  () ->
                      slot.isOwnedBy(epoch, during)
                          ? healthOf(connection)
                          : CompletableFuture.completedFuture(false),
                  new TimedCall.Listener<Boolean>() {
                    @Override
                    public void overdue() {
                      verdict.tell(
                          false,
                          new NoAnswerException(
                              "The health checker has not answered within "
                                  + options.healthCheckTimeout()));
                    }

                    @Override
                    public void ended(@Nullable Boolean fit, @Nullable Throwable failure) {
                      verdict.tell(Boolean.TRUE.equals(fit), failure);
                    }
                  }));
    } catch (Throwable noMemory) {
      notStarted(slot, during);
      throw noMemory;
    }
  }

  private CompletionStage<Boolean> healthOf(T connection) throws Exception {
    AsyncHealthChecker<? super T> checker = options.healthChecker();
    return checker == null
        ? CompletableFuture.completedFuture(true)
        : checker.isHealthy(connection);
  }

  private void checked(
      Slot<T> slot,
      long epoch,
      long begunNanos,
      boolean fit,
      @Nullable Throwable failure,
      CompletableFuture<Void> decided) {
    Throwable told = Secrets.withoutSecrets(failure, slot.arguments());
    enter();
    try {
      if (failure != null) {
        decisions.tell(() -> Faults.debug(LOG, told, "A health check of pool '{}' failed", name()));
      }
      if (!slot.isOwnedBy(epoch, Slot.State.CHECKING)) {
        decisions.serve(() -> decided.complete(null));
        return;
      }
      checkNext();
      List<CompletableFuture<Void>> consequences = new ArrayList<>(0);
      if (!fit) {
        consequences.add(retire(slot, RetireReason.UNHEALTHY, new CompletableFuture<>()));
        if (!(failure instanceof NoAnswerException)) {
          // A checker that hangs says nothing about new connections: callers go on being served.
          slot.tenant.creation.unfit();
        }
        consequences.addAll(doubtTheOthers(slot, begunNanos));
      } else {
        long now = time.nanoTime();
        if (slot.passed(now)) {
          slot.tenant.creation.passed();
        }
        RetireReason reason = fateOf(slot, LeaseEnd.RETURNED, now);
        if (reason != null) {
          consequences.add(retire(slot, reason, new CompletableFuture<>()));
        } else {
          offerProven(slot, now);
        }
      }
      match();
      dismissThoseWithoutCheck();
      completeAfter(consequences, decided);
    } finally {
      leave();
    }
  }

  /** What promises an end includes what follows from it. */
  private void completeAfter(
      List<CompletableFuture<Void>> consequences, CompletableFuture<Void> promise) {
    CompletableFuture<?>[] all = consequences.toArray(CompletableFuture[]::new);
    decisions.serve(
        () ->
            CompletableFuture.allOf(all)
                .whenComplete((nothing, failure) -> promise.complete(null)));
  }

  /**
   * Where a check has found one dead, all may be, as in a fail-over. Those that are idle are
   * checked at once, and not one after another as callers come for them; those in use when they
   * come back. New ones are checked first.
   *
   * @param sinceNanos when that check began: what was proven later needs no other proof
   * @return complete when the checks are over
   */
  private List<CompletableFuture<Void>> doubtTheOthers(Slot<T> dead, long sinceNanos) {
    List<CompletableFuture<Void>> checks = new ArrayList<>(0);
    for (Slot<T> slot : slots.present()) {
      if (slot != dead && !slot.doubtful && slot.provenNanos - sinceNanos <= 0) {
        slot.doubtful = slot.takesDoubt();
        if (slot.state() == Slot.State.IDLE) {
          checks.add(checkSoon(slot));
        }
      }
    }
    checkNext();
    return checks;
  }

  /**
   * Where a user has found one broken, others may be. They are checked as after a check that
   * failed, but they are probably fit: a caller rather waits for their checks than for new ones.
   */
  private void requireProofOfTheOthers(Slot<T> broken) {
    if (options.healthChecker() == null) {
      return;
    }
    for (Slot<T> slot : slots.present()) {
      if (slot != broken && !slot.unproven) {
        slot.unproven = slot.takesDoubt();
        checkIfInDoubt(slot);
      }
    }
  }

  /** Puts a connection that is idle, and in doubt, in line for a check: nobody has asked for it. */
  private void checkIfInDoubt(Slot<T> slot) {
    if (fitness.isInDoubt(slot) && slot.state() == Slot.State.IDLE) {
      checkSoon(slot);
      checkNext();
    }
  }

  /** The connection itself, if this is what stands before one. */
  T unguarded(T connection) {
    ConnectionGuard<T> guard = options.guard();
    return guard == null ? connection : guard.behind(connection);
  }

  /** Checks a connection for someone who asks, whoever owns it. */
  CompletableFuture<Boolean> health(T asked) {
    T connection = unguarded(asked);
    CompletableFuture<Boolean> result = new CompletableFuture<>();
    TimedCall.start(
        threads(),
        time,
        checkTimeoutNanos,
        () -> healthOf(connection),
        new TimedCall.Listener<Boolean>() {
          @Override
          public void overdue() {
            result.complete(false);
          }

          @Override
          public void ended(@Nullable Boolean fit, @Nullable Throwable failure) {
            result.complete(Boolean.TRUE.equals(fit));
          }
        });
    return result;
  }

  // ---- Closing

  void retire(Slot<T> slot, RetireReason reason) {
    retire(slot, reason, new CompletableFuture<>());
  }

  private CompletableFuture<Void> retire(
      Slot<T> slot, RetireReason reason, CompletableFuture<Void> closed) {
    T connection = slot.connection();
    Arguments arguments = slot.arguments();
    Wanted<T> successor =
        slot.state() != Slot.State.PROVING && reason.isReplaced() ? slot.successor() : null;
    closer.close(slot, connection, arguments, reason, closed);
    retired[reason.ordinal()]++;
    if (successor != null) {
      rememberArguments(successor);
    }
    return closed;
  }

  /** Closes a connection that came too late to have a place. */
  void closeStray(T connection, Arguments arguments) {
    enter();
    try {
      closer.close(null, connection, arguments, RetireReason.LATE, new CompletableFuture<>());
    } finally {
      leave();
    }
  }

  /** What the closer needs of this. */
  private final class Closings implements ConnectionCloser.Owner<T> {

    @Override
    public void locked(Runnable step) {
      enter();
      try {
        step.run();
      } finally {
        leave();
      }
    }

    @Override
    public void vacate(Slot<T> slot) {
      Exchange.this.vacate(slot);
    }

    @Override
    public void closed() {
      afterDeparture();
    }

    @Override
    public ConnectionThreads threads() {
      return threads;
    }

    @Override
    public int maxSize() {
      return maxSize;
    }
  }

  private void vacate(Slot<T> slot) {
    slot.vacate();
    evictions.left(slot);
  }

  /** A place is free: for another connection, or for the end of a resize or a stop. */
  private void afterDeparture() {
    match();
    endResizes();
    if (state == State.STOPPING && isEmpty()) {
      stopIsOver();
    }
  }

  /** Whether there is nothing left that a stop waits for. */
  private boolean isEmpty() {
    return slots.size() + slots.closing() + creations.underway() == 0;
  }

  /** Replaces all connections, those in use as soon as they come back. */
  CompletableFuture<Integer> softEvict() {
    CompletableFuture<Integer> over;
    enter();
    try {
      over = evictions.end();
      slots.markAll();
      retireIdle(RetireReason.EVICTED);
      match();
    } finally {
      leave();
    }
    return over.copy();
  }

  // ---- Sizes

  CompletableFuture<Void> resize(int min, int max) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    enter();
    try {
      minSize = min;
      maxSize = max;
      if (slots.live() > max) {
        slots.markAll();
        shrink();
      }
      match();
      startMisses(Math.min(missingAtStart, min - slots.size()));
      resizes.add(done);
      endResizes();
    } finally {
      leave();
    }
    return done;
  }

  /** Those that come back from now on are found to be too many by their marks. */
  private void shrink() {
    for (Slot<T> slot : slots.fromColdest()) {
      if (slots.live() <= maxSize) {
        return;
      }
      if (slot.hold()) {
        retire(slot, RetireReason.RESIZED);
      }
    }
  }

  /** Retires all that are idle; from a stop on, and after the marks of an eviction, none comes. */
  private void retireIdle(RetireReason reason) {
    for (Slot<T> slot : slots.fromColdest()) {
      if (slot.hold()) {
        retire(slot, reason);
      }
    }
  }

  private void endResizes() {
    if (slots.total() <= maxSize) {
      for (CompletableFuture<Void> resize : resizes) {
        complete(resize);
      }
      resizes.clear();
    }
  }

  // ---- Start and stop

  CompletableFuture<Void> start(
      List<Arguments> arguments, @Nullable Executor replacement, StartFailure onFailure) {
    CompletableFuture<Void> stopping;
    long stopsBefore;
    List<Wanted<T>> wanted = arguments.stream().map(tenants::wanted).toList();
    enter();
    try {
      if (state != State.STOPPING) {
        return startNow(wanted, replacement, onFailure);
      }
      stopping = stopped;
      stopsBefore = stopsAsked;
    } finally {
      leave();
    }
    return stopping.thenCompose(
        over -> startUnlessStopped(stopsBefore, wanted, replacement, onFailure));
  }

  /** How often the pool was told to stop. */
  long stopsAsked() {
    enter();
    try {
      return stopsAsked;
    } finally {
      leave();
    }
  }

  /**
   * As {@link #start}, for a start that was asked for earlier.
   *
   * @param stopsBefore {@link #stopsAsked} at that time; a stop since then has revoked the start
   */
  CompletableFuture<Void> startUnlessStopped(
      List<Arguments> arguments,
      @Nullable Executor replacement,
      StartFailure onFailure,
      long stopsBefore) {
    CompletableFuture<Void> stopping;
    List<Wanted<T>> wanted = arguments.stream().map(tenants::wanted).toList();
    enter();
    try {
      if (stopsAsked != stopsBefore) {
        return CompletableFuture.failedFuture(new PoolStoppedException(name()));
      }
      if (state != State.STOPPING) {
        return startNow(wanted, replacement, onFailure);
      }
      stopping = stopped;
    } finally {
      leave();
    }
    return stopping.thenCompose(
        over -> startUnlessStopped(stopsBefore, wanted, replacement, onFailure));
  }

  /** As {@link #start}, for one who has waited for a stop, unless another has been asked for. */
  private CompletableFuture<Void> startUnlessStopped(
      long stopsBefore,
      List<Wanted<T>> arguments,
      @Nullable Executor replacement,
      StartFailure onFailure) {
    enter();
    try {
      return stopsAsked == stopsBefore
          ? startNow(arguments, replacement, onFailure)
          : CompletableFuture.failedFuture(new PoolStoppedException(name()));
    } finally {
      leave();
    }
  }

  private CompletableFuture<Void> startNow(
      List<Wanted<T>> arguments, @Nullable Executor replacement, StartFailure onFailure) {
    if (state != State.RUNNING) {
      beginLife(arguments, replacement, onFailure);
    } else if (startedImplicitly) {
      takeOverStart(arguments, replacement, onFailure);
    }
    startedImplicitly = false;
    return started.copy();
  }

  /** Starts a pool that was never started, because a caller asks for a connection. */
  private void startImplicitly() {
    enter();
    try {
      if (state == State.CREATED) {
        beginLife(List.of(), null, StartFailure.START_EMPTY);
        startedImplicitly = true;
      }
    } finally {
      leave();
    }
  }

  /** The pool was started by a caller, and now by its owner, whose conditions count from now on. */
  private void takeOverStart(
      List<Wanted<T>> arguments, @Nullable Executor replacement, StartFailure onFailure) {
    if (replacement != null) {
      threads = standardThreads.on(replacement);
    }
    onStartFailure = onFailure;
    started = new CompletableFuture<>();
    startHasFailed = false;
    nextArguments.clear();
    nextArguments.addAll(arguments);
    missingAtStart = Math.max(0, minSize - slots.size());
    if (missingAtStart == 0) {
      startIsOver();
      return;
    }
    limitStart();
    // The owner learns now whether connections can be created, and not after a pause.
    long now = time.nanoTime();
    creation.pauseIsOver(now);
    arguments.forEach(wanted -> wanted.tenant().creation.pauseIsOver(now));
    match();
  }

  private void beginLife(
      List<Wanted<T>> arguments, @Nullable Executor replacement, StartFailure onFailure) {
    state = State.RUNNING;
    stateHasChanged();
    lives++;
    startedNanos = time.nanoTime();
    threads = replacement == null ? standardThreads : standardThreads.on(replacement);
    vain.forget();
    onStartFailure = onFailure;
    started = new CompletableFuture<>();
    missingAtStart = minSize;
    nextArguments.clear();
    nextArguments.addAll(arguments);
    startHasFailed = false;
    creations.reset();
    if (same != null) {
      same.open();
    }
    strays = 0;
    closer.beginLife();
    fitness.clocksHaveJumped();
    scheduleMaintenance();
    if (minSize == 0) {
      startIsOver();
    } else {
      limitStart();
    }
    match();
  }

  /** Has the start fail when its time is over, if it is one that waits. */
  private void limitStart() {
    startSinceNanos = time.nanoTime();
    wantedAtStart = missingAtStart;
    lastFailureOfStart = null;
    long limit = Time.nanos(options.startTimeout());
    if (onStartFailure == StartFailure.WAIT && limit > 0) {
      CompletableFuture<Void> start = started;
      startTimer = later(limit, () -> startTimesOut(start));
    }
  }

  private void cancelStartTimer() {
    Time.cancel(startTimer);
    startTimer = null;
  }

  private void startTimesOut(CompletableFuture<Void> start) {
    enter();
    try {
      if (start != started || missingAtStart <= 0 || state != State.RUNNING) {
        return;
      }
      StartProgress progress = startProgress(time.nanoTime());
      Throwable cause = lastFailureOfStart;
      Throwable failure = cause == null ? new TimeoutException() : cause;
      endStart(
          () ->
              "the start waited for its first connections, %s, which is startTimeout. %s"
                  .formatted(
                      progress.describe(),
                      cause == null
                          ? "No attempt to create one has ended"
                          : "The last failure: " + Faults.describe(cause)),
          failure);
    } finally {
      leave();
    }
  }

  private StartProgress startProgress(long now) {
    return new StartProgress(
        wantedAtStart,
        missingAtStart,
        Duration.ofNanos(now - startSinceNanos),
        options.startTimeout());
  }

  /** Whether a start waits that this attempt belongs to. */
  private boolean startWaitsFor(Slot<T> slot) {
    return onStartFailure == StartFailure.WAIT && missingAtStart > 0 && isOfStart(slot);
  }

  /** Another tenant's failure says nothing about the connections of the start. */
  private boolean isOfStart(Slot<T> slot) {
    return same == null || slot.upkeep;
  }

  /** So many of the first connections are still to come. */
  private void startMisses(int stillMissing) {
    if (missingAtStart > 0) {
      missingAtStart = Math.max(0, stillMissing);
      if (missingAtStart == 0) {
        startIsOver();
      }
    }
  }

  private void startIsOver() {
    cancelStartTimer();
    lastFailureOfStart = null;
    complete(started);
  }

  /** One of the first connections could not be made. */
  private void startFails(Slot<T> slot, long life, Throwable cause) {
    if (!isOfStart(slot) || life != lives || missingAtStart <= 0) {
      return;
    }
    if (onStartFailure == StartFailure.WAIT) {
      lastFailureOfStart = cause;
    } else if (onStartFailure == StartFailure.START_EMPTY) {
      missingAtStart = 0;
      startHasFailed = true;
      startIsOver();
    } else {
      endStart(() -> "the start has failed: " + Faults.describe(cause), cause);
    }
  }

  /**
   * Stops the pool, and then fails the start.
   *
   * @param what called outside of the lock
   */
  private void endStart(Supplier<String> what, Throwable cause) {
    missingAtStart = 0;
    startHasFailed = true;
    cancelStartTimer();
    CompletableFuture<Void> failed = started;
    decisions.serve(
        () ->
            stop(Duration.ZERO, /* waitsHere= */ false)
                .handle(
                    (over, ignored) ->
                        failed.completeExceptionally(
                            new ConnectionCreationException(name(), what.get(), cause))));
  }

  /**
   * Whether connections are leased, and each by this thread, which waits for the end of the pool,
   * or by one that is inside of System.exit.
   */
  boolean onlyLeasesRemainThatCannotEnd(Thread waiting) {
    long waitingId = waiting.getId();
    List<Long> others = new ArrayList<>();
    enter();
    try {
      for (Slot<T> slot : slots.all()) {
        if (slot.state() == Slot.State.IN_USE) {
          long holder = deadlocks.holder(slot);
          if (holder != waitingId) {
            others.add(holder);
          }
        }
      }
      if (others.isEmpty()) {
        return deadlocks.heldBy(waitingId) > 0;
      }
    } finally {
      leave();
    }
    List<Long> exiting = ExitingThreads.all().stream().map(Thread::getId).toList();
    return exiting.containsAll(others);
  }

  /**
   * Stops; completes when every connection is closed, or the deadline is over.
   *
   * @param waitsHere whether the current thread waits for that, and looks after its own leases
   */
  CompletableFuture<Void> stop(@Nullable Duration deadline, boolean waitsHere) {
    long life;
    CompletableFuture<Void> over;
    // A user's class of threads may have a getId of its own: not under the lock.
    Thread stopper = Thread.currentThread();
    long stopperId = stopper.getId();
    enter();
    try {
      stopsAsked++;
      if (!waitsHere && deadline != null && !deadline.isZero()) {
        warnOfOwnLeases(deadline, stopper, stopperId);
      }
      if (state == State.CREATED) {
        state = State.STOPPED;
        suspended = false;
        stateHasChanged();
      }
      if (state == State.STOPPED) {
        return CompletableFuture.completedFuture(null);
      }
      if (state == State.RUNNING) {
        beginStop();
      }
      life = lives;
      over = stopped;
    } finally {
      leave();
    }
    if (deadline != null && !over.isDone()) {
      if (deadline.isZero()) {
        forceStop(life);
      } else {
        Time.Timer timer = later(Time.nanos(deadline), () -> forceStop(life));
        over.whenComplete((nothing, failure) -> timer.cancel());
      }
    }
    // A copy: whoever completes or cancels it must not keep the pool from its deadline.
    return over.copy();
  }

  /**
   * A thread that stops the pool, and waits for that, waits for the leases that it holds itself.
   */
  private void warnOfOwnLeases(Duration deadline, Thread stopper, long stopperId) {
    int own = deadlocks.heldBy(stopperId);
    if (own > 0) {
      decisions.tell(
          () ->
              Faults.warn(
                  LOG,
                  null,
                  "Thread '{}' stops pool '{}' but holds {} of it itself. The stop waits for the end"
                      + " of each lease, for up to {}: close the lease before you stop or close the"
                      + " pool",
                  ThreadKind.nameOf(stopper),
                  name(),
                  Faults.count(own, "lease"),
                  deadline));
    }
  }

  void suspend() {
    enter();
    try {
      if (state == State.STOPPING || state == State.STOPPED) {
        throw new PoolStoppedException(name());
      }
      if (!suspended) {
        suspended = true;
        stateHasChanged();
      }
      setGate();
    } finally {
      leave();
    }
  }

  void resume() {
    enter();
    try {
      if (suspended) {
        suspended = false;
        stateHasChanged();
      }
      match();
      for (Slot<T> slot : slots.present()) {
        checkIfInDoubt(slot);
      }
    } finally {
      leave();
    }
  }

  private void beginStop() {
    CompletableFuture<Void> end = new CompletableFuture<>();
    stateHasChanged();
    state = State.STOPPING;
    suspended = false;
    setGate();
    stopped = end;
    isUnfinished = true;
    endService();
    isUnfinished = false;
  }

  /** Ends what a pool that stops does not do any more; once more, if there was no memory for it. */
  private void endService() {
    Time.cancel(maintenanceTimer);
    Time.cancel(retryTimer);
    maintenanceTimer = null;
    retryTimer = null;
    cancelStartTimer();
    lastFailureOfStart = null;
    forgetProbe();
    for (Waiter<T> waiter = line.first(); waiter != null; waiter = line.first()) {
      refuse(waiter, () -> new PoolStoppedException(name()), plain.stopped);
    }
    missingAtStart = 0;
    // Those of a start that waits for this stop are its own.
    nextArguments.clear();
    if (!startHasFailed) {
      CompletableFuture<Void> starting = started;
      decisions.serve(
          () ->
              time.runOnHelperThread(
                  () -> starting.completeExceptionally(new PoolStoppedException(name()))));
    }
    checkNext();
    abandonUnproven();
    retireIdle(RetireReason.STOPPED);
    if (isEmpty()) {
      stopIsOver();
    }
  }

  /** The deadline is over: whoever still owns a connection owns it no longer. */
  private void forceStop(long life) {
    boolean waits = false;
    enter();
    try {
      if (state != State.STOPPING || life != lives) {
        return;
      }
      closer.hurry();
      for (Slot<T> slot : slots.all()) {
        switch (slot.state()) {
          case CHECKING -> retire(slot, RetireReason.STOPPED);
          case IN_USE, IDLE -> {
            if (slot.seize()) {
              retire(slot, RetireReason.STOPPED);
            }
          }
          case CREATING -> {
            if (!slot.overdue) {
              setAside(slot);
            }
          }
          case HELD, PROVING, CLOSING, GONE -> {}
        }
      }
      if (isEmpty()) {
        stopIsOver();
      } else {
        waits = true;
      }
    } finally {
      leave();
    }
    if (waits) {
      Time.Timer grace = later(CLEANING_GRACE_NANOS, () -> endStop(life));
      lock.read(() -> stopped).whenComplete((over, failure) -> grace.cancel());
    }
  }

  private void endStop(long life) {
    enter();
    try {
      if (state == State.STOPPING && life == lives) {
        int open = slots.total();
        decisions.tell(
            () ->
                Faults.warn(
                    LOG,
                    null,
                    "Pool '{}' stops, though {} not returned",
                    name(),
                    Faults.count(open, "cleaner has", "cleaners have")));
        stopIsOver();
      }
    } finally {
      leave();
    }
  }

  private void stopIsOver() {
    state = State.STOPPED;
    stateHasChanged();
    // What still hangs does not hold up the pool's next life.
    closer.abandon();
    for (Slot<T> slot : slots.all()) {
      if (slot.state() == Slot.State.CREATING && slot.timedOut) {
        vacate(slot);
        strays++;
      }
    }
    tenants.clear();
    forgetProbe();
    if (same != null) {
      same.clear();
    }
    complete(stopped);
  }

  // ---- Maintenance

  /** Has the maintenance come in its interval, or sooner if a connection needs it sooner. */
  private void scheduleMaintenance() {
    long now = time.nanoTime();
    long delay = Math.min(Time.nanos(options.maintenanceInterval()), leaks.intervalNanos());
    delay = Math.min(delay, fitness.longestRoundNanos());
    for (Slot<T> slot : gate.row()) {
      delay = Math.min(delay, fitness.nanosUntilNeedful(slot, now));
    }
    setMaintenance(Math.max(delay, SHORTEST_ROUND_NANOS), now);
  }

  private void setMaintenance(long delayNanos, long now) {
    Time.cancel(maintenanceTimer);
    maintenanceNanos = now + delayNanos;
    maintenanceTimer = later(delayNanos, this::maintenanceDue);
  }

  /** Has the maintenance come within this time, if it would come later. */
  private void maintainWithin(long nanos) {
    long now = time.nanoTime();
    long delay = Math.max(nanos, SHORTEST_ROUND_NANOS);
    if (maintenanceTimer != null && maintenanceNanos - now > delay) {
      setMaintenance(delay, now);
    }
  }

  private void maintenanceDue() {
    enter();
    try {
      if (state == State.RUNNING) {
        maintainUnderLock();
        scheduleMaintenance();
      }
    } finally {
      leave();
    }
  }

  /** Completes when the checks and closings that it has begun are over. */
  CompletableFuture<Void> maintain() {
    CompletableFuture<Void> begun;
    enter();
    try {
      if (state != State.RUNNING) {
        return CompletableFuture.completedFuture(null);
      }
      begun = CompletableFuture.allOf(maintainUnderLock().toArray(CompletableFuture[]::new));
    } finally {
      leave();
    }
    CompletableFuture<Void> over = new CompletableFuture<>();
    begun.handle(
        (nothing, failure) -> {
          time.runOnHelperThread(() -> over.complete(null));
          return null;
        });
    return over;
  }

  /**
   * Closes what is spent or not needed, checks what has not been used, looks for leaks, refills.
   */
  private List<CompletableFuture<Void>> maintainUnderLock() {
    List<CompletableFuture<Void>> begun = new ArrayList<>();
    long now = time.nanoTime();
    if (fitness.clocksHaveJumped()) {
      suspectAll();
    }
    closer.startOverdue(now);
    if (!noted) {
      slots.sweep(now);
    }
    gate.forgetPlaces();
    tenants.expire(now);
    for (Slot<T> slot : slots.fromColdest()) {
      RetireReason reason = fitness.spent(slot, now);
      if (reason == null && slots.size() > minSize && fitness.idleTooLong(slot, now)) {
        reason = RetireReason.IDLE;
      }
      if (reason != null) {
        if (slot.hold()) {
          begun.add(retire(slot, reason, new CompletableFuture<>()));
        }
      } else if (!suspended && fitness.dueInBackground(slot, now)) {
        begun.add(checkSoon(slot));
      }
    }
    checkWhenReturned(now);
    checkNext();
    leaks.overdue(now).forEach(slot -> begun.add(reclaim(slot)));
    leaks.forgotten(now).forEach(slot -> begun.add(reclaim(slot)));
    match();
    reportDeadlock();
    return begun;
  }

  /** Those in use whose check is due are checked when they come back, however busy they are. */
  private void checkWhenReturned(long now) {
    for (Slot<T> slot : slots.present()) {
      if (fitness.dueInBackground(slot, now) && slot.markLease(slot.epoch())) {
        slot.unproven = true;
      }
    }
  }

  /** Puts an idle connection in line for a check: only some are checked at a time. */
  private CompletableFuture<Void> checkSoon(Slot<T> slot) {
    CompletableFuture<Void> decided = slot.awaitedCheck;
    if (decided == null) {
      decided = new CompletableFuture<>();
      slot.awaitedCheck = decided;
      toCheck.add(slot);
    }
    return decided;
  }

  /** Checks those in line, as many at a time as may be, but for those that need it no more. */
  private void checkNext() {
    while (!toCheck.isEmpty() && (!serves() || slots.checking() < options.maxConcurrentCreates())) {
      Slot<T> slot = toCheck.remove();
      CompletableFuture<Void> decided = Objects.requireNonNull(slot.awaitedCheck);
      slot.awaitedCheck = null;
      boolean isDue =
          serves()
              && slot.state() == Slot.State.IDLE
              && fitness.dueInBackground(slot, time.nanoTime())
              && slot.hold();
      if (isDue) {
        check(slot).whenComplete((nothing, failure) -> decided.complete(null));
      } else {
        decisions.serve(() -> decided.complete(null));
      }
    }
  }

  private void reclaimForgotten() {
    List<Slot<T>> forgotten = leaks.forgotten(time.nanoTime());
    if (!forgotten.isEmpty()) {
      forgotten.forEach(this::reclaim);
      match();
    }
  }

  private CompletableFuture<Void> reclaim(Slot<T> slot) {
    Duration held = Duration.ofNanos(time.nanoTime() - slot.leasedNanos);
    String thread = slot.leasedBy();
    CompletableFuture<Void> closed =
        retire(slot, RetireReason.RECLAIMED, new CompletableFuture<>());
    decisions.tell(
        () ->
            Faults.warn(
                LOG,
                null,
                "Pool '{}' takes back, and closes, a connection leased to thread '{}' for {}",
                name(),
                thread,
                held));
    return closed;
  }

  private void reportDeadlock() {
    if (deadlocks.isNewlyDeadlocked(maxSize)) {
      int inUse = slots.use().inUse();
      decisions.tell(
          () ->
              Faults.warn(
                  LOG,
                  null,
                  "Pool '{}' is deadlocked: {} for another. Raise maxSize, or close a lease before the next acquire",
                  name(),
                  Faults.count(
                      inUse,
                      "connection is all it has, and is leased to a thread that waits",
                      "connections are all it has, and are leased to threads that wait")));
    }
  }

  // ---- Readings, without the lock

  ConnectionPoolStats stats() {
    return lock.read(this::read);
  }

  private ConnectionPoolStats read() {
    long now = time.nanoTime();
    Waiter<T> first = line.first();
    SlotTable.Use use = slots.use();
    Map<RetireReason, Long> byReason = new EnumMap<>(RetireReason.class);
    for (RetireReason reason : RetireReason.values()) {
      byReason.put(reason, retired[reason.ordinal()]);
    }
    return new ConnectionPoolStats(
        name(),
        state == State.RUNNING && suspended ? State.SUSPENDED : state,
        slots.size(),
        slots.size() - slots.checking() - use.inUse(),
        use.inUse(),
        slots.checking(),
        slots.creating(),
        slots.closing(),
        closer.strays(),
        line.size(),
        minSize,
        maxSize,
        use.leases(),
        timeouts,
        vain.inARow(use.leases()),
        Duration.ofNanos(vain.forNanos(use.leases(), now)),
        nestedTimeouts,
        refusedByLimit,
        refusedDown,
        created,
        createFailures,
        Map.copyOf(byReason),
        leaks.found(),
        creations.failuresInARow(),
        creations.lastFailure(),
        Duration.ofNanos(creations.pauseNanos(now)),
        first == null ? Duration.ZERO : Duration.ofNanos(Math.max(0, now - first.sinceNanos)),
        state == State.CREATED ? Duration.ZERO : Duration.ofNanos(now - startedNanos));
  }
}

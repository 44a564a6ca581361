package dev.pools.connection;

import static java.util.Objects.requireNonNull;

import dev.pools.connection.ConnectionPoolStats.State;
import dev.pools.internal.AfterUnlock;
import dev.pools.internal.Faults;
import dev.pools.internal.OnHelperThread;
import dev.pools.internal.Time;
import dev.pools.internal.VersionedLock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The core of a connection pool: its one lock, all that the lock guards, and the way out of it.
 *
 * <p>A caller needs no lock as a rule: it takes an idle connection through the {@link LeaseGate},
 * and releases it in the same way. Rarer steps run under the lock: wait, create, check, close,
 * resize, start, stop. The bars of the gate say who has to come to the lock.
 *
 * <p>A step is {@code core.enter(); try { … } finally { core.leave(); }}. It decides; {@link
 * #leave} carries out what was decided: leases to deliver, user code to call, futures to complete,
 * timers to set. A step that finds no memory leaves a part of its work undone, and {@link #leave}
 * finishes it.
 *
 * <p>Invariants, each kept by every hold of the lock:
 *
 * <ol>
 *   <li>No more places are taken than there may be, except for those that were in use when the pool
 *       was made smaller, and for one stray: see {@link ConnectionCreator#hopeless}.
 *   <li>No caller waits in line while a connection is idle and needs no check. No caller waits
 *       while another connection may be created and none is being created for this caller; or,
 *       while connections are in use that may be released, for the callers before it, so that its
 *       turn comes soon. See {@link CreationBackoff}. {@link Rules#match} restores this after each
 *       change.
 *   <li>A caller that leaves the line, for whatever reason, owns nothing; a caller that is granted
 *       a connection owns it until its lease ends, and a connection that it can no longer take goes
 *       back.
 *   <li>No user code runs under the lock.
 *   <li>A caller that waits only for a check has one under way; as many connections that are due
 *       for a check are checked as may be at a time; a resize and a stop whose conditions are met
 *       are completed. {@link Rules#settle} restores this when the lock is released.
 * </ol>
 */
final class ConnectionCore<T> {

  /** How soon a step that has found no memory is finished by another thread. */
  private static final long RESTORE_AGAIN_NANOS = 50_000_000;

  /**
   * What a step asks of rooms that stand above it. All methods but {@link #stopAtOnce} are called
   * under the lock, by steps that have changed something.
   */
  interface Rules<T> {

    /** Serves the callers in line as far as possible, and creates the connections they need. */
    void match();

    /** The next maintenance comes within this time. */
    void maintainWithin(long nanos);

    /** A connection, which is held, has been made ready: grants it to a caller, or lets it rest. */
    void offerReady(Slot<T> slot, long now);

    /** Finds out whether the server is back, although calls that do not end hold all places. */
    void probeBesideHopeless();

    /** Whether a step has left a closing waiting although there is room for it. */
    boolean hasLeftOver();

    /** Finishes what a step has left undone because there was no memory for it. */
    void restore();

    /**
     * The rules that hold whenever the lock is free; each costs a comparison if it has nothing to
     * do.
     */
    void settle();

    /** Stops the pool, whose start has failed in this life; not under the lock. */
    CompletableFuture<Void> stopAtOnce(long life);
  }

  /**
   * The options that the pool has now. Replaced under the lock. Never changed, so that a thread
   * without the lock reads old options or new ones, and nothing in between.
   */
  ConnectionOptions<T> options;

  // Fixed at construction.
  final Time time;
  final ConnectionListeners<T> listeners;

  /** Whether callers get only connections that were created with equal arguments. */
  final boolean matchesArguments;

  /** Where user code runs unless a start names another executor. */
  final ConnectionThreads standardThreads;

  // The parts; each says how it is guarded.
  final LeaseGate<T> gate = new LeaseGate<>();
  final SlotTable<T> slots = new SlotTable<>(gate);
  final WaitQueue<T> line;
  final CreationLimits creations;
  final Tenants<Waiter<T>> tenants;
  final NextArguments nextArguments;
  final ConnectionFitness fitness;
  final EvictionTracker<T> evictions;
  final LeakDetector<T> leaks;
  final LeaseEvents<T> leaseEvents;
  final DeadlockDetector<T> deadlocks;
  final OpenLeases<T> openLeases;
  final ConnectionCounters counters = new ConnectionCounters();

  /** How connections are created for callers that give no arguments. */
  final CreationBackoff creation;

  /** What has been decided under the lock, and is carried out after it. */
  final AfterUnlock decisions;

  /** The time limit of the callers that wait in a future. */
  final WaiterTimer waiterTimer;

  private final VersionedLock lock = new VersionedLock();

  /** What runs after each change of the state. */
  private final List<Runnable> stateActions = new CopyOnWriteArrayList<>();

  // Set once, before the first step.
  private @Nullable Rules<T> rules;

  // Guarded by the lock.
  ConnectionThreads threads;

  /** Whether the lock decides about each lease, because of a hook, a check on return, or SAME. */
  private boolean eachLeaseIsDecided;

  int minSize;
  int maxSize;
  long startedNanos;

  /** How often the pool was started. */
  long lives;

  /** How many creations have no place any more and have not ended: none or one. */
  int strays;

  /** Set while the line is being served, or a stop begins; still set afterwards if that failed. */
  boolean isUnfinished;

  private int restored;

  /** When the next thread comes to finish what is left. */
  private long restoreNanos;

  /** The callers in threads that were granted a connection in this hold of the lock. */
  private @Nullable Waiter<T> firstServed;

  private @Nullable Waiter<T> lastServed;

  // Written under the lock, read by any thread.
  private volatile State state = State.CREATED;

  /** Whether nothing is leased and nothing asked of the server, until the pool is resumed. */
  private volatile boolean suspended;

  ConnectionCore(ConnectionOptions<T> options) {
    this.options = options;
    this.time = options.time().forPool(options.name().concat("-completions"));
    this.decisions = new AfterUnlock(options.name(), time);
    this.standardThreads =
        ConnectionThreads.of(options.name(), options.time(), decisions, options.executor());
    this.threads = standardThreads;
    this.listeners = new ConnectionListeners<>(options.name(), time, options.listeners());
    this.matchesArguments = options.waiting().argumentMatching() == ArgumentMatching.SAME;
    this.creations = options.creation().limits(options.name(), matchesArguments);
    this.tenants = new Tenants<>(matchesArguments, creations);
    creations.know(slots);
    this.creation = tenants.standard().creation;
    this.nextArguments = new NextArguments(tenants.standard());
    this.evictions = new EvictionTracker<>(slots, decisions, time);
    this.line = new WaitQueue<>();
    this.deadlocks = new DeadlockDetector<>(slots, line);
    this.openLeases = new OpenLeases<>(gate, line);
    this.fitness = new ConnectionFitness(options);
    this.leaks = new LeakDetector<>(options, slots, decisions, listeners);
    this.leaseEvents = new LeaseEvents<>(listeners, decisions, time);
    this.waiterTimer = new WaiterTimer(time);
    gate.notes = options.needsNotes();
    this.eachLeaseIsDecided = options.decidesEachLease();
    this.minSize = options.sizes().minSize();
    this.maxSize = options.sizes().maxSize();
    this.restoreNanos = time.nanoTime();
  }

  /** Connects the core with the rooms above it; once, before the first step. */
  void connect(Rules<T> above) {
    rules = above;
  }

  Rules<T> rules() {
    return requireNonNull(rules);
  }

  String name() {
    return options.name();
  }

  /** Replaces the options, or fails before; under the lock. The rooms above do what follows. */
  void setOptions(ConnectionOptions<T> next) {
    if (!gate.notes && next.needsNotes()) {
      slots.sweep(time.nanoTime());
      openLeases.areOutSince(time.nanoTime());
      gate.notes = true;
    }
    options = next;
    minSize = next.sizes().minSize();
    maxSize = next.sizes().maxSize();
    next.creation().set(creations);
    fitness.configure(next.sizes(), next.health());
    leaks.configure(next.leaks());
    eachLeaseIsDecided = next.decidesEachLease();
  }

  // ---- In and out of the lock

  void enter() {
    lock.lock();
  }

  /** Reads without the lock, as often as it takes to get readings that belong together. */
  <R> R read(Supplier<R> reading) {
    return lock.read(reading);
  }

  /**
   * Releases the lock, whatever happens, and then carries out what was decided under it. Each hold
   * of the lock ends here.
   */
  void leave() {
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
        waiterTimer.stop();
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

  /** Bars the gate as is needed now: before a step relies on it, and at the end of each hold. */
  void setGate() {
    gate.bar(
        (line.size() > 0 ? LeaseGate.WAITERS : 0)
            | (serves() ? 0 : LeaseGate.SHUT)
            | (eachLeaseIsDecided ? LeaseGate.DECIDED : 0));
  }

  /**
   * Restores the rules. Before that, finishes what a step has left undone because there was no
   * memory for it: a slot that is held although the step is over, or a line that was not served to
   * its end. If there is no memory for that either, the next thread that leaves the lock tries
   * again, and a timer sees to it that a thread does.
   */
  private void restoreInvariants() {
    try {
      if (!slots.noneIsHeld() || isUnfinished || rules().hasLeftOver()) {
        restored++;
        rules().restore();
      }
      rules().settle();
    } catch (Throwable noMemoryOrStack) {
      isUnfinished = true;
    }
    if (isUnfinished) {
      tryAgainSoon();
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
      // Then the next caller, or the maintenance, tries again.
    }
  }

  private void restoreAgain() {
    enter();
    leave();
  }

  /** How many holds of the lock have had to finish what a step left undone, for tests. */
  int restored() {
    return read(() -> restored);
  }

  // ---- What is carried out after the lock

  /** Delivers a lease to a caller in a thread, after the lock: no user code depends on it. */
  void deliverLater(Waiter<T> waiter) {
    if (firstServed == null) {
      firstServed = waiter;
    } else {
      requireNonNull(lastServed).nextServed = waiter;
    }
    lastServed = waiter;
  }

  private void deliverInThread(Waiter<T> waiter) {
    try {
      waiter.deliver();
    } catch (Throwable noMemoryOrStack) {
      decisions.carryOutLater(waiter::deliver);
    }
  }

  /** Completes a future on the threads of user code, because its dependants may be user code. */
  void run(Runnable userCode) {
    threads().complete(() -> Faults.guard(ConnectionCore.class, name(), "a completion", userCode));
  }

  /**
   * Completes a future that user code may depend on, after the lock and on a thread that no other
   * thread waits for.
   */
  void complete(CompletableFuture<Void> future) {
    decisions.serve(new OnHelperThread(time, new FutureCompletion(future)));
  }

  /** Does something later, not on the thread of all timers: it may lead to user code. */
  Time.Timer later(long delayNanos, Runnable action) {
    return time.schedule(delayNanos, new OnHelperThread(time, action));
  }

  /** Whether there are listeners, so that {@link #tellListeners} tells any. */
  boolean hasListeners() {
    return !listeners.isEmpty();
  }

  /** Tells the listeners of an event, after the lock. */
  void tellListeners(Consumer<ConnectionPoolListener<? super T>> event) {
    if (!listeners.isEmpty()) {
      decisions.tell(() -> listeners.tell(event));
    }
  }

  // ---- The pool's state

  State state() {
    return state;
  }

  boolean isSuspended() {
    return suspended;
  }

  /** Whether connections may be leased, created and checked. */
  boolean serves() {
    return state == State.RUNNING && !suspended;
  }

  void become(State next) {
    stateHasChanged();
    state = next;
    if (next != State.RUNNING) {
      suspended = false;
    }
  }

  void setSuspended(boolean suspends) {
    if (suspended != suspends) {
      stateHasChanged();
      suspended = suspends;
    }
  }

  /** Runs an action after each change of the state from now on, outside of the lock. */
  void onStateChange(Runnable action) {
    stateActions.add(action);
  }

  /** Tells that the state changes, after the lock. */
  private void stateHasChanged() {
    for (Runnable action : stateActions) {
      decisions.tell(
          () -> Faults.guard(ConnectionCore.class, name(), "an action on its state", action));
    }
  }

  /** Where user code runs at the moment. */
  ConnectionThreads threads() {
    return read(() -> threads);
  }

  /** Whether nothing is left that a stop waits for. */
  boolean isEmpty() {
    return slots.size() + slots.closing() + creations.underway() == 0;
  }

  /** How many connections will soon be there for the callers in line. */
  int onTheirWay() {
    return slots.promising() + creations.underway();
  }

  // ---- Leases

  /** The lease of the object that stands before the connection, if the pool has a guard. */
  Lease<T> guarded(Lease<T> lease) {
    ConnectionGuard<T> guard = options.guard();
    if (guard == null) {
      return lease;
    }
    Lease<T> guarded = lease.with(guard.before(lease.leased()));
    guard.bind(guarded);
    return guarded;
  }

  /** The connection itself, if this is the object that stands before one. */
  T unguarded(T connection) {
    ConnectionGuard<T> guard = options.guard();
    return guard == null ? connection : guard.behind(connection);
  }
}

package dev.pools.task;

import static java.util.Objects.requireNonNull;

import dev.pools.internal.AfterUnlock;
import dev.pools.internal.HelperQueue;
import dev.pools.internal.Promise;
import dev.pools.internal.Time;
import dev.pools.internal.VersionedLock;
import dev.pools.scaling.ScalingSampler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The core of a task pool: its one lock, all that the lock guards, and the rules that hold whenever
 * it is free.
 *
 * <p>A task needs no lock as a rule. Its submitter takes a place, puts the task into the queue, and
 * calls an idle worker if there is one; a worker takes the task out and counts for itself. Rarer
 * steps run under the lock: start and dismiss workers, wait for a place, cancel, drain, shut down.
 * The {@link PoolFlags} say who has to come to the lock.
 *
 * <p>A step is {@code core.enter(); try { … } finally { core.leave(); }}. It changes what it has to
 * change; it does not look after the rules. {@link #leave} restores them, and then carries out what
 * was decided: threads to start, workers to wake, futures to complete, timers to set.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>A queued task is met. Its submitter puts it in, and then looks for idle workers and reads
 *       the flags. A worker that finds nothing becomes idle, and then looks at the flags and into
 *       the queue again. So one of them sees the other. A step that changes the flags looks for
 *       idle workers after that, and so is seen in the same way.
 *   <li>No user code runs under the lock.
 *   <li>No task waits for a place while there is room enough for the line, see {@link
 *       QueueCapacity}, and no caller waits for a place to be free while one is free.
 *   <li>A drain, a wait for idleness and a resize whose condition is met are completed.
 *   <li>The pool has terminated once it is shut down and has come to rest: nothing is queued, runs
 *       or waits for a place, all tasks have left their phases, no worker is left, no caller runs
 *       its own task, and no map is open that may submit more.
 * </ol>
 */
final class PoolCore {

  /** How long a pool that is over waits for listeners that are being told of a worker's end. */
  static final long LISTENER_PATIENCE_NANOS = 5_000_000_000L;

  /** How long a draining pool with nothing else to do waits for the next element of a map. */
  static final long COMPOUND_PATIENCE_NANOS = 30_000_000_000L;

  // Fixed at construction.
  final long number = Visits.newNumber();
  final PoolOptions options;
  final Time time;
  final HelperQueue helpers;
  final TaskFactory factory;
  final boolean threadPerTask;
  final PoolFlags flags = new PoolFlags();
  final ListenerCalls untold = new ListenerCalls();

  // The parts; each says how it is guarded.
  final TaskQueue queue;
  final QueueCapacity capacity;
  final WorkerSet workers;
  final IdleWorkers idleWorkers;
  final TaskThreads threads;
  final CallerRuns callerRuns;
  final DrainTracker drains = new DrainTracker();
  final TaskCounters counters = new TaskCounters();
  final OpenCompounds compounds = new OpenCompounds();
  final QueueSize queueSize;
  final RunWatch runWatch = new RunWatch();
  final TerminationWaiters termination = new TerminationWaiters();
  private final RestDetector rest;

  // Guarded by the lock.
  final List<Promise<Void>> resizes = new ArrayList<>();
  final Set<IdleWait> idleWaits = new LinkedHashSet<>();
  final PoolTimer shrinkTimer;
  final PoolTimer watchTimer = new PoolTimer(RunWatch.LOOK_NANOS);
  final PoolTimer quietTimer = new PoolTimer(COMPOUND_PATIENCE_NANOS);
  final PoolTimer patienceTimer = new PoolTimer(LISTENER_PATIENCE_NANOS);
  private final AfterUnlock afterUnlock;
  private final VersionedLock lock = new VersionedLock();
  private final long startedNanos;
  private long endedNanos;
  private boolean patienceIsOver;

  // Set once, before the first worker starts.
  private @Nullable Consumer<Worker> threadStarter;
  private @Nullable ScalingSampler scaling;

  // Written under the lock, read by any thread.
  private volatile PoolState state = PoolState.RUNNING;

  /** Whether a shutdown interrupts what runs; set before the first interrupt is sent. */
  private volatile boolean interruptsAll;

  PoolCore(PoolOptions options) {
    this.options = options;
    this.time = options.time().forPool(options.name() + "-completions");
    this.helpers = new HelperQueue(time, "Pool '" + options.name() + "'");
    this.afterUnlock = new AfterUnlock(time);
    this.factory = new TaskFactory(options, time);
    this.threadPerTask = options.threads().isVirtual();
    this.shrinkTimer = new PoolTimer(Time.nanos(options.keepAlive()));
    this.queue =
        new TaskQueue(
            factory,
            Time.nanos(options.aging()),
            options.taskOrder(),
            threadPerTask,
            this::renewTickets);
    this.capacity = new QueueCapacity(options.queueCapacity());
    this.workers = new WorkerSet(number, options, capacity);
    this.idleWorkers = workers.idleWorkers();
    this.callerRuns =
        new CallerRuns(
            factory.takesBareCode()
                && options.listeners().isEmpty()
                && options.overflow() == OverflowPolicy.CALLER_RUNS);
    this.threads = new TaskThreads(number, options.threads(), workers, callerRuns);
    this.queueSize = new QueueSize(options, queue, workers, capacity, counters);
    this.rest = new RestDetector(queue, capacity, workers, drains, callerRuns, compounds);
    this.startedNanos = time.nanoTime();
  }

  /**
   * Connects the core with what it starts; once, before the first worker.
   *
   * @param starter starts the thread of a worker, and never throws
   * @param sampler sets how many workers there may be; null if only the options limit that
   */
  void connect(Consumer<Worker> starter, @Nullable ScalingSampler sampler) {
    threadStarter = starter;
    scaling = sampler;
    if (sampler != null) {
      workers.limit(sampler.most());
    }
  }

  String name() {
    return options.name();
  }

  // ---- In and out of the lock

  void enter() {
    lock.lock();
  }

  /**
   * Restores the rules, releases the lock, and then carries out what was decided under it; also if
   * there is no memory for all of it, and then the next thread that comes carries out the rest.
   *
   * <p>The current thread may owe something: a task that it has claimed, the completion of one that
   * it has withdrawn. Therefore all that leads to user code is left to helper threads.
   */
  void leave() {
    List<Worker> signals = List.of();
    List<Worker> starts = List.of();
    int shrink = 0;
    int watch = 0;
    int patience = 0;
    int quiet = 0;
    boolean pressed = false;
    AfterUnlock.Decision decided = null;
    try {
      shrink = shrinkTimer.take();
      watch = watchTimer.take();
      if (watch != 0) {
        runWatch.reset(time.nanoTime());
      }
      restoreInvariants();
      patience = patienceTimer.take();
      quiet = quietTimer.take();
      pressed = workers.takePressed();
      decided = afterUnlock.take();
      signals = workers.takeSignals();
      starts = workers.takeStarts();
    } finally {
      lock.unlock();
      try {
        for (Worker worker : signals) {
          signal(worker);
        }
        for (Worker worker : starts) {
          startThread(worker);
        }
      } finally {
        afterUnlock.carryOut(decided);
      }
      set(shrinkTimer, shrink);
      set(watchTimer, watch);
      set(patienceTimer, patience);
      set(quietTimer, quiet);
      if (pressed && scaling != null) {
        scaling.pressed();
      }
    }
  }

  /** Reads without the lock, as often as it takes to get readings that belong together. */
  <R> R read(Supplier<R> reading) {
    return lock.read(reading);
  }

  /** Completes a promise when the lock is released. */
  <T> void complete(Promise<T> promise, @Nullable T value) {
    afterUnlock.serve(new Completion<>(promise, value, null, helpers));
  }

  /** Fails a promise when the lock is released. */
  void fail(Promise<?> promise, Throwable failure) {
    afterUnlock.serve(new Completion<>(promise, null, failure, helpers));
  }

  /** Runs an action that owns something when the lock is released. */
  void afterLeaving(Runnable action) {
    afterUnlock.serve(action);
  }

  private void set(PoolTimer timer, int number) {
    if (number != 0) {
      set(timer, number, timer.delayNanos());
    }
  }

  /** Sets a timer that was decided on under the lock; it may fire before this returns. */
  void set(PoolTimer timer, int number, long delayNanos) {
    Time.Timer handle = time.schedule(delayNanos, timer.action());
    boolean late;
    enter();
    try {
      timer.latest.keep(number, handle);
      late = state == PoolState.TERMINATED;
    } finally {
      leave();
    }
    if (late) {
      handle.cancel();
    }
  }

  /** Sets the flags by what the lock guards; a step that then looks for workers calls it first. */
  void setFlags() {
    flags.set(
        (workers.mayShrink() && !shrinkTimer.isSet() ? PoolFlags.TIMER : 0)
            | (workers.size() < workers.most() ? PoolFlags.GROW : 0)
            | (scaling != null && !scaling.isSampling() ? PoolFlags.PRESS : 0)
            | (workers.hasSurplus() ? PoolFlags.SURPLUS : 0)
            | (drains.pending() || !idleWaits.isEmpty() ? PoolFlags.DRAINS : 0)
            | (capacity.hasUrgentWaiting() ? PoolFlags.LINE : 0)
            | (watchTimer.isSet() ? 0 : PoolFlags.WATCH)
            | (state == PoolState.RUNNING ? 0 : PoolFlags.CLOSED));
  }

  // ---- The rules

  /**
   * The rules; each costs a comparison or two if it has nothing to do. The flags come first: a
   * caller that starts after a rule has looked for callers sees what the rule waits for.
   */
  private void restoreInvariants() {
    setFlags();
    boolean changed = admit(0);
    changed |= completeResizes();
    changed |= completeDrains();
    changed |= completeIdleWaits();
    changed |= terminateAtRest();
    if (changed) {
      setFlags();
    }
  }

  /**
   * Gives places to those that wait for one.
   *
   * @param present how many workers are here to take a task, besides those that are free
   * @return whether any waited that waits no longer
   */
  boolean admit(int present) {
    boolean admits = capacity.hasRoomForLine(present);
    if (admits) {
      for (PoolTask<?> next = capacity.next(present); next != null; next = capacity.next(present)) {
        enqueue(next);
      }
      capacity.hasLetIn();
    }
    if (capacity.hasSlotWaiters() && !isFull()) {
      for (QueueCapacity.SlotWaiter waiter : capacity.takeSlotWaiters()) {
        afterUnlock.tell(waiter::cancelTimer);
        complete(waiter.slot, Duration.ofNanos(time.nanoTime() - waiter.sinceNanos));
      }
    }
    return admits;
  }

  private boolean completeResizes() {
    if (resizes.isEmpty() || (!workers.fits() && state != PoolState.TERMINATED)) {
      return false;
    }
    for (Promise<Void> resize : resizes) {
      complete(resize, null);
    }
    resizes.clear();
    return true;
  }

  private boolean completeDrains() {
    if (!drains.pending()) {
      return false;
    }
    for (Promise<Void> drained : rest.finishedDrains()) {
      complete(drained, null);
    }
    return true;
  }

  private boolean completeIdleWaits() {
    if (idleWaits.isEmpty()) {
      return false;
    }
    for (IdleWait wait : List.copyOf(idleWaits)) {
      if (state == PoolState.TERMINATED || rest.isIdleFor(wait)) {
        idleWaits.remove(wait);
        afterUnlock.tell(wait::cancelTimer);
        complete(wait.done, null);
      }
    }
    return true;
  }

  private boolean terminateAtRest() {
    if (state == PoolState.RUNNING || state == PoolState.TERMINATED) {
      return false;
    }
    if (isOver()) {
      // Those that have rested because a task seemed to come, or to wait.
      workers.callAll();
    }
    if (!rest.isEmpty()) {
      return true;
    }
    if (state == PoolState.DRAINING && !compounds.isEmpty()) {
      if (!quietTimer.isSet()) {
        compounds.markSubmitted();
      }
      quietTimer.want();
    } else if (untold.areUnderway() && !patienceIsOver) {
      patienceTimer.want();
    } else {
      terminate();
    }
    return true;
  }

  private void terminate() {
    endedNanos = time.nanoTime();
    state = PoolState.TERMINATED;
    completeResizes();
    // No user code, and before those that wait for the end can see it.
    shrinkTimer.latest.cancel();
    watchTimer.latest.cancel();
    quietTimer.latest.cancel();
    patienceTimer.latest.cancel();
    if (scaling != null) {
      afterUnlock.tell(scaling::stop);
    }
    termination.terminated.countDown();
    List<WorkerReport> reports = termination.joins.isEmpty() ? List.of() : reports();
    termination.joins.forEach(joined -> complete(joined, reports));
    termination.joins.clear();
    Duration uptime = uptime();
    for (PendingShutdown shutdown : termination.shutdowns) {
      afterUnlock.tell(shutdown::cancelTimers);
      complete(shutdown.done, uptime);
    }
    termination.shutdowns.clear();
    completeIdleWaits();
  }

  /** The time is over for listeners that are being told of a worker's end. */
  void endPatience() {
    patienceIsOver = true;
  }

  // ---- The pool's state

  PoolState state() {
    return state;
  }

  void become(PoolState next) {
    state = next;
  }

  boolean interruptsAll() {
    return interruptsAll;
  }

  /** From here on all runs are interrupted. */
  void interruptAll() {
    interruptsAll = true;
    for (Worker worker : workers.present()) {
      worker.interrupt();
    }
  }

  /** Whether nothing is left to be taken and nothing will come. */
  boolean isOver() {
    return state != PoolState.RUNNING && !queue.hasWork() && !capacity.hasWaiting();
  }

  boolean isFull() {
    return !capacity.hasPlace() && (capacity.hasWaiting() || !workers.canGrow(time.nanoTime()));
  }

  Duration uptime() {
    long until = state == PoolState.TERMINATED ? endedNanos : time.nanoTime();
    return Duration.ofNanos(until - startedNanos);
  }

  List<WorkerReport> reports() {
    return List.copyOf(workers.reports());
  }

  // ---- Workers, not under the lock

  /** Wakes a worker that has been claimed. */
  void signal(Worker claimed) {
    if (threadPerTask) {
      startThread(claimed);
    } else {
      claimed.signal();
    }
  }

  /** Starts the thread of a worker. */
  void startThread(Worker worker) {
    requireNonNull(threadStarter).accept(worker);
  }

  // ---- Tasks into the queue and out of it

  /** A task with a place goes into the queue. */
  void enqueue(PoolTask<?> task) {
    for (Promise<Void> acceptance : task.enqueue()) {
      complete(acceptance, null);
    }
    queue.addAdmitted(task);
    workers.callOne();
  }

  /** The task was queued and will not run; its completion must follow. */
  void withdrawnFromQueue(PoolTask<?> task, Outcome outcome) {
    counters.ended(outcome);
    counters.withdrawn++;
    capacity.givePlace();
    if (task.phase() == null) {
      enterPhase(task);
    }
    queue.withdrawn(task);
  }

  /** A task with a ticket is counted by its phase, until its future is complete. */
  void enterPhase(PoolTask<?> task) {
    drains.enter(task, TaskQueue.widened(task.ticket, queue.nextTicket()));
  }

  /** A task that no worker ends has ended, and its future is complete; not under the lock. */
  void settle(PoolTask<?> task) {
    enter();
    try {
      drains.leave(task);
    } finally {
      leave();
    }
  }

  /** Lets the rules look: a change without the lock may have met the condition of one. */
  void look() {
    enter();
    leave();
  }

  private void renewTickets() {
    enter();
    try {
      queue.renewTickets();
    } finally {
      leave();
    }
  }
}

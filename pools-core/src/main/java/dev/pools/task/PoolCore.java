package dev.pools.task;

import static java.util.Objects.requireNonNull;

import dev.pools.internal.AfterUnlock;
import dev.pools.internal.FaultSeries;
import dev.pools.internal.HelperQueue;
import dev.pools.internal.Promise;
import dev.pools.internal.Time;
import dev.pools.internal.VersionedLock;
import dev.pools.scaling.ScalingSampler;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
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

  // Fixed at construction.
  final long number = EnteredPools.newNumber();
  final Time time;
  final FaultSeries faults;
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
  final OpenMaps openMaps = new OpenMaps();
  final QueueSize queueSize;
  final RunWatch runWatch = new RunWatch();
  final TerminationWaiters termination = new TerminationWaiters();
  final RestDetector rest;

  // Guarded by the lock.
  final Set<Promise<Void>> resizes = new LinkedHashSet<>();
  final Set<IdleWait> idleWaits = new LinkedHashSet<>();
  final PoolTimers timers;
  final Completions completions;
  private final AfterUnlock afterUnlock;
  private final VersionedLock lock = new VersionedLock();
  private final long startedNanos;
  private long endedNanos;
  private boolean patienceIsOver;

  /** How many threads are about to interrupt a run; see {@link RunInterrupter}. */
  int interrupters;

  // Set once, before the first worker starts.
  private Worker.@Nullable Body workerBody;
  private @Nullable ScalingSampler scaling;

  // Written under the lock, read by any thread.
  volatile PoolOptions options;
  private volatile PoolState state = PoolState.RUNNING;

  /** Whether a shutdown interrupts what runs; set before the first interrupt is sent. */
  private volatile boolean interruptsAll;

  PoolCore(PoolOptions options) {
    this.options = options;
    this.time = options.time().forPool(options.name().concat("-completions"));
    this.faults = new FaultSeries(options.name(), time);
    this.helpers = new HelperQueue(time, HelperQueue.ownerName(options.name()));
    this.afterUnlock = new AfterUnlock(options.name(), time);
    this.completions = new Completions(afterUnlock, helpers);
    this.factory = new TaskFactory(options, time, faults);
    this.threadPerTask = options.threads().arePerTask();
    this.timers = new PoolTimers(options);
    this.queue =
        new TaskQueue(
            factory,
            Time.nanos(options.aging()),
            options.taskOrder(),
            threadPerTask,
            /* firstTicket= */ 0);
    this.capacity = new QueueCapacity(options.queueCapacity());
    this.workers = new WorkerSet(number, options, capacity);
    this.idleWorkers = workers.idleWorkers();
    this.callerRuns =
        new CallerRuns(
            factory.callersTakeBareCode() && options.overflow() == OverflowPolicy.CALLER_RUNS);
    this.threads = new TaskThreads(number, options.threads(), workers, callerRuns);
    this.queueSize = new QueueSize(options, queue, workers, capacity, counters);
    this.rest = new RestDetector(queue, capacity, workers, drains, idleWaits, callerRuns, openMaps);
    this.startedNanos = time.nanoTime();
  }

  /**
   * Connects the core with what it starts; once, before the first worker.
   *
   * @param body starts the thread of a worker, and is what it runs
   * @param sampler sets how many workers there may be; null if only the options limit that
   */
  void connect(Worker.Body body, @Nullable ScalingSampler sampler) {
    workerBody = body;
    scaling = sampler;
    if (sampler != null) {
      workers.limit(sampler.most());
    }
    factory.noteLimit(workers.most());
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
    // Read under the lock: a change of the options may replace them.
    PoolTimer shrinking = timers.shrink;
    PoolTimer watching = timers.watch;
    boolean pressed = false;
    AfterUnlock.Decision decided = null;
    try {
      shrink = shrinking.take();
      watch = watching.take();
      if (watch != 0) {
        runWatch.reset(time.nanoTime());
      }
      try {
        restoreInvariants();
      } finally {
        // Even if a rule fails, because there is no memory, what was decided is not lost.
        patience = timers.patience.take();
        quiet = timers.quiet.take();
        pressed = workers.takePressed();
        decided = afterUnlock.take();
        signals = workers.takeSignals();
        starts = workers.takeStarts();
      }
    } finally {
      lock.unlock();
      try {
        for (Worker worker : signals) {
          signal(worker);
        }
        for (Worker worker : starts) {
          startThread(worker);
        }
        // Before what was decided: that may lead to user code, which may not return.
        set(shrinking, shrink, shrinking.delayNanos());
        set(watching, watch, watching.delayNanos());
        set(timers.patience, patience, timers.patience.delayNanos());
        set(timers.quiet, quiet, timers.quiet.delayNanos());
        if (pressed && scaling != null) {
          scaling.pressed();
        }
      } finally {
        afterUnlock.carryOut(decided);
      }
    }
  }

  /** Reads without the lock, as often as it takes to get readings that belong together. */
  <R> R read(Supplier<R> reading) {
    return lock.read(reading);
  }

  /**
   * Sets a timer that was decided on under the lock; it may fire before this returns. If there is
   * no thread or no memory for it, it is set later: the current thread may owe a task that it has
   * claimed, and must not fail here.
   *
   * @param number its number; 0 if it is not to be set
   */
  void set(PoolTimer timer, int number, long delayNanos) {
    if (number == 0) {
      return;
    }
    Time.Timer handle;
    try {
      handle = time.schedule(delayNanos, timer);
    } catch (Throwable noThread) {
      afterUnlock.carryOutLater(() -> set(timer, number, delayNanos));
      return;
    }
    boolean late;
    enter();
    try {
      timer.latest.keep(number, handle);
      late = state == PoolState.TERMINATED || timer.isReplaced();
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
        (workers.mayShrink() && !timers.shrink.isSet() ? PoolFlags.TIMER : 0)
            | (workers.size() < workers.most() ? PoolFlags.GROW : 0)
            | (scaling != null && !scaling.isSampling() ? PoolFlags.PRESS : 0)
            | (workers.hasSurplus() ? PoolFlags.SURPLUS : 0)
            | (drains.pending() || !idleWaits.isEmpty() ? PoolFlags.DRAINS : 0)
            | (capacity.hasUrgentWaiting() ? PoolFlags.LINE : 0)
            | (timers.watch.isSet() ? 0 : PoolFlags.WATCH)
            | (interrupters > 0 ? PoolFlags.INTERRUPTS : 0)
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
    changed |= rest.completeDrains(completions);
    changed |= rest.completeIdleWaits(completions, /* terminated= */ false);
    changed |= terminateAtRest();
    if (changed) {
      setFlags();
    }
  }

  /**
   * Gives places to tasks that wait for one, and tells callers that wait for a place to be free.
   *
   * @param present how many workers are here to take a task, besides those that are free
   * @return whether tasks have been let in
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
      capacity.tellSlotWaiters(completions, time.nanoTime());
    }
    return admits;
  }

  private boolean completeResizes() {
    if (resizes.isEmpty() || (!workers.fits() && state != PoolState.TERMINATED)) {
      return false;
    }
    for (Promise<Void> resize : resizes) {
      completions.complete(resize, null);
    }
    resizes.clear();
    return true;
  }

  private boolean terminateAtRest() {
    if (state == PoolState.RUNNING || state == PoolState.TERMINATED) {
      return false;
    }
    if (isOver()) {
      // Some workers rest, although the pool is over, because a task seemed to come or to wait.
      workers.callAll();
    }
    boolean lacksThreads =
        threads.noneHasCome() && rest.isEmptyButForWorkers() && openMaps.isEmpty();
    if (lacksThreads && patienceIsOver) {
      threads.giveUpMissing();
    }
    if (!rest.isEmpty()) {
      timers.patience.want(lacksThreads);
      return true;
    }
    if (state == PoolState.DRAINING && !openMaps.isEmpty()) {
      if (!timers.quiet.isSet()) {
        openMaps.markSubmitted();
      }
      timers.quiet.want();
    } else if (untold.areUnderway() && !patienceIsOver) {
      timers.patience.want();
    } else {
      terminate();
    }
    return true;
  }

  void terminate() {
    endedNanos = time.nanoTime();
    state = PoolState.TERMINATED;
    completeResizes();
    // Before callers that wait for the end can see it. Runs no user code.
    timers.cancelAll();
    if (scaling != null) {
      completions.tell(scaling::stop);
    }
    termination.completeAll(completions, workers, uptime());
    rest.completeIdleWaits(completions, /* terminated= */ true);
  }

  /**
   * Terminates the pool if it waits only for listeners and thread factories: their time is over.
   */
  void endPatience() {
    patienceIsOver = true;
    terminateAtRest();
    patienceIsOver = false;
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

  /** All runs are interrupted from now on. The caller interrupts those underway, after the lock. */
  void interruptAll() {
    interruptsAll = true;
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
    requireNonNull(workerBody).startThread(worker);
  }

  // ---- Tasks into the queue and out of it

  /** A task with a place goes into the queue. */
  void enqueue(PoolTask<?> task) {
    for (Promise<Void> acceptance : task.enqueue()) {
      completions.complete(acceptance, null);
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
      drains.enter(task, task.ticket());
    }
    queue.withdrawn(task);
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

  /** Restores the rules, after a change without the lock. */
  void look() {
    enter();
    leave();
  }
}

package dev.pools.task;

import dev.pools.internal.AfterUnlock;
import dev.pools.internal.Faults;
import dev.pools.internal.HelperQueue;
import dev.pools.internal.PaddedLong;
import dev.pools.internal.Promise;
import dev.pools.internal.StackRoom;
import dev.pools.internal.Time;
import dev.pools.internal.VersionedLock;
import dev.pools.scaling.ScalingSampler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The floor on which a task goes from hand to hand: from its submitter into the queue, from there
 * to a worker, and to its end.
 *
 * <p>A task needs no lock: its submitter takes a place and puts it into the queue, calls an idle
 * worker if there is one, and a worker takes it out and counts for itself. What is rarer is decided
 * under the pool's one lock: to start and dismiss workers, to wait for a place, to cancel, to drain
 * and to shut down. The {@code gate} says who has to come to the lock.
 *
 * <p>It does not know the {@link AdvancedPool}, which is only a door to it: a pool that its users
 * have forgotten can so be noticed, although its workers are alive.
 *
 * <p>Invariants, each kept by every hold of the lock:
 *
 * <ol>
 *   <li>A task that is queued is met. Its submitter puts it in and then looks for idle workers and
 *       reads the gate; a worker that finds nothing becomes idle and then looks at the gate and
 *       into the queue again. So one of them sees the other; and so does who changes what the gate
 *       says, and then looks for idle workers.
 *   <li>No user code runs under the lock. What has to be done about it (threads, wake-ups,
 *       completions) is decided under the lock and carried out by {@link #leave}.
 *   <li>No task waits for a place while there is room enough for the line, see {@link
 *       QueueCapacity}, and nobody waits for a place to be free while one is free.
 *   <li>The pool has terminated once it is shut down and has come to rest: nothing is queued, runs
 *       or waits for a place, all tasks have left their phases, no worker is left, no caller runs
 *       its own task, and no map is open that may submit more.
 * </ol>
 */
final class Dispatch implements TaskOwner<PoolTask<?>> {

  private static final Logger LOG = LoggerFactory.getLogger(Dispatch.class);

  // The bits of the gate.
  /** Who becomes idle has to set the timer by which idle workers leave. */
  private static final int TIMER = 1;

  /** A task that comes may need another worker. */
  private static final int GROW = 1 << 1;

  /** There are more workers than there may be. */
  private static final int SURPLUS = 1 << 2;

  /** Someone waits for tasks to end. */
  private static final int DRAINS = 1 << 3;

  /** An urgent task waits for a place. */
  private static final int LINE = 1 << 4;

  /** The pool takes no more tasks. */
  private static final int CLOSED = 1 << 5;

  /** A task that comes may find as many workers as there may be for now, which nobody watches. */
  private static final int PRESS = 1 << 6;

  /** A worker that takes a task has to see to it that runs are watched. */
  private static final int WATCH = 1 << 7;

  /** How often a worker looks for the next task before it takes the trouble to come to the lock. */
  private static final int SHORT_LOOKS = Runtime.getRuntime().availableProcessors() > 1 ? 2 : 0;

  /** How often it then lets other threads go first, and looks again, before it rests. */
  private static final int YIELDS = 32;

  /** Over how many counters virtual workers are spread. */
  private static final int TAKEN_STRIPES = 8;

  /** So many tasks may come while a snapshot is read; if more do, it is read again. */
  private static final int MOST_TICKETS_BETWEEN = 16;

  private static final int MOST_READINGS = 4;

  /** How long a draining pool with nothing else to do waits for the next element of a map. */
  static final long COMPOUND_PATIENCE_NANOS = 30_000_000_000L;

  /** How long a pool that is over waits for listeners that are being told of a worker's end. */
  static final long LISTENER_PATIENCE_NANOS = 5_000_000_000L;

  /** How long a shutdown waits at most for helper threads that cancel tasks and do not get on. */
  private static final long CANCEL_PATIENCE_NANOS = 100_000_000L;

  /** How long it sleeps between two looks. */
  private static final long CANCEL_LOOK_NANOS = 50_000L;

  /** How many tasks a log line names. */
  private static final int NAMED_WHEN_DROPPED = 10;

  // Fixed at construction.
  private final long number = Visits.newNumber();
  private final PoolOptions options;
  private final Time time;
  private final Listeners listeners;
  private final WorkerThreads.Starter threads;
  private final long keepAliveNanos;
  private final long agingNanos;
  private final long startedNanos;
  private final CountDownLatch terminated = new CountDownLatch(1);
  private final HelperQueue helpers;

  /** The failure of a task for which the right exception cannot be made. */
  private final RejectedExecutionException plainFailure =
      new RejectedExecutionException("The task did not run. There was no memory to say why.");

  private final IllegalStateException plainLoss =
      new IllegalStateException("The worker of the task was lost.");

  private final TaskFactory factory;
  private final TaskQueue queue;
  private final boolean hasListeners;
  private final boolean threadPerTask;
  private final boolean foreignThreads;
  private final boolean callersRunBareCode;
  private final CallerRuns callers;
  private final @Nullable ScalingSampler scalingSampler;
  private final IdleWorkers roster;
  private final VersionedLock lock = new VersionedLock();

  /** How many tasks threads have taken that take one each; some places share one of these. */
  private final PaddedLong[] takenByThreadPerTask = new PaddedLong[TAKEN_STRIPES];

  /** Threads of workers whose end has not been told to the listeners; counted if there are any. */
  private final PaddedLong untold = new PaddedLong(0);

  // Guarded by lock.
  private final QueueCapacity admission;
  private final WorkerSet crew;
  private final DrainTracker phases = new DrainTracker();
  private final TaskCounters tally = new TaskCounters();
  private final OpenCompounds compounds = new OpenCompounds();
  private final List<Promise<Void>> resizes = new ArrayList<>();
  private final Set<Promise<List<WorkerReport>>> joins = new LinkedHashSet<>();
  private final Set<PendingShutdown> shutdowns = new LinkedHashSet<>();
  private final Set<IdleWait> idleWaits = new LinkedHashSet<>();
  private final AfterUnlock decided;
  private final IdentityHashMap<PoolTask<?>, Thread> ranByCallers = new IdentityHashMap<>();
  private long endedNanos;
  private boolean shrinkTimerWanted;
  private final LatestTimer shrinkTimer = new LatestTimer();
  private boolean patienceTimerWanted;
  private final LatestTimer patienceTimer = new LatestTimer();
  private boolean patienceIsOver;
  private final RunWatch runWatch = new RunWatch();
  private boolean watchTimerWanted;
  private final LatestTimer watchTimer = new LatestTimer();
  private boolean quietTimerWanted;
  private final LatestTimer quietTimer = new LatestTimer();

  // Written under lock, read by anyone.
  private volatile int gate;
  private volatile PoolState state = PoolState.RUNNING;

  /** Whether a shutdown interrupts what runs; set before the first interrupt is sent. */
  private volatile boolean interruptsAll;

  Dispatch(PoolOptions options) {
    Arrays.setAll(takenByThreadPerTask, stripe -> new PaddedLong(0));
    this.options = options;
    this.time = options.time().forPool(options.name() + "-completions");
    this.decided = new AfterUnlock(time);
    this.helpers = new HelperQueue(time, "Pool '" + options.name() + "'");
    this.listeners = new Listeners(options.name(), options.listeners());
    this.threads = options.threads().starterFor(options.name(), options.uncaughtExceptionHandler());
    this.keepAliveNanos = Time.nanos(options.keepAlive());
    this.agingNanos = Time.nanos(options.aging());
    this.startedNanos = time.nanoTime();
    this.hasListeners = !listeners.none();
    this.factory = new TaskFactory(options, time);
    factory.ownedBy(this);
    this.callersRunBareCode =
        factory.takesBareCode()
            && !hasListeners
            && options.overflow() == OverflowPolicy.CALLER_RUNS;
    this.callers = new CallerRuns(callersRunBareCode);
    this.threadPerTask = options.threads().isVirtual();
    this.foreignThreads = options.threads().areForeign();
    this.queue =
        new TaskQueue(factory, agingNanos, options.taskOrder(), threadPerTask, this::renewTickets);
    this.admission = new QueueCapacity(options.queueCapacity());
    this.crew = new WorkerSet(this, options, admission);
    this.roster = crew.roster();
    this.scalingSampler =
        options
            .scaling()
            .sampler(
                new ScaledTaskPool(time, this::stats, this::limitWorkers),
                options.minWorkers(),
                options.maxWorkers());
    if (scalingSampler != null) {
      crew.limit(scalingSampler.most());
    }
  }

  // ---- Small things that the parts ask for

  String name() {
    return options.name();
  }

  PoolOptions options() {
    return options;
  }

  Listeners listeners() {
    return listeners;
  }

  IdleWorkers roster() {
    return roster;
  }

  /** Whether the user makes the threads, and may do with them what he likes. */
  boolean hasForeignThreads() {
    return foreignThreads;
  }

  /** Whether each task gets a thread of its own. */
  boolean isThreadPerTask() {
    return threadPerTask;
  }

  @Override
  public long nanoTime() {
    return time.nanoTime();
  }

  /** Runs an action soon, on a thread that is neither the caller's nor a worker's. */
  void handOff(Runnable action) {
    time.handOff(action);
  }

  TaskFactory factory() {
    return factory;
  }

  @Override
  public String poolName() {
    return name();
  }

  @Override
  public long poolNumber() {
    return number;
  }

  @Override
  public boolean decorates() {
    return factory.decorates();
  }

  // ---- In and out of the lock

  private void enter() {
    lock.lock();
  }

  /**
   * Lets go of the lock, and then carries out what was decided under it; also if there is no memory
   * for all of it, and then the rest by whoever comes next.
   *
   * <p>The current thread may owe something: a task that it has claimed, the completion of one that
   * it has withdrawn. So what leads to user code is left to helper threads.
   */
  private void leave() {
    List<Worker> signals = List.of();
    List<Worker> starts = List.of();
    int shrinkTimerToSet = 0;
    int watchTimerToSet = 0;
    int patienceTimerToSet = 0;
    int quietTimerToSet = 0;
    boolean pressed = false;
    AfterUnlock.Decision taken = null;
    try {
      shrinkTimerToSet = shrinkTimerWanted ? shrinkTimer.setUnlessSet() : 0;
      shrinkTimerWanted = false;
      watchTimerToSet =
          watchTimerWanted && state != PoolState.TERMINATED ? watchTimer.setUnlessSet() : 0;
      watchTimerWanted = false;
      if (watchTimerToSet != 0) {
        runWatch.reset(time.nanoTime());
      }
      setGate();
      patienceTimerToSet = patienceTimerWanted ? patienceTimer.setUnlessSet() : 0;
      quietTimerToSet = quietTimerWanted ? quietTimer.setUnlessSet() : 0;
      quietTimerWanted = false;
      pressed = crew.takePressed();
      taken = decided.take();
      signals = crew.takeSignals();
      starts = crew.takeStarts();
    } finally {
      lock.unlock();
      try {
        for (Worker worker : signals) {
          signal(worker);
        }
        for (Worker worker : starts) {
          start(worker);
        }
      } finally {
        decided.carryOut(taken);
      }
      if (shrinkTimerToSet != 0) {
        setTimer(shrinkTimer, shrinkTimerToSet, keepAliveNanos, this::shrink);
      }
      if (watchTimerToSet != 0) {
        setTimer(watchTimer, watchTimerToSet, RunWatch.LOOK_NANOS, this::watchRuns);
      }
      if (patienceTimerToSet != 0) {
        setTimer(patienceTimer, patienceTimerToSet, LISTENER_PATIENCE_NANOS, this::patienceEnds);
      }
      if (quietTimerToSet != 0) {
        setQuietTimer(quietTimerToSet);
      }
      if (pressed && scalingSampler != null) {
        scalingSampler.pressed();
      }
    }
  }

  private <T> void decide(Promise<T> promise, @Nullable T value) {
    decided.serve(new Completion<>(promise, value, null, helpers));
  }

  private void decideFailure(Promise<?> promise, Throwable failure) {
    decided.serve(new Completion<>(promise, null, failure, helpers));
  }

  /** The end of a task that did not run, which is told to its listeners and to its future. */
  private final class Drop implements Runnable {
    private final PoolTask<?> task;
    private final Outcome outcome;

    private Drop(PoolTask<?> task, Outcome outcome) {
      this.task = task;
      this.outcome = outcome;
    }

    /** On this thread, unless that leads to user code. */
    private void runWhereItMay() {
      if (hasListeners || decorates() || task.getNumberOfDependents() > 0) {
        helpers.run(this);
      } else {
        run();
      }
    }

    @Override
    public void run() {
      finish(task, outcome, task::completeAsDecided);
    }
  }

  /** Sets a timer that was decided on under the lock; it may fire before this returns. */
  private void setTimer(LatestTimer which, int number, long delayNanos, Runnable action) {
    Time.Timer timer = time.schedule(delayNanos, action);
    boolean late;
    enter();
    try {
      which.keep(number, timer);
      late = state == PoolState.TERMINATED;
    } finally {
      leave();
    }
    if (late) {
      timer.cancel();
    }
  }

  private void setGate() {
    int now =
        (crew.mayShrink() && !shrinkTimer.isSet() ? TIMER : 0)
            | (crew.size() < crew.most() ? GROW : 0)
            | (scalingSampler != null && !scalingSampler.isSampling() ? PRESS : 0)
            | (crew.hasSurplus() ? SURPLUS : 0)
            | (phases.pending() || !idleWaits.isEmpty() ? DRAINS : 0)
            | (admission.hasUrgentWaiting() ? LINE : 0)
            | (watchTimer.isSet() ? 0 : WATCH)
            | (state == PoolState.RUNNING ? 0 : CLOSED);
    if (now != gate) {
      gate = now;
    }
  }

  // ---- In: from the submitter to the queue

  /** Starts the workers that there are from the beginning. */
  void open() {
    enter();
    try {
      crew.fill(time.nanoTime());
    } finally {
      leave();
    }
  }

  <T> PoolFuture<T> submit(Callable<T> work) {
    return accept(factory.task(work, TaskOptions.DEFAULT));
  }

  /** Takes a task as the pool's overflow policy says. */
  <T> PoolFuture<T> accept(PoolTask<T> task) {
    if (!acceptQuickly(task) && submit(task, options.overflow())) {
      runByCaller(task);
    }
    return task;
  }

  private void runByCaller(PoolTask<?> task) {
    long[] place = Visits.place();
    Visits.Change visit = Visits.begin(place, number);
    try {
      run(task, null);
    } catch (Throwable fault) {
      if (!task.is(TaskState.ENDED) && end(task, false, null) != Outcome.CANCELLED) {
        task.fail(fault);
      }
      throw fault;
    } finally {
      ranByCaller(task);
      Visits.end(place, visit);
    }
  }

  /** Takes a task of the default priority whose future nobody sees. */
  void execute(Runnable code) {
    boolean bare = factory.takesBareCode() && !(code instanceof PoolTask) && (gate & CLOSED) == 0;
    if (bare && admission.tryTakePlace()) {
      if (queue.add(code)) {
        noteSubmission();
        comeToTheGate();
      } else {
        takeBackTicket();
        accept(factory.executed(code, TaskOptions.DEFAULT));
      }
    } else if (!bare || !callersRunBareCode || !runByCaller(code)) {
      accept(factory.executed(code, TaskOptions.DEFAULT));
    }
  }

  /**
   * Runs a task on the thread of its submitter, where nothing has to be decided about it.
   *
   * @return whether it has; if not, it is to be taken as any other
   */
  private boolean runByCaller(Runnable code) {
    if ((gate & (CLOSED | DRAINS | GROW | PRESS)) != 0) {
      return false;
    }
    CallerRuns.Stripe own = callers.own();
    // The stack may be full soon: from here to the end of this run nothing is called that is large.
    long[] place = Visits.place();
    own.begin();
    if ((gate & (CLOSED | DRAINS)) != 0) {
      own.takeBack();
      callerIsGone();
      return false;
    }
    Throwable thrown = null;
    Visits.Change visit = Visits.begin(place, number);
    try {
      code.run();
    } catch (Throwable failure) {
      thrown = failure;
    }
    Visits.end(place, visit);
    own.end(thrown == null);
    if ((gate & (CLOSED | DRAINS)) != 0) {
      callerIsGone();
    }
    if (thrown != null) {
      reportFailure(thrown);
    }
    return true;
  }

  private void callerIsGone() {
    enter();
    try {
      checkTerminated();
    } finally {
      leave();
    }
  }

  /** Takes a task if that needs no decision. */
  private boolean acceptQuickly(PoolTask<?> task) {
    if ((gate & CLOSED) != 0 || !admission.tryTakePlace()) {
      return false;
    }
    task.enqueue();
    if (queue.add(task)) {
      noteSubmission();
      comeToTheGate();
      return true;
    }
    task.becomeNewAgain();
    takeBackTicket();
    return false;
  }

  /** So that a worker that waits for its own pool can be told from others that wait. */
  private void noteSubmission() {
    Worker worker = Worker.current(this);
    if (worker != null) {
      worker.service.noteSubmission();
    }
  }

  /** After a task is in the queue; see invariant 1. */
  private void comeToTheGate() {
    if (!callWorker() && (gate & (GROW | PRESS)) != 0) {
      callWorkers();
    }
  }

  /** Calls an idle worker for a task that is queued, unless one is underway. */
  private boolean callWorker() {
    Worker claimed = crew.claimForTask();
    if (claimed == null) {
      return false;
    }
    signal(claimed);
    return true;
  }

  private void signal(Worker claimed) {
    if (threadPerTask) {
      start(claimed);
    } else {
      claimed.signal();
    }
  }

  /**
   * The pool was shut down between a look at the gate and the queue, which refused the task.
   * Whether the pool does is decided under the lock.
   */
  private void takeBackTicket() {
    enter();
    try {
      tally.refusedTickets++;
      admission.givePlace();
      admit(0);
      checkTerminated();
    } finally {
      leave();
    }
  }

  /** A task is queued: there shall be workers for it. */
  private void callWorkers() {
    enter();
    try {
      meetDemand();
    } finally {
      leave();
    }
  }

  /** Plans what the tasks need that are queued or wait for a place. */
  private void meetDemand() {
    // Whoever comes after this look sees the gate as it is now; see invariant 1.
    setGate();
    if (admission.hasWaiting() || queue.hasWork()) {
      crew.meet(demand(), time.nanoTime());
      crew.callOne();
    }
  }

  /** Takes a task if there is a place for it at once. */
  <T> PoolFuture<T> acceptNow(PoolTask<T> task) {
    if (!acceptQuickly(task)) {
      submit(task, OverflowPolicy.REJECT);
    }
    return task;
  }

  /**
   * Takes a task in, or refuses it.
   *
   * @return whether the caller must run the task itself
   */
  private boolean submit(PoolTask<?> task, OverflowPolicy overflow) {
    RejectedExecutionException refusal;
    PoolTask<?> displaced = null;
    boolean callerRuns = false;
    queue.noteSubmitter(task);
    noteSubmission();
    // User code may answer what thread this is, so it is asked before the lock.
    boolean closed = (gate & CLOSED) != 0;
    boolean inside = closed && isInsideAccepted();
    boolean again;
    enter();
    try {
      again = !closed && state != PoolState.RUNNING;
      refusal = again ? null : refusalOf(task, inside);
      if (!again && refusal == null) {
        if (admission.tryTakePlaceInTurn() || takePlaceOfNewWorker()) {
          enqueue(task);
        } else if (overflow == OverflowPolicy.REJECT) {
          refusal = refusalForWantOfPlace(task);
        } else if (overflow == OverflowPolicy.WAIT) {
          phases.enter(task);
          admission.await(task);
          admit(0);
        } else if (overflow == OverflowPolicy.CALLER_RUNS) {
          phases.enter(task);
          task.start();
          ranByCallers.put(task, Thread.currentThread());
          callerRuns = true;
        } else {
          displaced = displacedBy(task, overflow);
        }
      }
    } finally {
      leave();
    }
    if (again) {
      return submit(task, overflow);
    }
    if (refusal != null) {
      listeners.taskRejected(task);
      throw refusal;
    }
    if (displaced == task) {
      task.completeAsDecided();
      listeners.taskRejected(task);
      task.forget();
    } else if (displaced != null) {
      finishAll(List.of(displaced), Outcome.CANCELLED);
    }
    return callerRuns;
  }

  /**
   * Takes the place that one more worker is. There is none only if a free worker has taken a task
   * and not yet said so, or the other way round, so that it was counted upon for this one, too.
   */
  private boolean takePlaceOfNewWorker() {
    return !admission.hasWaiting()
        && crew.growByOne(time.nanoTime())
        && admission.tryTakePlaceInTurn();
  }

  /** Why the task is refused, if it is. Plans the workers that it needs, if it is not. */
  private @Nullable RejectedExecutionException refusalOf(PoolTask<?> task, boolean inside) {
    if (state != PoolState.RUNNING) {
      if (!belongsToAccepted(task, inside)) {
        refuse(task);
        return new PoolShutDownException(name(), state);
      }
      compounds.countSubmitted();
    }
    crew.meet(demand() + 1, time.nanoTime());
    return null;
  }

  /**
   * Whether a task belongs to work that was accepted before the pool was shut down: it is an
   * element of a map, or was submitted by a task of this pool, or by a completion of one. Such
   * tasks are accepted as long as the pool drains.
   *
   * <p>This and the acceptance are one hold of the lock, and so are the two looks of {@link
   * #checkTerminated} (nothing is left) and what it sets (TERMINATED). So a task is either accepted
   * by a pool that has not terminated, and then it is queued and the pool waits for it; or it is
   * refused. It is not refused too early: a task's worker is present until the task's dependants
   * have run, a caller that runs its own task counts until it has returned, and a map is open until
   * its result is complete; as long as one of these is there the pool has not terminated.
   */
  private boolean belongsToAccepted(PoolTask<?> task, boolean inside) {
    return state == PoolState.DRAINING
        && (inside
            || (task.isElement() && !compounds.isEmpty())
            || ranByCallers.containsValue(Thread.currentThread()));
  }

  /** Whether the current thread runs a task of this pool, or completes one. */
  private boolean isInsideAccepted() {
    Worker worker = Worker.current(this);
    return (worker != null && worker.runningTicket() != Worker.NOTHING)
        || Visits.isInside(number)
        || CompoundScope.covers(number);
  }

  private RejectedExecutionException refusalForWantOfPlace(PoolTask<?> task) {
    refuse(task);
    return new PoolFullException(
        name(),
        backlog(queued(), crew.free()),
        options.queueCapacity(),
        admission.waiting(),
        crew.size());
  }

  private void refuse(PoolTask<?> task) {
    announceWithdrawal(task, /* cancels= */ true);
    tally.rejected++;
  }

  /**
   * Which task is dropped because the queue is full: the new one, or one that makes room for it.
   */
  private PoolTask<?> displacedBy(PoolTask<?> task, OverflowPolicy overflow) {
    while (overflow == OverflowPolicy.DISCARD_OLDEST) {
      PoolTask<?> oldest = queue.peekLeastUrgent(0);
      if (oldest == null || oldest.priority() < task.priority()) {
        break;
      }
      int spared = workersOnTheirWay() - (task.priority() < oldest.priority() ? 1 : 0);
      if (spared > 0) {
        oldest = queue.peekLeastUrgent(spared);
        if (oldest == null) {
          break;
        }
      }
      if (oldest.tryWithdraw(/* cancels= */ true)) {
        withdrawnFromQueue(oldest, Outcome.CANCELLED);
        admission.takePlaceGivenBack();
        enqueue(task);
        return oldest;
      }
    }
    refuse(task);
    return task;
  }

  /**
   * How many workers come for a task by themselves and have none yet. As many of the queued tasks
   * are not queued as the pool counts: each has its worker on the way, and is not to be dropped.
   */
  private int workersOnTheirWay() {
    if (crew.free() == 0) {
      return 0;
    }
    int onTheirWay = 0;
    for (Worker worker : crew.present()) {
      if (roster.isFree(worker) && !worker.saysThatItHasTask()) {
        onTheirWay++;
      }
    }
    return onTheirWay;
  }

  private void enqueue(PoolTask<?> task) {
    for (Promise<Void> acceptance : task.enqueue()) {
      decide(acceptance, null);
    }
    queue.addAdmitted(task);
    crew.callOne();
  }

  /** Tasks that are queued or wait for it, as many as matter. */
  private int demand() {
    int queued = threadPerTask ? queued() : queue.sizeUpTo(crew.greatestDemand());
    return queued + admission.waiting();
  }

  /** How many tasks workers have taken from the queue. */
  private long taken() {
    if (!threadPerTask) {
      return crew.sum(WorkerCounters::taken);
    }
    long taken = 0;
    for (PaddedLong stripe : takenByThreadPerTask) {
      taken += stripe.get();
    }
    return taken;
  }

  private int queued() {
    return queued(taken());
  }

  /**
   * How many tasks are queued: the tickets are read last, for who is taken has drawn one before.
   */
  private int queued(long taken) {
    return (int) Math.max(0, queue.tickets() - taken - tally.withdrawn - tally.refusedTickets);
  }

  private int backlog(int queued, int free) {
    return Math.min(options.queueCapacity(), Math.max(0, queued - free));
  }

  /**
   * Gives places to those who wait for one.
   *
   * @param present how many workers are here to take a task, besides those that are free
   */
  private void admit(int present) {
    if (admission.hasRoomForLine(present)) {
      for (PoolTask<?> next = admission.next(present);
          next != null;
          next = admission.next(present)) {
        enqueue(next);
      }
      admission.hasLetIn();
    }
    if (admission.hasSlotWaiters() && !isFull()) {
      for (QueueCapacity.SlotWaiter waiter : admission.takeSlotWaiters()) {
        Duration waited = Duration.ofNanos(time.nanoTime() - waiter.sinceNanos);
        decided.tell(waiter::cancelTimer);
        decide(waiter.slot, waited);
      }
    }
  }

  private boolean isFull() {
    return !admission.hasPlace() && (admission.hasWaiting() || !crew.canGrow(time.nanoTime()));
  }

  // ---- Through: from the queue to a worker

  /** The next task for this worker; null if it rests until it is called, or leaves. */
  @Nullable Object take(Worker worker, @Nullable Object done) {
    Object unsettled = done;
    while (true) {
      if (worker.isNew
          || worker.dismissed
          || (unsettled instanceof PoolTask<?> task && task.hasExtras())
          || (gate & (SURPLUS | DRAINS | LINE)) != 0) {
        return takeInTurn(worker, unsettled);
      }
      Object next = poll(worker);
      if (next == null && unsettled != null) {
        next = awaitNext(worker);
      }
      unsettled = null;
      if (worker.hasDropped()) {
        enter();
        try {
          countDropped(worker, next);
          admit(0);
        } finally {
          leave();
        }
      }
      if (next != null) {
        countTaken(worker);
        boolean wasFree = worker.free;
        if (began(worker)) {
          admitOthers();
        }
        callOthers(wasFree);
        return next;
      }
      if ((gate & (CLOSED | TIMER)) != 0) {
        return takeInTurn(worker, null);
      }
      if (rests(worker)) {
        return null;
      }
    }
  }

  /**
   * Looks for a while whether a task comes, which is sooner than to rest and be called. First after
   * short pauses, since the next may be on its way; then after all others that want this processor,
   * such as who waits for the task that has just ended. Not if someone waits for this worker: each
   * turn that it lets others have is long on a busy machine.
   */
  private @Nullable Object awaitNext(Worker worker) {
    Object next = null;
    for (int looks = 0;
        next == null
            && looks < SHORT_LOOKS + YIELDS
            && !worker.hasDropped()
            && (gate & (SURPLUS | DRAINS | CLOSED)) == 0;
        looks++) {
      if (looks >= SHORT_LOOKS) {
        worker.yields++;
        Thread.yield();
      } else {
        // So that a submitter who is just ahead gains some distance.
        TaskQueue.pause();
      }
      if (queue.watch()) {
        next = poll(worker);
      }
    }
    return next;
  }

  private @Nullable Object poll(Worker worker) {
    worker.beginTaking();
    Object next = queue.poll(worker, worker.cursor);
    if (!worker.hasDropped()) {
      worker.endTaking(next);
    }
    return next;
  }

  private void countTaken(Worker worker) {
    worker.service.countTaken();
    if (threadPerTask) {
      // For those who need the sum often, where there may be many places.
      takenByThreadPerTask[worker.service.number % TAKEN_STRIPES].getAndAdd(1);
    }
  }

  /**
   * A worker has taken a task. If it was free, the task took no place, and now that worker meets no
   * other.
   *
   * @return whether someone waits for a place who is to be let in
   */
  private boolean began(Worker worker) {
    if (!worker.free) {
      return admission.givePlace();
    }
    worker.free = false;
    roster.begin(worker);
    return false;
  }

  private void admitOthers() {
    enter();
    try {
      admit(0);
    } finally {
      leave();
    }
  }

  /**
   * After a task has been claimed: whoever waits for the one before has then seen that it ended.
   *
   * @param wasFree whether the worker was counted upon by those who come
   */
  private void callOthers(boolean wasFree) {
    int now = gate;
    if ((now & (DRAINS | WATCH)) != 0) {
      enter();
      try {
        watchTimerWanted = true;
        checkDrains();
      } finally {
        leave();
      }
    }
    boolean mayBeMissed = wasFree && (now & (GROW | PRESS)) != 0;
    if ((mayBeMissed || (!threadPerTask && roster.canCall())) && queue.hasWork()) {
      comeToTheGate();
    }
  }

  /** As {@link #take}, for whoever has something to decide. */
  private @Nullable Object takeInTurn(Worker worker, @Nullable Object done) {
    Object unsettled = done;
    while (true) {
      Object next = null;
      boolean goesOn = false;
      enter();
      try {
        settle(worker, unsettled);
        unsettled = null;
        crew.comesForTask(worker);
        checkResizes();
        if (crew.hasSurplus()) {
          workerLeaves(worker);
        } else {
          next = nextTask(worker);
          if (next != null) {
            worker.dismissed = false;
            watchTimerWanted = true;
            meetDemand();
          } else if (worker.dismissed || isOver()) {
            workerLeaves(worker);
          } else {
            goesOn = !restsInTurn(worker);
          }
        }
        admit(0);
      } finally {
        leave();
      }
      if (!goesOn) {
        return next;
      }
    }
  }

  /** Under the lock: this worker has ended the task, if it had one. */
  private void settle(Worker worker, @Nullable Object done) {
    if (done != null) {
      worker.endTask();
      if (done instanceof PoolTask<?> task) {
        phases.leave(task);
      }
    }
    checkDrains();
  }

  /** Whether nothing is left to be taken and nothing will come. */
  private boolean isOver() {
    return state != PoolState.RUNNING && !queue.hasWork() && !admission.hasWaiting();
  }

  /**
   * A thread of a virtual worker has run its task: another goes on in its place if there is work.
   */
  void startSuccessor(Worker worker, Object done) {
    if ((done instanceof PoolTask<?> task && task.hasExtras())
        || (gate & (SURPLUS | DRAINS | CLOSED)) != 0) {
      if (goesOnInTurn(worker, done)) {
        start(worker);
      }
      return;
    }
    worker.endTask();
    if (queue.hasWork()) {
      start(worker);
    } else {
      rests(worker);
    }
  }

  private boolean goesOnInTurn(Worker worker, Object done) {
    enter();
    try {
      settle(worker, done);
      if (crew.hasSurplus() || isOver()) {
        workerLeaves(worker);
        return false;
      }
      admit(1);
      boolean goesOn = queue.hasWork();
      if (!goesOn) {
        restsInTurn(worker);
      }
      admit(0);
      return goesOn;
    } finally {
      leave();
    }
  }

  /**
   * Makes a worker idle that has found no task.
   *
   * @return whether it is, or somebody has called it meanwhile, as is always said of a virtual one;
   *     if not, there is something to do
   */
  private boolean rests(Worker worker) {
    if (becomesFree(worker)) {
      admitOthers();
    }
    rest(worker);
    // After the bit is set: who changes the one or the other then looks for those that rest.
    boolean isToDecide = (gate & (SURPLUS | DRAINS | CLOSED | TIMER)) != 0;
    if (threadPerTask) {
      // Another thread may have this place by now, so any that rests must do.
      if (isToDecide) {
        decideForThoseThatRest();
      }
      if (queue.hasWork()) {
        callWorker();
      }
      return true;
    }
    return (!isToDecide && !queue.hasWork()) || !resumes(worker);
  }

  private void decideForThoseThatRest() {
    enter();
    try {
      crew.dismissBeyondMax();
      checkResizes();
      checkTerminated();
    } finally {
      leave();
    }
  }

  /** As {@link #rests}, under the lock, under which nothing changes but that tasks come. */
  private boolean restsInTurn(Worker worker) {
    becomesFree(worker);
    shrinkTimerWanted |= crew.mayShrink();
    rest(worker);
    if (threadPerTask) {
      // As in rests.
      if (queue.hasWork()) {
        crew.callOne();
      }
      return true;
    }
    return !queue.hasWork() || !resumes(worker);
  }

  /** From here on another may have the worker. */
  private void rest(Worker worker) {
    queue.letGoOfTaken();
    worker.idleSinceNanos = time.nanoTime();
    worker.resting = true;
    roster.rest(worker);
  }

  /** Whether someone waits for the place that this makes. */
  private boolean becomesFree(Worker worker) {
    if (worker.free) {
      return false;
    }
    worker.free = true;
    roster.end(worker);
    return admission.givePlace();
  }

  private boolean resumes(Worker worker) {
    boolean resumes = roster.resume(worker);
    if (resumes) {
      worker.resting = false;
    }
    return resumes;
  }

  /** Takes the next task to run out of the queue; those that must not run any more are dropped. */
  private @Nullable Object nextTask(Worker worker) {
    while (true) {
      admit(worker.free ? 0 : 1);
      Object next = poll(worker);
      if (worker.hasDropped()) {
        countDropped(worker, next);
      }
      if (next != null) {
        countTaken(worker);
        began(worker);
        return next;
      }
      // Whoever has taken what was let in may need the lock to give its place back.
      if (!admission.hasRoomForLine(worker.free ? 0 : 1)) {
        return null;
      }
    }
  }

  /** Books what a worker has found that must not run, before it says what it has taken. */
  private void countDropped(Worker worker, @Nullable Object taken) {
    for (PoolTask<?> task : worker.takeDropped()) {
      if (task.isDone()) {
        withdrawnFromQueue(task, Outcome.CANCELLED);
        decided.serve(new Drop(task, Outcome.CANCELLED)::runWhereItMay);
      } else {
        expire(task, time.nanoTime() - task.submittedNanos());
      }
    }
    worker.endTaking(taken);
  }

  private void expire(PoolTask<?> task, long waitedNanos) {
    withdrawnFromQueue(task, Outcome.EXPIRED);
    task.verdict(expiration(waitedNanos, task.maxQueueNanos()));
    decided.serve(new Drop(task, Outcome.EXPIRED)::runWhereItMay);
  }

  private RuntimeException expiration(long waitedNanos, long limitNanos) {
    try {
      return new TaskExpiredException(
          name(), Duration.ofNanos(waitedNanos), Duration.ofNanos(limitNanos));
    } catch (Throwable noMemory) {
      return plainFailure;
    }
  }

  private void workerLeaves(Worker worker) {
    worker.left = true;
    crew.leave(worker);
    afterDeparture();
  }

  /** A worker has gone; another may have to come, and the pool may have come to its end. */
  private void afterDeparture() {
    if (state == PoolState.RUNNING) {
      crew.fill(time.nanoTime());
    }
    meetDemand();
    admit(0);
    checkResizes();
    checkTerminated();
  }

  // ---- The run, outside of the lock

  /**
   * Runs a task that has been taken, on the current thread, up to the completion of its future.
   *
   * @param worker the worker whose thread this is; null if a submitter runs its own task
   * @return what the task has thrown, if anything
   */
  @Nullable Throwable run(PoolTask<?> task, @Nullable Worker worker) {
    TaskContext context = task.takeContext();
    return context == null ? runAndTell(task, worker) : runInside(context, task, worker);
  }

  /** Runs a task inside of its context, with all that is told of it; see {@link TaskContext}. */
  private @Nullable Throwable runInside(
      TaskContext context, PoolTask<?> task, @Nullable Worker worker) {
    @Nullable Throwable[] thrown = new Throwable[1];
    Throwable leftOut =
        context.perform(
            () -> CompoundScope.run(number, () -> thrown[0] = runAndTell(task, worker)));
    if (leftOut != null) {
      task.failInsteadOfRunning(leftOut);
      return runAndTell(task, worker);
    }
    return thrown[0];
  }

  private @Nullable Throwable runAndTell(PoolTask<?> task, @Nullable Worker worker) {
    TaskInfo info = null;
    Duration waited = Duration.ZERO;
    long startNanos = 0;
    if (hasListeners) {
      info = listeners.info(task);
      startNanos = time.nanoTime();
      waited = Duration.ofNanos(startNanos - task.submittedNanos());
      listeners.taskStarted(info, waited);
    }
    Object value = null;
    Throwable thrown = null;
    if (worker != null && Thread.interrupted()) {
      keepInterruptMeantFor(task);
    }
    try {
      value = task.perform();
    } catch (Throwable failure) {
      thrown = failure;
    }
    if (info != null) {
      task.note(value, thrown);
    }
    Outcome outcome = end(task, thrown == null, worker);
    try {
      if (info != null) {
        listeners.taskEnded(info, outcome, waited, Duration.ofNanos(time.nanoTime() - startNanos));
      }
    } finally {
      if (outcome != Outcome.CANCELLED) {
        task.deliver(value, thrown);
      }
      task.forget();
    }
    if (thrown != null && outcome != Outcome.CANCELLED && task.reportsFailures()) {
      reportFailure(thrown);
    }
    return thrown;
  }

  /**
   * A task is about to begin on a worker's thread that was interrupted, and the status has just
   * been cleared. A stray interrupt, such as one by a watchdog that was late for the task before,
   * ends here; one that is meant for this task is set again.
   *
   * <p>None that is meant is lost. A canceller marks the task before it interrupts the thread, and
   * a shutdown says that it interrupts all before it does; the status is cleared before the mark
   * and that word are read. So an interrupt that was cleared is seen by its mark, and one whose
   * mark is not yet there comes later.
   *
   * @param task null if it is a plain Runnable, which only a shutdown can mean
   */
  private void keepInterruptMeantFor(@Nullable PoolTask<?> task) {
    if (interruptsAll || (task != null && task.isInterrupted())) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * As {@link #run(PoolTask, Worker)}, of a task that came as a Runnable.
   *
   * @param task what {@link #take} has returned
   */
  @Nullable Throwable run(Object task, Worker worker) {
    if (task instanceof PoolTask<?> full) {
      return run(full, worker);
    }
    Throwable thrown =
        hasListeners ? runWithListeners((Runnable) task, worker) : runBare((Runnable) task, worker);
    if (thrown != null) {
      Thread.interrupted();
      reportFailure(thrown);
    }
    return thrown;
  }

  private @Nullable Throwable runBare(Runnable code, Worker worker) {
    Throwable thrown = null;
    if (Thread.interrupted()) {
      keepInterruptMeantFor(null);
    }
    try {
      code.run();
    } catch (Throwable failure) {
      thrown = failure;
    }
    worker.service.countEnded(thrown == null ? Outcome.COMPLETED : Outcome.FAILED);
    return thrown;
  }

  private @Nullable Throwable runWithListeners(Runnable code, Worker worker) {
    TaskInfo info;
    long startNanos;
    Duration waited;
    try {
      info = new TaskInfo(name(), 0, code);
      startNanos = time.nanoTime();
      waited = Duration.ofNanos(startNanos - worker.cursor.stampNanos());
      listeners.taskStarted(info, waited);
    } catch (Throwable fault) {
      // Such as a logger's, or that there is no memory: it will not run any more.
      worker.service.countEnded(Outcome.FAILED);
      throw fault;
    }
    Throwable thrown = runBare(code, worker);
    // What the task has left behind is not meant for the listeners either.
    Thread.interrupted();
    listeners.taskEnded(
        info,
        thrown == null ? Outcome.COMPLETED : Outcome.FAILED,
        waited,
        Duration.ofNanos(time.nanoTime() - startNanos));
    return thrown;
  }

  private Outcome end(PoolTask<?> task, boolean normally, @Nullable Worker worker) {
    boolean decides = task.end();
    Outcome outcome = !decides ? Outcome.CANCELLED : normally ? Outcome.COMPLETED : Outcome.FAILED;
    if (worker != null) {
      worker.service.countEnded(outcome);
    } else {
      countRanByCaller(task, outcome);
    }
    // On a worker the status is the pool's own; on a caller's thread only what we have sent is. It
    // is
    // cleared again before the next task begins: from here on only strays can come.
    if (worker != null || task.wasInterrupted()) {
      Thread.interrupted();
    }
    return outcome;
  }

  /** Nobody sees the future of an executed task, so its failure goes where uncaught ones go. */
  private void reportFailure(Throwable failure) {
    if (failure instanceof ThreadDeath) {
      return;
    }
    Thread thread = Thread.currentThread();
    Thread.UncaughtExceptionHandler handler = options.uncaughtExceptionHandler();
    try {
      (handler == null ? thread.getUncaughtExceptionHandler() : handler)
          .uncaughtException(thread, failure);
    } catch (Throwable fault) {
      Faults.error(LOG, fault, "An uncaught exception handler of pool '{}' failed", name());
    }
  }

  private void countRanByCaller(PoolTask<?> task, Outcome outcome) {
    enter();
    try {
      ranByCallers.remove(task);
      tally.ended(outcome);
      tally.ranByCallers++;
    } finally {
      leave();
    }
  }

  /** A task that was run by its submitter has ended and its future is complete. */
  void ranByCaller(PoolTask<?> task) {
    enter();
    try {
      settle(task);
    } finally {
      leave();
    }
  }

  // ---- Out: the ends that are not a run

  /** Decides a task's result from outside, if that is still possible. */
  @Override
  public ExternalDecision tryDecideExternally(PoolTask<?> task, boolean cancels) {
    while (true) {
      switch (task.state()) {
        case RUNNING -> {
          if (task.tryDecideExternally(cancels)) {
            return ExternalDecision.RUNNING;
          }
        }
        case WAITING, QUEUED -> {
          if (withdraw(task, cancels)) {
            return ExternalDecision.WITHDRAWN;
          }
        }
        case NEW, DECIDED, ENDED, WITHDRAWN -> {
          return ExternalDecision.TOO_LATE;
        }
      }
    }
  }

  private boolean withdraw(PoolTask<?> task, boolean cancels) {
    // A task that has been withdrawn must be finished.
    StackRoom.ensureMuch();
    enter();
    try {
      if (task.is(TaskState.WAITING)) {
        withdrawnFromLine(task, Outcome.CANCELLED, cancels);
        admission.gaveUp();
      } else if (task.tryWithdraw(cancels)) {
        withdrawnFromQueue(task, Outcome.CANCELLED);
      } else {
        return false;
      }
      admit(0);
      return true;
    } finally {
      leave();
    }
  }

  /** The task has left the line and will not run; {@link #finish} must follow. */
  private void withdrawnFromLine(PoolTask<?> task, Outcome outcome, boolean cancels) {
    announceWithdrawal(task, cancels);
    tally.ended(outcome);
    tally.neverQueued++;
  }

  /** The task was queued and will not run; {@link #finish} must follow. */
  private void withdrawnFromQueue(PoolTask<?> task, Outcome outcome) {
    tally.ended(outcome);
    tally.withdrawn++;
    admission.givePlace();
    if (task.phase() == null) {
      phases.enter(task, TaskQueue.widened(task.ticket, queue.nextTicket()));
    }
    queue.withdrawn(task);
  }

  private void announceWithdrawal(PoolTask<?> task, boolean cancels) {
    for (Promise<Void> acceptance : task.withdraw(cancels)) {
      decideFailure(acceptance, new CancellationException());
    }
  }

  /**
   * Tells the listeners that a task was withdrawn, and completes its future on this thread; both
   * inside of the task's context.
   *
   * @param completion completes the future
   * @return what that returned
   */
  @Override
  public boolean finish(PoolTask<?> task, Outcome outcome, BooleanSupplier completion) {
    boolean[] completed = new boolean[1];
    try {
      inContext(
          task,
          () -> {
            try {
              tellDropped(task, outcome);
            } finally {
              completed[0] = task.complete(completion, () -> settleDropped(task));
            }
          });
    } catch (Throwable noMemory) {
      // Whatever could not be told: nothing may wait for this task any more.
      settleDropped(task);
      throw noMemory;
    } finally {
      task.forget();
    }
    return completed[0];
  }

  /**
   * Does what is left to do about a task that does not run, inside of its context if it has one.
   * What user code submits then belongs to accepted work, whichever thread this is.
   */
  private void inContext(PoolTask<?> task, Runnable action) {
    TaskContext context = task.takeContext();
    if (context == null) {
      if (hasListeners || task.getNumberOfDependents() > 0) {
        CompoundScope.run(number, action);
      } else {
        action.run();
      }
      return;
    }
    // Inside of the decorator, which may use another thread.
    Runnable scoped = () -> CompoundScope.run(number, action);
    Throwable leftOut = context.perform(scoped);
    if (leftOut != null) {
      try {
        scoped.run();
      } finally {
        Faults.warn(
            LOG, leftOut, "Pool '{}' told outside of its context that a task ended", name());
      }
    }
  }

  /** Listeners are user code that must not wait for the end of this pool. */
  private void tellDropped(PoolTask<?> task, Outcome outcome) {
    if (hasListeners) {
      long[] place = Visits.place();
      Visits.Change visit = Visits.begin(place, number);
      try {
        listeners.taskDropped(task, outcome, time.nanoTime() - task.submittedNanos());
      } finally {
        Visits.end(place, visit);
      }
    }
  }

  private void settleDropped(PoolTask<?> task) {
    enter();
    try {
      settle(task);
    } finally {
      leave();
    }
  }

  /**
   * As {@link #finish}, for tasks whose results have been noted. First it completes all futures
   * that nobody depends on. The others are left to helper threads, so that no dependant can hold up
   * another task, or wait for one whose turn comes later on the same thread.
   *
   * @return the tasks that helper threads complete
   */
  private List<PoolTask<?>> finishAll(List<PoolTask<?>> tasks, Outcome outcome) {
    List<PoolTask<?>> here = new ArrayList<>(tasks.size());
    List<PoolTask<?>> elsewhere = new ArrayList<>();
    List<Drop> drops = new ArrayList<>();
    for (PoolTask<?> task : tasks) {
      if (task.getNumberOfDependents() > 0) {
        elsewhere.add(task);
        drops.add(new Drop(task, outcome));
      } else {
        here.add(task);
      }
    }
    helpers.run(drops);
    here.forEach(PoolTask::completeAsDecided);
    for (PoolTask<?> task : here) {
      Faults.guard(
          LOG,
          "To tell that a task was dropped",
          () -> inContext(task, () -> tellDropped(task, outcome)));
      task.forget();
    }
    enter();
    try {
      here.forEach(phases::leave);
      checkTerminated();
    } finally {
      leave();
    }
    return elsewhere;
  }

  /** Waits until helper threads have completed these, or do not get on. */
  private static void awaitDone(List<PoolTask<?>> tasks) {
    long since = System.nanoTime();
    for (PoolTask<?> task : tasks) {
      while (!task.isDone()) {
        if (System.nanoTime() - since > CANCEL_PATIENCE_NANOS) {
          return;
        }
        LockSupport.parkNanos(CANCEL_LOOK_NANOS);
      }
      since = System.nanoTime();
    }
  }

  private void settle(PoolTask<?> task) {
    phases.leave(task);
    checkTerminated();
  }

  /** Ends the waits for which nothing is left to wait. */
  private void checkDrains() {
    if (phases.pending()) {
      checkPhases();
    }
    if (!idleWaits.isEmpty()) {
      checkIdle();
    }
  }

  private void checkPhases() {
    if (callers.areInside() || phases.waitsForCounted() || queue.holdsBefore(phases.firstEnd())) {
      return;
    }
    // In this order; see Worker. If one is just taking, it comes here when it has seen the gate. Of
    // one that rests, and came to that without the lock, the bit tells that it has ended its task.
    roster.idle();
    long lowest = queue.lowestTicket();
    for (Worker worker : crew.present()) {
      if (worker.isTaking()) {
        return;
      }
      long running = worker.runningTicket();
      if (running != Worker.NOTHING) {
        lowest = Math.min(lowest, running);
      }
    }
    for (Promise<Void> drained : phases.drained(lowest)) {
      decide(drained, null);
    }
    queue.forgetHeld();
  }

  private void checkIdle() {
    for (IdleWait wait : List.copyOf(idleWaits)) {
      if (isIdleFor(wait)) {
        isIdle(wait);
      }
    }
  }

  private void isIdle(IdleWait wait) {
    idleWaits.remove(wait);
    decided.tell(wait::cancelTimer);
    decide(wait.done, null);
  }

  /** Whether the pool has nothing to do, besides what cannot end before this wait. */
  private boolean isIdleFor(IdleWait wait) {
    long tickets = queue.nextTicket();
    if (admission.hasWaiting()
        || callers.inside() > wait.bareCallersThatDoNotCount()
        || queue.hasWorkLeft()) {
      return false;
    }
    // In this order, as for the phases.
    roster.idle();
    long stuck = wait.bareCallersThatDoNotCount();
    for (Worker worker : crew.present()) {
      if (worker.isTaking()) {
        return false;
      }
      if (worker.runningTicket() != Worker.NOTHING) {
        if (!wait.doesNotCount(worker.thread())) {
          return false;
        }
        stuck++;
      }
    }
    for (Thread caller : ranByCallers.values()) {
      if (!wait.doesNotCount(caller)) {
        return false;
      }
      stuck++;
    }
    // Without tickets that were drawn meanwhile: a task may have submitted another to a worker that
    // had been looked at, and then ended before its own worker was.
    return queue.nextTicket() == tickets
        && phases.counted() <= stuck
        // A map whose element is the one that waits stays open.
        && (compounds.isEmpty() || (stuck > 0 && wait.isQuiet()));
  }

  /** Interrupts the task if it still runs. */
  @Override
  public void interrupt(PoolTask<?> task) {
    if (!task.tryHoldForInterrupt()) {
      return;
    }
    Thread thread = runnerOf(task);
    while (thread == null) {
      // Its worker has claimed it and is about to say so.
      Thread.yield();
      thread = runnerOf(task);
    }
    thread.interrupt();
    task.interruptSent();
  }

  private @Nullable Thread runnerOf(PoolTask<?> task) {
    enter();
    try {
      Thread caller = ranByCallers.get(task);
      if (caller != null) {
        return caller;
      }
      for (Worker worker : crew.present()) {
        if (worker.runs(task)) {
          return worker.thread();
        }
      }
      return null;
    } finally {
      leave();
    }
  }

  /** As {@link TaskQueue#renewTickets}. */
  void renewTickets() {
    enter();
    try {
      queue.renewTickets();
    } finally {
      leave();
    }
  }

  @Override
  public CompletableFuture<Void> acceptedOf(PoolTask<?> task) {
    if (task.hadPlace()) {
      return CompletableFuture.completedFuture(null);
    }
    enter();
    try {
      return task.acceptance();
    } finally {
      leave();
    }
  }

  @Override
  public void forgetAcceptance(PoolTask<?> task, Promise<Void> acceptance) {
    enter();
    try {
      task.forgetAcceptance(acceptance);
    } finally {
      leave();
    }
  }

  /** What has been decided about a task that will not run; null if that is not yet known. */
  @Override
  public @Nullable Throwable verdictOf(PoolTask<?> task) {
    enter();
    try {
      return task.verdict();
    } finally {
      leave();
    }
  }

  /** Whether the current thread runs a task of this pool, or tells its listeners of one. */
  boolean isInside() {
    return Worker.current(this) != null || Visits.isInside(number);
  }

  @Override
  public boolean isRunnerOf(PoolTask<?> task) {
    if (task.is(TaskState.WITHDRAWN)) {
      // It may never have had a ticket.
      return false;
    }
    Worker worker = Worker.current(this);
    if (worker != null && worker.runs(task)) {
      return true;
    }
    enter();
    try {
      return ranByCallers.get(task) == Thread.currentThread();
    } finally {
      leave();
    }
  }

  // ---- Waiting inside of a task for another

  @Override
  public boolean enterWait() {
    boolean waits = Worker.current(this) != null;
    if (waits) {
      countBlocked(1);
    }
    return waits;
  }

  @Override
  public void leaveWait() {
    countBlocked(-1);
  }

  private void countBlocked(int more) {
    enter();
    try {
      crew.blocked(more);
    } finally {
      leave();
    }
  }

  // ---- The crew's threads

  /** A worker's thread begins, and says so to the listeners. */
  void threadBegins(Worker worker) {
    if (hasListeners) {
      untold.getAndAdd(1);
      listeners.workerStarted(worker.service.number);
    }
  }

  /**
   * A worker's thread ends, and says so to the listeners. The pool has not terminated before that,
   * unless a listener takes too long about it. Who waits for it reads the count after it has closed
   * the gate; this reads the gate after it has counted.
   */
  void threadEnds(Worker worker) {
    if (hasListeners) {
      Thread.interrupted();
      try {
        listeners.workerEnded(worker.service.report());
      } finally {
        untold.getAndAdd(-1);
        if ((gate & CLOSED) != 0) {
          callerIsGone();
        }
      }
    }
  }

  private void patienceEnds() {
    boolean over;
    enter();
    try {
      over = state != PoolState.TERMINATED;
      patienceIsOver = true;
      checkTerminated();
    } finally {
      leave();
    }
    if (over) {
      time.handOff(
          () ->
              Faults.warn(
                  LOG,
                  null,
                  "Pool '{}' has terminated although a listener has not returned from workerEnded for {} s. Make that listener quicker.",
                  name(),
                  LISTENER_PATIENCE_NANOS / 1_000_000_000L));
    }
  }

  private void start(Worker worker) {
    try {
      threads.start(worker);
    } catch (Throwable failure) {
      startFailed(worker, failure);
    }
  }

  /** Those that are there go on with the work; where there are none, nobody may wait for them. */
  void startFailed(Worker worker, Throwable failure) {
    List<PoolTask<?>> stranded = List.of();
    int failures = 0;
    // Not under the lock: it calls a method of the user's exception.
    Throwable deliverable = Deliverable.of(failure, /* hasDependants= */ true);
    enter();
    try {
      failures = crew.startFailed(worker, failure, time.nanoTime());
      setGate();
      if (crew.alive() == 0) {
        stranded = withdrawAll(Outcome.FAILED);
        for (PoolTask<?> task : stranded) {
          task.verdict(noWorker(failure));
        }
      }
      for (Promise<Void> resize : resizes) {
        decideFailure(resize, deliverable);
      }
      resizes.clear();
      checkTerminated();
    } finally {
      leave();
    }
    finishAll(stranded, Outcome.FAILED);
    reportStartFailure(failure, failures);
  }

  /** The first failure of a series with its stack trace, then fewer and fewer in one line each. */
  private void reportStartFailure(Throwable failure, int failures) {
    if (failures == 1) {
      Faults.error(LOG, failure, "Pool '{}' could not start a worker", name());
    } else if (Integer.bitCount(failures) == 1) {
      Faults.error(
          LOG,
          null,
          "Pool '{}' could not start a worker, {} times in a row: {}",
          name(),
          failures,
          Faults.describe(failure));
    }
  }

  private RejectedExecutionException noWorker(Throwable failure) {
    try {
      return new RejectedExecutionException(
          "Pool '" + name() + "' has no worker and could not start one.", failure);
    } catch (Throwable noMemory) {
      return plainFailure;
    }
  }

  /** A worker's thread ends by a fault of its own. */
  void lost(Worker worker, @Nullable Object last, @Nullable Throwable failure) {
    PoolTask<?> task = last instanceof PoolTask<?> full ? full : null;
    PoolTask<?> unfinished = task != null && !task.is(TaskState.ENDED) ? task : null;
    // Not under the lock: who is about to interrupt the task needs it to find the thread.
    boolean decides = unfinished != null && unfinished.end();
    enter();
    try {
      if (task != null) {
        phases.leave(task);
      }
      if (unfinished != null) {
        worker.service.countEnded(decides ? Outcome.FAILED : Outcome.CANCELLED);
        phases.enter(unfinished, TaskQueue.widened(unfinished.ticket, queue.nextTicket()));
      }
      if (!threadPerTask) {
        worker.service.endLost();
      }
      worker.endTask();
      crew.lost(worker, failure);
      checkDrains();
      afterDeparture();
    } finally {
      leave();
    }
    if (unfinished != null) {
      Throwable cause = failure == null ? plainLoss : failure;
      BooleanSupplier completion = () -> decides && unfinished.deliver(null, cause);
      if (decides) {
        // A decorator comes before it is delivered.
        unfinished.note(null, cause);
      }
      inContext(unfinished, () -> unfinished.complete(completion, () -> ranByCaller(unfinished)));
      unfinished.forget();
    }
  }

  // ---- Watching runs

  /** Looks at all runs; goes on as long as there are any. */
  private void watchRuns() {
    long again = -1;
    int number = 0;
    List<Worker> stuck = List.of();
    enter();
    try {
      long now = time.nanoTime();
      WorkerReadings workers = crew.read(now);
      int queued = queue.sizeUpTo(crew.greatestDemand());
      boolean stalled = isStalled(workers, queued);
      boolean quiet = runWatch.look(workers, stalled, crew.watch(now), now);
      if (state == PoolState.TERMINATED || quiet) {
        watchTimer.fired();
      } else {
        again = RunWatch.nextLookNanos(workers);
        number = watchTimer.setAgain();
        if (runWatch.stalledNanos(workers, stalled, now) >= RunWatch.OWN_NANOS) {
          stuck = new ArrayList<>();
          crew.present().forEach(stuck::add);
        }
      }
    } finally {
      leave();
    }
    if (!stuck.isEmpty()) {
      runWatch.waits(RunWatch.waitsOf(stuck));
    }
    if (again >= 0) {
      setTimer(watchTimer, number, again, this::watchRuns);
    }
  }

  /** Looks for workers that have been idle for too long. */
  private void shrink() {
    long again = -1;
    int number = 0;
    enter();
    try {
      shrinkTimer.fired();
      // Before the look at those that rest: who rests after it sets the timer.
      setGate();
      if (state == PoolState.RUNNING) {
        again = crew.dismissIdle(crew.busy() + demand(), keepAliveNanos, time.nanoTime());
        number = again >= 0 ? shrinkTimer.setAgain() : 0;
      }
    } finally {
      leave();
    }
    if (again >= 0) {
      setTimer(shrinkTimer, number, again, this::shrink);
    }
  }

  CompletableFuture<Void> resize(int minWorkers, int maxWorkers) {
    Promise<Void> done = new Promise<>();
    enter();
    try {
      if (state == PoolState.TERMINATED) {
        return CompletableFuture.failedFuture(new PoolShutDownException(name(), state));
      }
      done.whenGivenUp(() -> forgetResize(done));
      crew.resize(minWorkers, maxWorkers);
      applyLimits();
      // Those that are idle by now have not set it, if there might be no fewer of them before.
      shrinkTimerWanted = crew.idle() > 0 && crew.mayShrink();
      resizes.add(done);
      checkResizes();
    } finally {
      leave();
    }
    return done;
  }

  private void forgetResize(Promise<Void> resize) {
    enter();
    try {
      resizes.remove(resize);
    } finally {
      leave();
    }
  }

  /** Sets how many workers there may be for now, within the options. */
  private void limitWorkers(int most) {
    enter();
    try {
      crew.limit(most);
      applyLimits();
    } finally {
      leave();
    }
  }

  private void applyLimits() {
    setGate();
    crew.dismissBeyondMax();
    checkDrains();
    if (state == PoolState.RUNNING) {
      crew.fill(time.nanoTime());
    }
    meetDemand();
    admit(0);
  }

  private void checkResizes() {
    if (!resizes.isEmpty() && crew.fits()) {
      completeResizes();
    }
  }

  private void completeResizes() {
    for (Promise<Void> resize : resizes) {
      decide(resize, null);
    }
    resizes.clear();
  }

  // ---- Waiting from outside

  CompletableFuture<Void> drain() {
    enter();
    try {
      Promise<Void> drained = phases.drain(queue.line());
      drained.whenGivenUp(() -> forgetDrain(drained));
      // A submitter that ran out of stack may have left a task without calling a worker for it.
      meetDemand();
      checkDrains();
      return drained;
    } finally {
      leave();
    }
  }

  /** Completes when the pool has nothing to do; see {@link IdleWait} for what does not count. */
  CompletableFuture<Void> whenIdle() {
    Thread owner = Thread.currentThread();
    boolean visits = Worker.current(this) == null && isInside();
    IdleWait wait;
    enter();
    try {
      if (state == PoolState.TERMINATED) {
        return CompletableFuture.completedFuture(null);
      }
      boolean bareCaller = visits && !isRanByCaller(owner) && callers.areInside();
      wait = new IdleWait(owner, bareCaller);
      wait.done.whenGivenUp(() -> forgetIdleWait(wait));
      idleWaits.add(wait);
      // Before the look at the callers: one that comes after it sees the gate.
      setGate();
    } finally {
      leave();
    }
    look(wait);
    return wait.done;
  }

  private boolean isRanByCaller(Thread thread) {
    for (Thread caller : ranByCallers.values()) {
      if (caller == thread) {
        return true;
      }
    }
    return false;
  }

  /** Finds out which tasks cannot end, and comes back after a while. */
  private void look(IdleWait wait) {
    List<Thread> runners = new ArrayList<>();
    enter();
    try {
      if (!idleWaits.contains(wait)) {
        return;
      }
      for (Worker worker : crew.present()) {
        Thread thread = worker.thread();
        if (thread != null && worker.runningTicket() != Worker.NOTHING) {
          runners.add(thread);
        }
      }
      runners.addAll(ranByCallers.values());
    } finally {
      leave();
    }
    List<Thread> stuck = IdleWait.exiting(runners);
    enter();
    try {
      if (!idleWaits.contains(wait)) {
        return;
      }
      wait.looked(stuck, queue.nextTicket());
      checkDrains();
    } finally {
      leave();
    }
    Time.Timer next = time.schedule(IdleWait.LOOK_NANOS, () -> helpers.run(() -> look(wait)));
    boolean late;
    enter();
    try {
      late = !idleWaits.contains(wait);
      wait.timer(next);
    } finally {
      leave();
    }
    if (late) {
      next.cancel();
    }
  }

  private void forgetIdleWait(IdleWait wait) {
    enter();
    try {
      idleWaits.remove(wait);
    } finally {
      leave();
    }
    wait.cancelTimer();
  }

  private void forgetDrain(Promise<Void> drained) {
    enter();
    try {
      phases.forget(drained);
      queue.forgetHeld();
    } finally {
      leave();
    }
  }

  CompletableFuture<Duration> waitForSlot(@Nullable Duration timeout) {
    QueueCapacity.SlotWaiter waiter = new QueueCapacity.SlotWaiter(time.nanoTime());
    waiter.slot.whenGivenUp(() -> forgetSlotWaiter(waiter));
    enter();
    try {
      if (state != PoolState.RUNNING) {
        return CompletableFuture.failedFuture(new PoolShutDownException(name(), state));
      }
      if (!isFull()) {
        return CompletableFuture.completedFuture(Duration.ZERO);
      }
      admission.addSlotWaiter(waiter);
      // A place may have been given back before anyone knew that somebody waits for it.
      admit(0);
    } finally {
      leave();
    }
    if (timeout != null) {
      waiter.timer =
          time.schedule(
              Time.nanos(timeout), () -> helpers.run(() -> slotTimedOut(waiter, timeout)));
      if (waiter.slot.isDone()) {
        waiter.cancelTimer();
      }
    }
    return waiter.slot;
  }

  private void slotTimedOut(QueueCapacity.SlotWaiter waiter, Duration timeout) {
    Throwable failure = plainFailure;
    try {
      failure = slotTimeout(timeout);
    } finally {
      waiter.slot.completeExceptionally(failure);
    }
  }

  private TimeoutException slotTimeout(Duration timeout) {
    return new TimeoutException(
        "No place was free in the queue of pool '%s' within %s: %s"
            .formatted(name(), timeout, stats()));
  }

  private void forgetSlotWaiter(QueueCapacity.SlotWaiter waiter) {
    waiter.cancelTimer();
    enter();
    try {
      admission.removeSlotWaiter(waiter);
    } finally {
      leave();
    }
  }

  // ---- The end

  // ---- Accepted work that submits more

  /**
   * Work begins that will submit more tasks.
   *
   * @return what to give back to {@link #endCompound}; null if the pool is shut down, and the work
   *     does not belong to accepted work
   */
  OpenCompounds.@Nullable Entry beginCompound(OpenCompounds.Compound compound) {
    boolean closed = (gate & CLOSED) != 0;
    boolean inside = closed && isInsideAccepted();
    enter();
    try {
      if (state == PoolState.RUNNING
          || (state == PoolState.DRAINING
              && (inside || ranByCallers.containsValue(Thread.currentThread())))) {
        return compounds.add(compound);
      }
      return null;
    } finally {
      leave();
    }
  }

  void endCompound(OpenCompounds.Entry entry) {
    enter();
    try {
      compounds.remove(entry);
      // Some wait until no map is open, if the pool is shut down or not.
      checkTerminated();
    } finally {
      leave();
    }
  }

  private void setQuietTimer(int number) {
    long submitted;
    enter();
    try {
      submitted = compounds.submitted();
    } finally {
      leave();
    }
    setTimer(quietTimer, number, COMPOUND_PATIENCE_NANOS, () -> quietEnds(submitted));
  }

  /** Nothing but maps has been there for long: their inputs deliver nothing any more. */
  private void quietEnds(long submittedBefore) {
    List<OpenCompounds.Compound> cut = List.of();
    enter();
    try {
      quietTimer.fired();
      if (state == PoolState.DRAINING
          && compounds.submitted() == submittedBefore
          && crew.size() == 0
          && phases.noneCounted()) {
        cut = compounds.takeAll();
      }
      checkTerminated();
    } finally {
      leave();
    }
    List<OpenCompounds.Compound> all = cut;
    if (!all.isEmpty()) {
      time.handOff(() -> cutOff(all, PoolState.DRAINING));
    }
  }

  /** Outside of the lock: completes futures of users. */
  private void cutOff(List<OpenCompounds.Compound> cut, PoolState since) {
    for (OpenCompounds.Compound compound : cut) {
      Faults.guard(
          LOG,
          "Cutting off a map of a pool that is shut down",
          () -> compound.cutOff(new PoolShutDownException(name(), since)));
    }
  }

  /** Takes no more tasks; what was submitted runs. */
  void shutdown() {
    enter();
    try {
      if (state != PoolState.RUNNING) {
        return;
      }
      state = PoolState.DRAINING;
      closeDoor();
    } finally {
      leave();
    }
  }

  /**
   * All users have forgotten the pool. Runs on the one thread that all forgotten pools share, and
   * so leaves the work to a helper thread: it may lead to user code, as by a log line.
   */
  void forgotten() {
    if (state == PoolState.RUNNING) {
      helpers.run(this::shutdown);
    }
  }

  private void closeDoor() {
    queue.close();
    PoolState now = state;
    for (QueueCapacity.SlotWaiter waiter : admission.takeSlotWaiters()) {
      decided.tell(waiter::cancelTimer);
      decideFailure(waiter.slot, new PoolShutDownException(name(), now));
    }
    setGate();
    crew.callAll();
    checkTerminated();
  }

  /**
   * Takes no more tasks, cancels those that have not started, and interrupts those that have.
   *
   * @return the tasks that have never run, the most urgent first; they can still be run by hand
   */
  List<Runnable> stop() {
    List<OpenCompounds.Compound> cut = new ArrayList<>();
    List<PoolTask<?>> dropped = stopTaking(/* interrupt= */ true, cut);
    List<Runnable> neverRun = new ArrayList<>(dropped.size());
    for (PoolTask<?> task : dropped) {
      neverRun.add(task.returned());
    }
    cutOff(cut, PoolState.STOPPING);
    awaitDone(finishAll(dropped, Outcome.CANCELLED));
    return neverRun;
  }

  /**
   * Takes no more tasks of any kind.
   *
   * @param cut gets the work that will not submit any more; the caller must {@link #cutOff} it
   * @return the tasks that will not run; the caller must {@link #finishAll} them
   */
  private List<PoolTask<?>> stopTaking(boolean interrupt, List<OpenCompounds.Compound> cut) {
    List<PoolTask<?>> dropped;
    enter();
    try {
      cut.addAll(compounds.takeAll());
      if (state != PoolState.TERMINATED) {
        state = PoolState.STOPPING;
      }
      // First, so that nobody comes in between.
      queue.close();
      dropped = withdrawAll(Outcome.CANCELLED);
      if (interrupt) {
        interruptsAll = true;
        for (Worker worker : crew.present()) {
          worker.interrupt();
        }
      }
      closeDoor();
    } finally {
      leave();
    }
    return dropped;
  }

  /** Cancels them, and says what is lost, by name as far as a log line can hold. */
  private void cancelAndWarn(List<PoolTask<?>> dropped, String why) {
    if (dropped.isEmpty()) {
      return;
    }
    List<Object> named = new ArrayList<>(NAMED_WHEN_DROPPED);
    for (int i = 0; i < Math.min(NAMED_WHEN_DROPPED, dropped.size()); i++) {
      named.add(dropped.get(i).submitted());
    }
    finishAll(dropped, Outcome.CANCELLED);
    Faults.warn(
        LOG,
        null,
        "Pool '{}' cancels {} not started, because {}: {}{}",
        name(),
        Faults.count(dropped.size(), "task that has", "tasks that have"),
        why,
        named.stream().map(Faults::describeObject).collect(Collectors.joining(", ")),
        dropped.size() > NAMED_WHEN_DROPPED ? " and more" : "");
  }

  /** Cancels what has not started, and takes nothing more; what runs goes on. */
  private void dropPending() {
    List<OpenCompounds.Compound> cut = new ArrayList<>();
    List<PoolTask<?>> dropped = stopTaking(/* interrupt= */ false, cut);
    cancelAndWarn(dropped, "the idle timeout is over");
    cutOff(cut, PoolState.STOPPING);
  }

  private List<PoolTask<?>> withdrawAll(Outcome outcome) {
    List<PoolTask<?>> all = new ArrayList<>();
    boolean cancels = outcome == Outcome.CANCELLED;
    queue.takeAll(task -> task.tryWithdraw(cancels), all);
    for (PoolTask<?> task : all) {
      withdrawnFromQueue(task, outcome);
    }
    for (PoolTask<?> task = admission.pollWaiting(); task != null; task = admission.pollWaiting()) {
      withdrawnFromLine(task, outcome, cancels);
      all.add(task);
    }
    return all;
  }

  /** Shuts down as the options say; completes with the uptime. */
  CompletableFuture<Duration> shutdown(ShutdownOptions how) {
    if (how.pending() == PendingTasks.CANCEL) {
      List<OpenCompounds.Compound> cut = new ArrayList<>();
      List<PoolTask<?>> dropped = stopTaking(/* interrupt= */ false, cut);
      cutOff(cut, PoolState.STOPPING);
      awaitDone(finishAll(dropped, Outcome.CANCELLED));
    } else {
      shutdown();
    }
    PendingShutdown shutdown = new PendingShutdown();
    enter();
    try {
      if (state == PoolState.TERMINATED) {
        return CompletableFuture.completedFuture(uptimeNow());
      }
      shutdowns.add(shutdown);
      shutdown.done.whenGivenUp(() -> forgetShutdown(shutdown));
    } finally {
      leave();
    }
    if (how.idleTimeout() != null) {
      shutdown.addTimer(
          time.schedule(Time.nanos(how.idleTimeout()), () -> helpers.run(this::dropPending)));
    }
    if (how.totalTimeout() != null) {
      shutdown.addTimer(
          time.schedule(
              Time.nanos(how.totalTimeout()), () -> helpers.run(() -> totalTimeout(shutdown))));
    }
    return shutdown.done;
  }

  private void totalTimeout(PendingShutdown shutdown) {
    List<OpenCompounds.Compound> cut = new ArrayList<>();
    List<PoolTask<?>> dropped = stopTaking(/* interrupt= */ true, cut);
    helpers.run(() -> shutdown.done.complete(uptime()));
    cancelAndWarn(dropped, "the total timeout is over");
    cutOff(cut, PoolState.STOPPING);
  }

  private void forgetShutdown(PendingShutdown shutdown) {
    shutdown.cancelTimers();
    enter();
    try {
      shutdowns.remove(shutdown);
    } finally {
      leave();
    }
  }

  /** The promise of one call of {@link #shutdown(ShutdownOptions)}, with its time limits. */
  private static final class PendingShutdown {
    private final Promise<Duration> done = new Promise<>();
    private final List<Time.Timer> timers = new ArrayList<>(2);

    private void addTimer(Time.Timer timer) {
      synchronized (timers) {
        timers.add(timer);
      }
      if (done.isDone()) {
        cancelTimers();
      }
    }

    private void cancelTimers() {
      synchronized (timers) {
        timers.forEach(Time.Timer::cancel);
      }
    }
  }

  private void checkTerminated() {
    checkDrains();
    if (state != PoolState.TERMINATED && isOver()) {
      // Those that have rested because somebody seemed to come, or to wait.
      crew.callAll();
    }
    if (state == PoolState.RUNNING
        || state == PoolState.TERMINATED
        || crew.size() > 0
        || !phases.noneCounted()
        || callers.areInside()
        || queue.hasWorkLeft()) {
      return;
    }
    if (state == PoolState.DRAINING && !compounds.isEmpty()) {
      quietTimerWanted = true;
      return;
    }
    if (untold.get() > 0 && !patienceIsOver) {
      patienceTimerWanted = true;
      return;
    }
    endedNanos = time.nanoTime();
    state = PoolState.TERMINATED;
    completeResizes();
    // No user code, and before those that wait for the end can see it.
    shrinkTimer.cancel();
    watchTimer.cancel();
    quietTimer.cancel();
    patienceTimer.cancel();
    if (scalingSampler != null) {
      decided.tell(scalingSampler::stop);
    }
    terminated.countDown();
    if (!joins.isEmpty()) {
      List<WorkerReport> reports = List.copyOf(crew.reports());
      joins.forEach(joined -> decide(joined, reports));
      joins.clear();
    }
    Duration uptime = uptimeNow();
    for (PendingShutdown shutdown : shutdowns) {
      decided.tell(shutdown::cancelTimers);
      decide(shutdown.done, uptime);
    }
    shutdowns.clear();
    List.copyOf(idleWaits).forEach(this::isIdle);
  }

  /** Waits until the pool has terminated; no user code can hold that up. */
  boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return state == PoolState.TERMINATED || terminated.await(timeout, unit);
  }

  /** Completes with the reports of all workers when the pool has terminated. */
  CompletableFuture<List<WorkerReport>> join() {
    Promise<List<WorkerReport>> joined = new Promise<>();
    enter();
    try {
      if (state == PoolState.TERMINATED) {
        return CompletableFuture.completedFuture(List.copyOf(crew.reports()));
      }
      joined.whenGivenUp(() -> forgetJoin(joined));
      joins.add(joined);
      return joined;
    } finally {
      leave();
    }
  }

  private void forgetJoin(Promise<List<WorkerReport>> joined) {
    enter();
    try {
      joins.remove(joined);
    } finally {
      leave();
    }
  }

  // ---- Readings, without the lock

  PoolState state() {
    return state;
  }

  Duration uptime() {
    return lock.read(this::uptimeNow);
  }

  private Duration uptimeNow() {
    long until = state == PoolState.TERMINATED ? endedNanos : time.nanoTime();
    return Duration.ofNanos(until - startedNanos);
  }

  boolean full() {
    return lock.read(this::isFull);
  }

  PoolStats stats() {
    return lock.read(this::read);
  }

  /**
   * Each fact has one source, and no number is a difference of counters that may belong to
   * different moments: a worker's counters are compared with each other only. The tickets are read
   * before the workers, so that the difference is at most what was queued all the time in between,
   * and once more after it, to see whether that was long.
   */
  private PoolStats read() {
    long now = time.nanoTime();
    int callersRunning = callers.running() + ranByCallers.size();
    long gone = tally.withdrawn + tally.refusedTickets;
    long tickets;
    long ticketsAfter;
    WorkerReadings workers;
    int looks = 0;
    do {
      tickets = queue.tickets();
      workers = crew.read(now);
      ticketsAfter = queue.tickets();
    } while (ticketsAfter - tickets > MOST_TICKETS_BETWEEN && ++looks < MOST_READINGS);
    long completed = tally.completed + workers.completed + callers.completed();
    long failed = tally.failed + workers.failed + callers.failed();
    long cancelled = tally.cancelled + workers.cancelled;
    long expired = tally.expired;
    int waiting = admission.waiting();
    // Tasks may have come and gone meanwhile. Then the count may be one too high: no harm.
    long least = tickets - workers.taken - gone;
    long most = ticketsAfter - workers.taken - gone;
    int queued = (int) (least > 0 ? least : Math.max(0, Math.min(1, most)));
    int backlog = backlog(queued, workers.free);
    int active = workers.occupied + callersRunning + queued - backlog;
    int present = threadPerTask ? crew.size() - workers.idle : crew.size();
    boolean stalled = isStalled(workers, backlog);
    long stalledNanos = runWatch.stalledNanos(workers, stalled, now);
    return new PoolStats(
        name(),
        state,
        threadPerTask ? Math.max(present, active - callersRunning) : present,
        threadPerTask ? 0 : workers.idle,
        active,
        crew.minWorkers(),
        crew.maxWorkers(),
        backlog,
        options.queueCapacity(),
        waiting,
        crew.blocked(),
        completed + failed + cancelled + expired + active + backlog + waiting,
        completed,
        failed,
        cancelled,
        tally.rejected,
        expired,
        Duration.ofNanos(queued == 0 ? 0 : Math.max(0, now - queue.oldestNanos(now))),
        Duration.ofNanos(workers.longestRunNanos),
        Duration.ofNanos(stalledNanos),
        stalledNanos > 0 && runWatch.isTooLong(stalledNanos),
        uptimeNow());
  }

  private boolean isStalled(WorkerReadings workers, int backlog) {
    return backlog > 0 && workers.occupied > 0 && workers.occupied >= crew.size();
  }
}

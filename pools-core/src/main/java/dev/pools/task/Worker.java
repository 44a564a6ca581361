package dev.pools.task;

import static java.util.Objects.requireNonNull;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One worker: its state, what it runs, and the signal that wakes it. */
final class Worker implements WorkerThreads.WorkerRun, Taker {

  /** What the threads of a pool's workers do. */
  interface Body {

    /** Starts the thread of a worker; not under the lock. Never throws. */
    void startThread(Worker worker);

    void run(Worker worker);

    void startFailed(Worker worker, Throwable failure);

    void uncaughtException(Thread failed, Throwable failure);
  }

  // Not VarHandles: a JVM that has just started interprets several times as many steps for one.
  private static final AtomicIntegerFieldUpdater<Worker> TAKING =
      AtomicIntegerFieldUpdater.newUpdater(Worker.class, "taking");
  private static final AtomicIntegerFieldUpdater<Worker> START =
      AtomicIntegerFieldUpdater.newUpdater(Worker.class, "start");
  private static final AtomicLongFieldUpdater<Worker> RUNNING =
      AtomicLongFieldUpdater.newUpdater(Worker.class, "running");
  private static final VarHandle NOTE;
  private static final VarHandle HOLDS;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      NOTE = lookup.findVarHandle(Worker.class, "note", RunNote.class);
      HOLDS = lookup.findVarHandle(Worker.class, "holds", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** How often other threads look whether it is still taking. */
  private static final int MOST_LOOKS = 64;

  /**
   * How many tasks it withdraws in a row before their ends are told: these are decided under one
   * hold of the pool's lock, and each needs an exception. All of a long queue may have expired.
   */
  static final int MOST_DROPPED = 16;

  private static final long MEMORY_PAUSE_NANOS = 50_000_000L;

  /** The ticket of a worker that runs no task. */
  static final long NOTHING = -1;

  /** The number of its pool. */
  final long pool;

  private final String poolName;

  /** What it has done, together with those that had its number before. */
  final WorkerCounters counters;

  /** The name of its threads, if each runs one task. */
  private final String taskThreadName;

  /** Set before its first thread starts. */
  @Nullable Body body;

  /** What follows if a thread of it cannot be started; set before its first thread starts. */
  @Nullable Consumer<Throwable> whenStartFails;

  /** Set by the thread that has claimed it; cleared by the worker itself. */
  private volatile boolean signalled;

  private volatile @Nullable Thread thread;

  // Whether its thread has come, unless each task has a thread of its own. PLANNED is left once, by
  // a compare-and-set: so one thread at most runs this worker, and if the worker is given up, none.
  private static final int PLANNED = 0;
  private static final int ARRIVED = 1;
  private static final int GIVEN_UP = 2;

  private volatile int start = PLANNED;

  /** Whether a look has found that its thread has not come; written under the pool's lock. */
  volatile boolean missed;

  /** Since when; guarded by the pool's lock. */
  long missedSinceNanos;

  // Guarded by the pool's lock, or set by the thread that has claimed it, before the signal.
  boolean dismissed;

  // The worker's own; passed on with each signal and each start of a thread.
  /** Whether it has not yet come for a task since it was hired. */
  boolean isNew = true;

  /** Whether it counts as free. */
  boolean free = true;

  /** Whether it rests, as far as it knows. */
  boolean resting;

  boolean left;
  long idleSinceNanos;

  /** How often it has let other threads run, in search of a task. */
  int yields;

  // Written by the worker itself. A task that is not queued any more is taken by a worker that is
  // taking, or its ticket is that of some worker, or it has ended: a thread that looks for a task
  // looks in this order. It is the ticket and not the task, because a number costs less to note
  // than a reference, which the garbage collector tracks.
  /** 1 while it takes a task, otherwise 0. */
  private volatile int taking;

  private volatile long running = NOTHING;

  /** What it has noted of its run; null if it runs nothing, or notes nothing. */
  private volatile @Nullable RunNote note;

  /** How many threads hold it because they interrupt its run. */
  @SuppressWarnings("UnusedVariable") // Used through HOLDS.
  private volatile int holds;

  // The worker's own.
  final QueueCursor cursor = new QueueCursor();
  private final ArrayList<PoolTask<?>> dropped = new ArrayList<>();

  Worker(long pool, String poolName, WorkerCounters counters) {
    this.pool = pool;
    this.poolName = poolName;
    this.counters = counters;
    this.cursor.arrivalQueue = counters.number;
    this.taskThreadName = poolName.concat("-task-").concat(Integer.toString(counters.number));
  }

  // ---- Its thread

  @Override
  public void run() {
    requireNonNull(body).run(this);
  }

  @Override
  public void startFailed(Throwable failure) {
    requireNonNull(body).startFailed(this, failure);
  }

  @Override
  public void uncaughtException(Thread failed, Throwable failure) {
    requireNonNull(body).uncaughtException(failed, failure);
  }

  /** The current thread is the first that has come for it; else it must leave at once. */
  boolean tryArrive() {
    return START.compareAndSet(this, PLANNED, ARRIVED);
  }

  /** No thread will run it; false if one does, or it was given up before. */
  boolean tryGiveUpStart() {
    return START.compareAndSet(this, PLANNED, GIVEN_UP);
  }

  @Override
  public boolean hasArrived() {
    return start == ARRIVED;
  }

  @Override
  public String taskThreadName() {
    return taskThreadName;
  }

  @Override
  public long taken() {
    return counters.taken();
  }

  /**
   * A pool whose threads a test starts notes each run. Its timer that watches runs is set by then:
   * the thread that takes a task sets it, unless it is set, and notes the run after that.
   */
  @Override
  public boolean hasBegun() {
    return note != null || !counters.isRunning();
  }

  /** The current thread is its thread. */
  void threadStarts() {
    thread = Thread.currentThread();
  }

  @Nullable Thread thread() {
    return thread;
  }

  // ---- Its task

  void beginTaking() {
    RUNNING.lazySet(this, NOTHING);
    TAKING.lazySet(this, 1);
  }

  void endTaking(@Nullable Object taken) {
    if (taken != null) {
      RUNNING.lazySet(this, cursor.ticket());
    }
    TAKING.lazySet(this, 0);
  }

  /**
   * Whether it has a task. One that is just taking is waited for, within reason: it may be slow, or
   * need the lock, and then it counts as having none yet.
   */
  boolean saysThatItHasTask() {
    for (int looks = 0; taking != 0 && looks < MOST_LOOKS; looks++) {
      Thread.yield();
    }
    return running != NOTHING;
  }

  void endTask() {
    RUNNING.lazySet(this, NOTHING);
  }

  /** Whether it may have taken a task that it has not yet said. */
  boolean isTaking() {
    return taking != 0;
  }

  /** The ticket of the task that it runs, or {@link #NOTHING}. */
  long runningTicket() {
    return running;
  }

  boolean runs(PoolTask<?> task) {
    return running == task.ticket();
  }

  /** Notes the run that it begins. */
  void note(RunNote begun) {
    NOTE.setRelease(this, begun);
  }

  /** The run that it has noted is over: nothing keeps the task reachable. */
  void forgetNote() {
    NOTE.setRelease(this, (RunNote) null);
  }

  /** What it has noted of its run; null if it runs nothing, or notes nothing. */
  @Nullable RunNote note() {
    return note;
  }

  // ---- Held by a thread that interrupts its run; see RunInterrupter

  void holdForInterrupt() {
    HOLDS.getAndAdd(this, 1);
  }

  void releaseFromInterrupt() {
    HOLDS.getAndAdd(this, -1);
  }

  /** Waits as long as it is held, which is for the time of a {@link Thread#interrupt()}. */
  void awaitInterrupts() {
    while (holds > 0) {
      Thread.yield();
    }
  }

  /** Claims a task that is next, unless it must not run any more. */
  @Override
  public boolean claim(PoolTask<?> next) {
    // A future that is obtruded is complete a moment before its task is withdrawn.
    if (next.isDone() || (next.hasExtras() && next.isExpired())) {
      if (next.tryWithdraw()) {
        dropped.add(next);
      }
      return false;
    }
    return next.tryStart();
  }

  @Override
  public boolean owesEnough() {
    return dropped.size() >= MOST_DROPPED;
  }

  boolean hasDropped() {
    return !dropped.isEmpty();
  }

  /** The tasks that were next and have been withdrawn instead of taken. */
  List<PoolTask<?>> takeDropped() {
    List<PoolTask<?>> all = List.copyOf(dropped);
    dropped.clear();
    return all;
  }

  // ---- Its signal

  /** Parks until it is signalled. An interrupt is for no task here, and would end every wait. */
  void awaitSignal() {
    while (!signalled) {
      LockSupport.park(this);
      if (!signalled) {
        Thread.interrupted();
      }
    }
    signalled = false;
  }

  /** A pause before it tries something again for which there was no memory. */
  void awaitMemory() {
    // As in awaitSignal.
    Thread.interrupted();
    try {
      LockSupport.parkNanos(this, MEMORY_PAUSE_NANOS);
    } catch (Throwable noMemory) {
      // A virtual thread needs some to park.
      Thread.yield();
    }
  }

  /** Makes it return from {@link #awaitSignal}; not under the lock. */
  void signal() {
    signalled = true;
    LockSupport.unpark(thread);
  }

  String poolName() {
    return poolName;
  }

  @Override
  public String toString() {
    return "worker " + counters.number + " of pool '" + poolName + "'";
  }
}

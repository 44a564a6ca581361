package dev.pools.task;

import dev.pools.internal.Faults;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A worker's loop: take a task, run it, go on; leave when the pool says so. */
final class Worker implements Runnable, TaskQueue.Taker, Thread.UncaughtExceptionHandler {

  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

  /** Of threads that their user has made. */
  private static final ThreadLocal<Worker> CURRENT = new ThreadLocal<>();

  private static final VarHandle TAKING;
  private static final VarHandle RUNNING;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      TAKING = lookup.findVarHandle(Worker.class, "taking", boolean.class);
      RUNNING = lookup.findVarHandle(Worker.class, "running", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** How often others look whether it is still taking. */
  private static final int MOST_LOOKS = 64;

  /** The ticket of one that runs none. */
  static final long NOTHING = -1;

  /** What it has done, together with those who had its number before. */
  final WorkerCounters service;

  /** The name of its threads, if each runs one task. */
  final String taskThreadName;

  private final Dispatch dispatch;

  /** Set by who has claimed it; cleared by the worker itself. */
  private volatile boolean signalled;

  private volatile @Nullable Thread thread;

  // Guarded by the pool's lock, or set by who has claimed it and before it is signalled.
  boolean dismissed;

  // The worker's own; handed on with each signal and each start of a thread.
  /** Whether it has not yet come for a task since it was hired. */
  boolean isNew = true;

  /** Whether it counts as free. */
  boolean free = true;

  /** Whether it rests, as far as it knows. */
  boolean resting;

  boolean left;
  long idleSinceNanos;

  /** How often it has let other threads go first, in search of a task. */
  int yields;

  // Written by the worker itself. A task that is not queued any more is taken by a worker that is
  // taking, or its ticket is that of some worker, or it has ended: whoever looks for it looks in
  // this order. It is the ticket and not the task, because to note a number costs less than to note
  // a reference: the garbage collector does not ask for it.
  private volatile boolean taking;
  private volatile long running = NOTHING;

  // The worker's own.
  final QueueCursor cursor = new QueueCursor();
  private final List<PoolTask<?>> dropped = new ArrayList<>();

  Worker(Dispatch dispatch, WorkerCounters service) {
    this.dispatch = dispatch;
    this.service = service;
    this.cursor.inbox = service.number;
    this.taskThreadName = dispatch.name() + "-task-" + service.number;
  }

  /** The worker whose thread this is, if it is one of that pool. */
  static @Nullable Worker current(Dispatch dispatch) {
    Worker worker =
        dispatch.hasForeignThreads()
            ? CURRENT.get()
            : WorkerThreads.workerOf(Thread.currentThread(), dispatch.isThreadPerTask());
    return worker != null && worker.dispatch == dispatch ? worker : null;
  }

  @Override
  public void run() {
    thread = Thread.currentThread();
    if (dispatch.hasForeignThreads()) {
      CURRENT.set(this);
    }
    dispatch.threadBegins(this);
    try {
      if (dispatch.isThreadPerTask()) {
        runOne();
      } else {
        runAll();
      }
    } finally {
      dispatch.threadEnds(this);
      if (dispatch.hasForeignThreads()) {
        CURRENT.remove();
      }
    }
  }

  /** Its thread could not be started. */
  void startFailed(Throwable failure) {
    dispatch.startFailed(this, failure);
  }

  /** Its virtual threads have the worker as their handler, which does as the pool's would. */
  @Override
  public void uncaughtException(Thread failed, Throwable failure) {
    Thread.UncaughtExceptionHandler handler = dispatch.options().uncaughtExceptionHandler();
    ThreadGroup group = failed.getThreadGroup();
    if (handler != null) {
      handler.uncaughtException(failed, failure);
    } else if (group != null) {
      group.uncaughtException(failed, failure);
    }
  }

  private void runAll() {
    Throwable failure = null;
    // While it rests, this is null: an idle worker holds nobody's result.
    Object task = null;
    try {
      while (!left) {
        task = dispatch.take(this, task);
        if (task != null) {
          runTask(task);
        } else if (!left) {
          awaitSignal();
          arrive();
        }
      }
    } catch (Throwable fault) {
      failure = fault;
      Faults.warn(LOG, fault, "{} ends by {}", this, Faults.describe(fault));
    } finally {
      if (!left) {
        dispatch.lost(this, task, failure);
      }
    }
  }

  /** One thread of a virtual worker; when it has rested or handed on, it may touch it no more. */
  private void runOne() {
    Throwable failure = null;
    Object task = null;
    boolean inOrder = false;
    try {
      if (resting) {
        arrive();
      }
      task = dispatch.take(this, null);
      if (task != null) {
        runTask(task);
        dispatch.startSuccessor(this, task);
      }
      inOrder = true;
    } catch (Throwable fault) {
      failure = fault;
      Faults.warn(LOG, fault, "{} ends by {}", this, Faults.describe(fault));
    } finally {
      if (!inOrder) {
        dispatch.lost(this, task, failure);
      }
    }
  }

  private void runTask(Object task) {
    if (dispatch.run(task, this) instanceof ThreadDeath death) {
      throw death;
    }
  }

  /** It has been called, and comes. */
  private void arrive() {
    resting = false;
    dispatch.roster().arrive();
  }

  // ---- Its task

  void beginTaking() {
    RUNNING.setRelease(this, NOTHING);
    TAKING.setRelease(this, true);
  }

  void endTaking(@Nullable Object taken) {
    if (taken != null) {
      RUNNING.setRelease(this, cursor.ticket());
    }
    TAKING.setRelease(this, false);
  }

  /**
   * Whether it has a task. One that is just taking is waited for, within reason: it may be slow, or
   * need the lock, and then it counts as having none yet.
   */
  boolean saysThatItHasTask() {
    for (int looks = 0; taking && looks < MOST_LOOKS; looks++) {
      Thread.yield();
    }
    return running != NOTHING;
  }

  void endTask() {
    RUNNING.setRelease(this, NOTHING);
  }

  /** Whether it may have taken a task that it has not yet said. */
  boolean isTaking() {
    return taking;
  }

  /** The ticket of the task that it runs, or {@link #NOTHING}. */
  long runningTicket() {
    return running;
  }

  boolean runs(PoolTask<?> task) {
    long ticket = running;
    return ticket != NOTHING && (int) ticket == task.ticket;
  }

  /**
   * Interrupts whatever runs, for a shutdown; under the pool's lock, when nothing is queued any
   * more and nobody can come. So it does not matter what runs: a task that has been taken by now
   * shall be interrupted, even if its code has not begun, and there is no later one that could be
   * hit.
   */
  void interrupt() {
    Thread runner = thread;
    if (runner != null) {
      runner.interrupt();
    }
  }

  /** Claims a task that is next, unless it must not run any more. */
  @Override
  public boolean claim(PoolTask<?> next) {
    // A future may also be completed behind our back, as by completeAsync.
    if (next.isDone() || (next.hasExtras() && next.isExpired())) {
      if (next.tryWithdraw()) {
        dropped.add(next);
      }
      return false;
    }
    return next.tryStart();
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

  // ---- Its waits

  /**
   * Waits until it is signalled. Interrupts are nobody's here, and would end every wait at once.
   */
  void awaitSignal() {
    while (!signalled) {
      LockSupport.park(this);
      if (!signalled) {
        Thread.interrupted();
      }
    }
    signalled = false;
  }

  /** Makes it come back from {@link #awaitSignal}; outside of the lock. */
  void signal() {
    signalled = true;
    LockSupport.unpark(thread);
  }

  @Nullable Thread thread() {
    return thread;
  }

  @Override
  public String toString() {
    return "worker " + service.number + " of pool '" + dispatch.name() + "'";
  }
}

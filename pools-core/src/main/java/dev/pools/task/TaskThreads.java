package dev.pools.task;

import dev.pools.internal.ThreadKind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which thread runs which task of one pool, and what the current thread is to the pool: a worker, a
 * caller that runs its own task, or a thread that completes a future of the pool's work.
 */
final class TaskThreads {

  /** The worker of a thread that a factory of the user has created. */
  private static final ThreadLocal<Worker> OF_FOREIGN_THREAD = new ThreadLocal<>();

  private final long pool;
  private final boolean foreign;
  private final boolean virtual;
  private final WorkerSet workers;
  private final IdleWorkers idleWorkers;
  private final CallerRuns callerRuns;

  /** Null if the pool starts its threads itself. */
  private final @Nullable MissingThreads missing;

  TaskThreads(long pool, WorkerThreads threads, WorkerSet workers, CallerRuns callerRuns) {
    this.pool = pool;
    this.foreign = threads.areForeign();
    this.virtual = threads.isVirtual();
    this.workers = workers;
    this.idleWorkers = workers.idleWorkers();
    this.callerRuns = callerRuns;
    this.missing = foreign ? new MissingThreads(workers) : null;
  }

  // ---- The current thread

  /** The current thread has become this worker's. */
  void enter(Worker worker) {
    if (foreign) {
      OF_FOREIGN_THREAD.set(worker);
    }
  }

  /** The current thread is no worker's any more. */
  void exit() {
    if (foreign) {
      OF_FOREIGN_THREAD.remove();
    }
  }

  /**
   * The worker whose thread this is, if it is one of this pool. A virtual thread whose task has set
   * a handler of its own is not recognised: for decisions there is {@link #surelyCurrent}.
   */
  @Nullable Worker current() {
    Object owner =
        foreign ? OF_FOREIGN_THREAD.get() : WorkerThreads.ownerOf(Thread.currentThread(), virtual);
    return owner instanceof Worker worker && worker.pool == pool ? worker : null;
  }

  /** As {@link #current}, whatever its task has done to the thread. May take longer. */
  @Nullable Worker surelyCurrent() {
    Worker found = current();
    return found == null && virtual && ThreadKind.isVirtual(Thread.currentThread())
        ? idleWorkers.ofCurrentThread()
        : found;
  }

  /** As {@link #surelyCurrent}; a virtual thread without a handler of its own is not looked up. */
  @Nullable Worker currentWaiter() {
    Worker found = current();
    return found == null && virtual && WorkerThreads.hasOwnHandler(Thread.currentThread())
        ? surelyCurrent()
        : found;
  }

  /**
   * Whether the current thread runs a task of this pool, tells its listeners of one, or works for a
   * map.
   */
  boolean isInside() {
    return surelyCurrent() != null || isInsideAsCaller();
  }

  /** Whether the current thread runs a task of this pool, or completes one. */
  boolean isInsideAccepted() {
    Worker worker = surelyCurrent();
    return (worker != null && worker.runningTicket() != Worker.NOTHING)
        || isInsideAsCaller()
        || AcceptedWorkScope.covers(pool);
  }

  private boolean isInsideAsCaller() {
    return callerRuns.runningHere() > 0
        || EnteredPools.isInside(pool)
        || AcceptedWorkScope.runnerFor(pool) != null;
  }

  /**
   * The thread that runs for the pool what the current thread is inside of: another one, if a
   * decorator runs a task of the pool here. Otherwise the current thread itself.
   */
  Thread runner() {
    Thread runner = AcceptedWorkScope.runnerFor(pool);
    return runner == null ? Thread.currentThread() : runner;
  }

  // ---- Any thread; under the pool's lock

  /** The thread that runs the task; null if none does. */
  @Nullable Thread runnerOf(PoolTask<?> task) {
    Thread caller = callerRuns.threadOf(task);
    if (caller != null) {
      return caller;
    }
    for (Worker worker : workers.present()) {
      if (worker.runs(task)) {
        return worker.thread();
      }
    }
    return null;
  }

  /** Whether a factory of the user makes the threads, and may fail to deliver them. */
  boolean mayBeMissing() {
    return missing != null;
  }

  /** How many workers have no thread because it is not delivered; without the lock, too. */
  int missing() {
    return missing == null ? 0 : missing.count();
  }

  /** Looks which threads have not come; null if all have. */
  @Nullable MissingThreads lookForMissing(long nowNanos) {
    return missing != null && missing.look(nowNanos) ? missing : null;
  }

  /** Whether there are workers, and a factory of the user has not yet delivered their threads. */
  boolean noneHasCome() {
    if (!foreign || workers.size() == 0) {
      return false;
    }
    for (Worker worker : workers.present()) {
      if (worker.hasArrived()) {
        return false;
      }
    }
    return true;
  }

  /** Gives up the workers whose threads have not come. A thread that comes later ends at once. */
  void giveUpMissing() {
    IllegalStateException missing =
        new IllegalStateException("The thread factory has not delivered a thread for this worker.");
    List<Worker> present = new ArrayList<>();
    workers.present().forEach(present::add);
    for (Worker worker : present) {
      if (worker.tryGiveUpStart()) {
        workers.lost(worker, missing);
      }
    }
  }

  /** Whether a worker has a task, or runs what follows from one. */
  boolean anyIsBusy() {
    for (Worker worker : workers.present()) {
      if (worker.runningTicket() != Worker.NOTHING) {
        return true;
      }
    }
    return false;
  }

  /** All threads that run tasks, without the callers that run bare Runnables. */
  List<Thread> runners() {
    List<Thread> runners = new ArrayList<>();
    for (Worker worker : workers.present()) {
      Thread thread = worker.thread();
      if (thread != null && worker.runningTicket() != Worker.NOTHING) {
        runners.add(thread);
      }
    }
    for (RunNote run : callerRuns.runs()) {
      runners.add(run.thread);
    }
    return runners;
  }
}

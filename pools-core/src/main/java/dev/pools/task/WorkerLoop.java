package dev.pools.task;

import dev.pools.internal.FaultSeries;
import dev.pools.internal.Faults;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the thread of a worker does: take a task, run it, go on; leave when the pool says so. One
 * loop serves all workers of a pool.
 */
final class WorkerLoop implements Worker.Body {

  private final PoolCore core;
  private final TaskCancellation cancellation;
  private final TaskDispatcher dispatcher;
  private final TaskRunner runner;
  private final WorkerLifecycle lifecycle;
  private final TaskThreads threads;
  private final IdleWorkers idleWorkers;
  private final WorkerThreads.Starter starter;
  private final Thread.@Nullable UncaughtExceptionHandler handler;
  private final FaultSeries faults;
  private final boolean threadPerTask;

  WorkerLoop(
      PoolCore core,
      TaskCancellation cancellation,
      TaskDispatcher dispatcher,
      TaskRunner runner,
      WorkerLifecycle lifecycle) {
    this.core = core;
    this.cancellation = cancellation;
    this.dispatcher = dispatcher;
    this.runner = runner;
    this.lifecycle = lifecycle;
    this.threads = core.threads;
    this.idleWorkers = core.idleWorkers;
    this.handler = core.options.uncaughtExceptionHandler();
    this.starter = core.options.threads().starterFor(core.name(), handler);
    this.faults = core.faults;
    this.threadPerTask = core.threadPerTask;
  }

  @Override
  public void startThread(Worker worker) {
    try {
      if (worker.body == null) {
        worker.whenStartFails = new FailedStart(core, cancellation, worker);
        worker.body = this;
      }
      lifecycle.watchStart();
      starter.start(worker);
    } catch (Throwable failure) {
      startFailed(worker, failure);
    }
  }

  /** A thread factory may fail although its thread runs, or after the worker was given up. */
  @Override
  public void startFailed(Worker worker, Throwable failure) {
    if (threadPerTask || worker.tryGiveUpStart()) {
      followFailure(worker, failure);
    } else {
      faults.warn(
          WorkerLoop.class,
          null,
          failure,
          "Pool '{}': the thread factory failed for worker {}, which already has a thread or is not needed any more. No task is lost. Let the factory fail only if it starts no thread",
          worker.poolName(),
          worker.counters.number);
    }
  }

  /** The current thread may owe the starts of other workers. */
  private void followFailure(Worker worker, Throwable failure) {
    try {
      Consumer<Throwable> prepared = worker.whenStartFails;
      if (prepared == null) {
        prepared = new FailedStart(core, cancellation, worker);
      }
      prepared.accept(failure);
    } catch (Throwable noMemory) {
      faults.warn(
          WorkerLoop.class,
          null,
          noMemory,
          "Pool '{}': the thread of worker {} could not be started, and there was no memory to fail the tasks that need it. They stay queued until the next task is submitted",
          worker.poolName(),
          worker.counters.number);
    }
  }

  /** The handler of a virtual thread is its worker, which passes on what the thread has thrown. */
  @Override
  public void uncaughtException(Thread failed, Throwable failure) {
    ThreadGroup group = failed.getThreadGroup();
    if (handler != null) {
      handler.uncaughtException(failed, failure);
    } else if (group != null) {
      group.uncaughtException(failed, failure);
    }
  }

  @Override
  public void run(Worker worker) {
    if (!threadPerTask && !worker.tryArrive()) {
      // A thread factory has created several threads for one worker, or the worker was given up.
      return;
    }
    lifecycle.threadArrives();
    try {
      if (threadPerTask) {
        runOne(worker);
      } else {
        runAll(worker);
      }
    } finally {
      try {
        lifecycle.threadEnds(worker);
      } finally {
        threads.exit();
      }
    }
  }

  /** May find no memory, and then the worker is lost. */
  private void begin(Worker worker) {
    worker.threadStarts();
    threads.enter(worker);
    lifecycle.threadStarts(worker);
  }

  private void runAll(Worker worker) {
    Throwable failure = null;
    // While it rests, this is null: an idle worker keeps no result reachable.
    Object task = null;
    try {
      begin(worker);
      while (!worker.left) {
        task = dispatcher.take(worker, task);
        if (task != null) {
          runTask(task, worker);
        } else if (!worker.left) {
          worker.awaitSignal();
          arrive(worker);
        }
      }
    } catch (Throwable fault) {
      failure = fault;
    } finally {
      if (!worker.left) {
        lifecycle.lost(worker, task, failure);
      }
    }
    report(worker, failure);
  }

  /** Called when the worker has been replaced: the text of a failure and the log are user code. */
  private void report(Worker worker, @Nullable Throwable failure) {
    if (failure != null) {
      faults.warn(
          WorkerLoop.class,
          null,
          failure,
          "Pool '{}': the thread of worker {} ended because of {}. Another thread starts if tasks are queued",
          worker.poolName(),
          worker.counters.number,
          Faults.describe(failure));
    }
  }

  /**
   * Runs one task, on a thread of its own. As soon as the worker rests or has started a successor,
   * another thread may have it.
   */
  private void runOne(Worker worker) {
    Throwable failure = null;
    Object task = null;
    boolean inOrder = false;
    try {
      begin(worker);
      if (worker.resting) {
        arrive(worker);
      }
      task = dispatcher.take(worker, null);
      if (task != null) {
        runTask(task, worker);
        dispatcher.startSuccessor(worker, task);
      }
      inOrder = true;
    } catch (Throwable fault) {
      failure = fault;
    } finally {
      if (!inOrder) {
        lifecycle.lost(worker, task, failure);
      }
    }
    report(worker, failure);
  }

  private void runTask(Object task, Worker worker) {
    if (runner.run(task, worker) instanceof ThreadDeath death) {
      throw death;
    }
  }

  /** The worker was called, and its thread has arrived. */
  private void arrive(Worker worker) {
    worker.resting = false;
    idleWorkers.arrive();
  }
}

package dev.pools.task;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Takes a task in: into the queue as a rule, without the lock. If the queue is full or the pool is
 * shut down, it decides under the lock whether the task waits for a place, is rejected, displaces
 * another one, or runs in its caller.
 */
final class TaskAdmission {

  private final PoolCore core;
  private final WorkerDemand demand;
  private final PoolFlags flags;
  private final TaskQueue queue;
  private final QueueCapacity capacity;
  private final TaskFactory factory;
  private final CallerRuns callerRuns;
  private final TaskThreads threads;
  private final TaskRunner runner;
  private final TaskCancellation cancellation;
  private final Listeners listeners;
  private final @Nullable TaskRecorder recorder;

  // Written under the pool's lock and read without it: a task that comes while the options change
  // may find the old ones.
  private OverflowPolicy overflow;
  private boolean takesBareCode;
  private boolean callersRunBareCode;

  TaskAdmission(
      PoolCore core,
      WorkerDemand demand,
      TaskRunner runner,
      TaskCancellation cancellation,
      Listeners listeners) {
    this.core = core;
    this.demand = demand;
    this.flags = core.flags;
    this.queue = core.queue;
    this.capacity = core.capacity;
    this.factory = core.factory;
    this.callerRuns = core.callerRuns;
    this.threads = core.threads;
    this.runner = runner;
    this.cancellation = cancellation;
    this.listeners = listeners;
    this.recorder = core.factory.recorder();
    this.overflow = core.options.overflow();
    this.takesBareCode = factory.takesBareCode();
    this.callersRunBareCode = callerRuns.takeBareCode();
  }

  /** The options have changed, those of the factory too; under the lock. */
  void become(PoolOptions options) {
    overflow = options.overflow();
    takesBareCode = factory.takesBareCode();
    callersRunBareCode =
        callerRuns.takeBareCode()
            && overflow == OverflowPolicy.CALLER_RUNS
            && factory.callersTakeBareCode();
  }

  // ---- Without the lock

  <T> PoolFuture<T> submit(Callable<T> work) {
    return accept(factory.task(work, TaskOptions.DEFAULT));
  }

  /** Takes a task as the pool's overflow policy says. */
  <T> PoolFuture<T> accept(PoolTask<T> task) {
    if (!acceptQuickly(task) && submit(task, overflow)) {
      runByCaller(task);
    }
    return task;
  }

  /** Takes a task if there is a place for it at once. */
  <T> PoolFuture<T> acceptNow(PoolTask<T> task) {
    if (!acceptQuickly(task)) {
      submit(task, OverflowPolicy.REJECT);
    }
    return task;
  }

  /** Takes a task of the default priority whose future no caller has. */
  void execute(Runnable code) {
    boolean bare = takesBareCode && !(code instanceof PoolTask) && !flags.hasAny(PoolFlags.CLOSED);
    if (bare && capacity.tryTakePlace()) {
      if (queue.add(code)) {
        noteSubmission();
        demand.callWorkerForTask();
      } else {
        takeBackTicket();
        accept(factory.executed(code, TaskOptions.DEFAULT));
      }
    } else if (!bare || !callersRunBareCode || !runByCaller(code)) {
      accept(factory.executed(code, TaskOptions.DEFAULT));
    }
  }

  /** Takes a task if that needs no decision. */
  private boolean acceptQuickly(PoolTask<?> task) {
    if (flags.hasAny(PoolFlags.CLOSED) || !capacity.tryTakePlace()) {
      return false;
    }
    task.enqueue();
    if (queue.add(task)) {
      noteSubmission();
      demand.callWorkerForTask();
      return true;
    }
    task.becomeNewAgain();
    takeBackTicket();
    return false;
  }

  /**
   * Notes that the task of a worker submits another one: so {@link RunWatch} can tell a worker that
   * waits for its own pool from other workers that wait.
   */
  private void noteSubmission() {
    Worker worker = threads.current();
    if (worker != null) {
      worker.counters.noteSubmission();
    }
  }

  /**
   * The pool was shut down between a look at the flags and the queue, which refused the task.
   * Whether the pool refuses it is decided under the lock.
   */
  private void takeBackTicket() {
    core.enter();
    try {
      core.counters.refusedTickets++;
      capacity.givePlace();
    } finally {
      core.leave();
    }
  }

  // ---- In the caller

  private void runByCaller(PoolTask<?> task) {
    long[] place = EnteredPools.place();
    EnteredPools.Entry entry = EnteredPools.enter(place, core.number);
    try {
      runner.run(task, null);
    } catch (Throwable fault) {
      if (!task.is(TaskState.ENDED)
          && runner.end(task, false, null) != Outcome.CANCELLED
          && task.timeout() == null) {
        task.fail(fault);
      }
      throw fault;
    } finally {
      core.settle(task);
      EnteredPools.leave(place, entry);
    }
  }

  /**
   * Runs a task on the thread of its submitter, without the lock, if nothing has to be decided.
   *
   * @return whether the task has run; if not, it must be submitted like any other
   */
  private boolean runByCaller(Runnable code) {
    if (flags.hasAny(PoolFlags.CLOSED | PoolFlags.DRAINS | PoolFlags.GROW | PoolFlags.PRESS)) {
      return false;
    }
    CallerPlace place = callerRuns.tryTakePlace();
    if (place == null) {
      return false;
    }
    if (flags.hasAny(PoolFlags.CLOSED | PoolFlags.DRAINS)) {
      place.leave();
      core.look();
      return false;
    }
    // The stack may be full soon: from here to the end of this run nothing is called that is large.
    Throwable thrown = null;
    try {
      code.run();
      place.countCompleted();
    } catch (Throwable failure) {
      thrown = failure;
      callerRuns.countFailed();
    } finally {
      place.leave();
    }
    if (flags.hasAny(PoolFlags.CLOSED | PoolFlags.DRAINS)) {
      core.look();
    }
    if (thrown != null) {
      runner.reportFailure(thrown);
    }
    return true;
  }

  // ---- Under the lock

  /**
   * Takes a task in, or refuses it.
   *
   * @return whether the caller must run the task itself
   */
  private boolean submit(PoolTask<?> task, OverflowPolicy policy) {
    RejectedExecutionException refusal;
    PoolTask<?> displaced = null;
    boolean callerMustRun = false;
    queue.noteSubmitter(task);
    noteSubmission();
    // User code may answer what thread this is, so it is asked before the lock.
    boolean closed = flags.hasAny(PoolFlags.CLOSED);
    boolean inside = closed && threads.isInsideAccepted();
    boolean again;
    core.enter();
    try {
      again = !closed && core.state() != PoolState.RUNNING;
      refusal = again ? null : refusalOf(task, inside);
      if (!again && refusal == null) {
        if (capacity.tryTakePlaceInTurn() || takePlaceOfNewWorker()) {
          core.enqueue(task);
        } else if (policy == OverflowPolicy.REJECT) {
          refusal = refusalForWantOfPlace(task);
        } else if (policy == OverflowPolicy.WAIT) {
          awaitPlace(task);
        } else if (policy == OverflowPolicy.CALLER_RUNS) {
          runInCaller(task);
          callerMustRun = true;
        } else {
          displaced = displacedBy(task, policy);
        }
      }
    } finally {
      core.leave();
    }
    if (again) {
      return submit(task, policy);
    }
    if (refusal != null) {
      tellRejected(task);
      throw refusal;
    }
    if (displaced != null) {
      finishDisplaced(displaced, task);
    }
    return callerMustRun;
  }

  /** The task has no place in the queue, and therefore no ticket. */
  private void isOutside(PoolTask<?> task) {
    task.isOutside(++core.counters.outside);
    if (recorder != null) {
      recorder.outside(task);
    }
  }

  private void tellRejected(PoolTask<?> task) {
    if (recorder != null) {
      recorder.rejected(task);
    }
    listeners.taskRejected(task);
  }

  /** The task waits for a place in the queue. */
  private void awaitPlace(PoolTask<?> task) {
    core.drains.enter(task);
    task.stamp(core.time.nanoTime());
    isOutside(task);
    capacity.await(task);
  }

  /** The current thread, which has submitted the task, will run it. */
  private void runInCaller(PoolTask<?> task) {
    core.drains.enter(task);
    isOutside(task);
    long now = core.time.nanoTime();
    task.stamp(now);
    task.start();
    callerRuns.register(
        task, new RunNote(Thread.currentThread(), task, now, true, task.submittedNanos()));
    core.timers.watch.want(core.factory.limitsRuns());
  }

  /** One of two tasks was dropped: one that was queued, or the new one. */
  private void finishDisplaced(PoolTask<?> displaced, PoolTask<?> task) {
    if (displaced == task) {
      task.completeAsDecided();
      tellRejected(task);
      task.forget();
    } else {
      if (recorder != null) {
        recorder.displaced(displaced);
      }
      cancellation.dropped.finishAll(List.of(displaced), Outcome.CANCELLED);
    }
  }

  /**
   * Plans one more worker, and takes the place that it adds. That place may be gone: a free worker
   * that is just taking another task, or has just taken one, was counted for this task, too.
   */
  private boolean takePlaceOfNewWorker() {
    return !capacity.hasWaiting()
        && core.workers.growByOne(core.time.nanoTime())
        && capacity.tryTakePlaceInTurn();
  }

  /** Why the task is refused; null if it is not, and then this plans the workers that it needs. */
  private @Nullable RejectedExecutionException refusalOf(PoolTask<?> task, boolean inside) {
    if (core.state() != PoolState.RUNNING) {
      if (!belongsToAccepted(task, inside)) {
        refuse(task);
        return new PoolShutDownException(core, core.state());
      }
      core.openMaps.countSubmitted();
    }
    // The task is not queued yet, so no worker that takes another one would look again for it.
    int demand = core.queueSize.demand() + 1;
    core.workers.meet(demand, core.workers.free(), core.time.nanoTime());
    return null;
  }

  /**
   * Whether a task belongs to work that was accepted before the pool was shut down: it is an
   * element of a map, or was submitted by a task of this pool, or by a completion of one. Such
   * tasks are accepted as long as the pool drains.
   *
   * <p>This and the acceptance are one hold of the lock, and so are the look of the rule in {@link
   * PoolCore#leave} (nothing is left) and what it sets (TERMINATED). So a task is either accepted
   * by a pool that has not terminated, and then it is queued and the pool waits for it; or it is
   * refused. It is not refused too early: a task's worker is present until the task's dependants
   * have run, a caller that runs its own task counts until it has returned, and a map is open until
   * its result is complete. As long as one of these is there the pool has not terminated.
   */
  private boolean belongsToAccepted(PoolTask<?> task, boolean inside) {
    return core.state() == PoolState.DRAINING
        && (inside || (task.isElement() && !core.openMaps.isEmpty()));
  }

  private RejectedExecutionException refusalForWantOfPlace(PoolTask<?> task) {
    refuse(task);
    return new PoolFullException(
        core.name(),
        core.queueSize.backlog(core.queueSize.queued(), core.workers.free()),
        core.options.queueCapacity(),
        capacity.waiting(),
        core.workers.size());
  }

  private void refuse(PoolTask<?> task) {
    cancellation.announceWithdrawal(task, /* cancels= */ true);
    core.counters.rejected++;
  }

  /**
   * Which task is dropped because the queue is full: the new one, or one that makes room for it.
   */
  private PoolTask<?> displacedBy(PoolTask<?> task, OverflowPolicy policy) {
    while (policy == OverflowPolicy.DISCARD_OLDEST) {
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
        core.withdrawnFromQueue(oldest, Outcome.CANCELLED);
        if (capacity.hasWaiting()) {
          // They came while the policy was to wait. The place is theirs, and this task comes after.
          awaitPlace(task);
        } else {
          capacity.takePlaceGivenBack();
          core.enqueue(task);
        }
        return oldest;
      }
    }
    refuse(task);
    return task;
  }

  /**
   * How many free workers have not taken a task yet. Each of them will take a queued task. These
   * tasks do not count as waiting, and must not be dropped.
   */
  private int workersOnTheirWay() {
    if (core.workers.free() == 0) {
      return 0;
    }
    int onTheirWay = 0;
    for (Worker worker : core.workers.present()) {
      if (core.idleWorkers.isFree(worker) && !worker.saysThatItHasTask()) {
        onTheirWay++;
      }
    }
    return onTheirWay;
  }
}

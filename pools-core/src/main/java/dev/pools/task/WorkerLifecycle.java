package dev.pools.task;

import dev.pools.OptionChange;
import dev.pools.flight.Flight;
import dev.pools.flight.FlightReports;
import dev.pools.internal.ExitingThreads;
import dev.pools.internal.Faults;
import dev.pools.internal.OptionValues;
import dev.pools.internal.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** How workers come and go: started, lost, dismissed, resized; and how their runs are watched. */
final class WorkerLifecycle implements PoolTimer.Owner {

  private final PoolCore core;
  private final WorkerDemand demand;
  private final TaskCancellation cancellation;
  private final TasksInExit tasksInExit;
  private final LostWorkers lostWorkers;
  private final Listeners listeners;
  private final boolean hasListeners;

  /** Used by the thread of the timer only. */
  private @Nullable RunSupervisor supervisor;

  /** Used by the thread of the timer only. Kept here, because recordings refer to it weakly. */
  private @Nullable TaskFlight flight;

  WorkerLifecycle(
      PoolCore core,
      WorkerDemand demand,
      TaskCancellation cancellation,
      PoolShutdown shutdown,
      Listeners listeners) {
    this.core = core;
    this.demand = demand;
    this.cancellation = cancellation;
    this.tasksInExit = new TasksInExit(core, shutdown);
    this.lostWorkers = new LostWorkers(core, demand, cancellation.dropped);
    this.listeners = listeners;
    this.hasListeners = !listeners.none();
    core.timers.shrink.ownedBy(this);
    core.timers.watch.ownedBy(this);
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // A pool has one timer of each kind.
  public void fired(PoolTimer timer) {
    if (timer == core.timers.shrink) {
      shrink(timer);
    } else if (timer == core.timers.watch) {
      watchRuns(timer);
    }
  }

  /** Starts the first workers. */
  void open() {
    core.enter();
    try {
      demand.fill();
    } finally {
      core.leave();
    }
  }

  // ---- A worker's thread

  /** A worker's thread has come; {@link #threadEnds} follows. */
  void threadArrives() {
    if (hasListeners) {
      core.untold.begin();
    }
  }

  /** A worker's thread starts, and the listeners are told. */
  void threadStarts(Worker worker) {
    if (hasListeners) {
      listeners.workerStarted(worker.counters.number);
    }
  }

  /**
   * A worker's thread ends, and the listeners are told. The pool does not terminate before that,
   * unless a listener takes too long; see {@link ListenerCalls}.
   */
  void threadEnds(Worker worker) {
    if (hasListeners) {
      Thread.interrupted();
      try {
        listeners.workerEnded(worker.counters.report());
      } finally {
        core.untold.end();
        if (core.flags.hasAny(PoolFlags.CLOSED)) {
          core.look();
        }
      }
    }
  }

  /** A worker's thread ends by a fault of its own; see {@link LostWorkers}. */
  void lost(Worker worker, @Nullable Object last, @Nullable Throwable failure) {
    lostWorkers.lost(worker, last, failure);
  }

  // ---- Watched runs

  /** Looks at all runs; goes on as long as there are any. */
  private void watchRuns(PoolTimer timer) {
    RunWatch runWatch = core.runWatch;
    long again = -1;
    int number = 0;
    List<Worker> stuck = List.of();
    RunSupervisor supervising = supervisor();
    List<Runnable> actions = new ArrayList<>();
    boolean closed = core.flags.hasAny(PoolFlags.CLOSED);
    core.enter();
    try {
      if (timer.isReplaced()) {
        return;
      }
      long now = core.time.nanoTime();
      WorkerReadings readings = core.workers.read(now);
      int queued = core.queue.readings().sizeUpTo(core.workers.greatestDemand());
      MissingThreads missing = core.threads.lookForMissing(now);
      if (missing != null) {
        doWithout(missing, queued, actions);
      }
      if (core.workers.hasFailedStarts()) {
        // No submitter may come that would try again. Not here, because a failure is logged.
        actions.add(() -> replaceMissing(0));
      }
      if (hasListeners) {
        doWithoutListeners(now, actions);
      }
      boolean stalled =
          RunWatch.isStalled(readings, queued, core.workers.size(), core.threads.missing());
      boolean busy = readings.occupied > 0 || core.threads.anyIsBusy();
      boolean quiet = runWatch.look(readings, busy, stalled, core.workers.watch(now), now);
      quiet &= missing == null && (!closed || core.callerRuns.running() == 0);
      if (supervising != null) {
        supervising.look(now);
        actions.addAll(supervising.takeFound());
        quiet &= supervising.isIdle();
      }
      if (core.state() == PoolState.TERMINATED || quiet) {
        timer.latest.fired();
      } else {
        again = RunWatch.nextLookNanos(readings, missing == null ? 0 : missing.longestNanos());
        if (supervising != null) {
          again = Math.min(again, supervising.periodNanos());
        }
        number = timer.latest.setAgain();
        if (runWatch.stalledNanos(readings, stalled, now) >= RunWatch.OWN_NANOS) {
          stuck = new ArrayList<>();
          core.workers.present().forEach(stuck::add);
        }
      }
    } finally {
      core.leave();
    }
    // The timer is set whatever fails here: else no look would follow, and no run had a limit.
    try {
      if (closed && again >= 0 && ExitingThreads.hasExitBegun()) {
        actions.add(tasksInExit::look);
        again = RunWatch.LOOK_NANOS;
      }
      core.helpers.run(actions);
      if (flight == null && core.uptime().compareTo(Flight.KNOWN_AFTER) >= 0) {
        flight = TaskFlight.known(core);
      }
      if (!stuck.isEmpty()) {
        runWatch.waits(RunWatch.waitsOf(stuck));
      }
    } finally {
      if (again >= 0) {
        core.set(timer, number, again);
      }
    }
  }

  /**
   * Threads do not come: other workers are planned for the tasks that are queued, and the log is
   * told. A pool that is shut down, and waits for nothing else, ends without these threads. Under
   * the lock.
   *
   * @param actions gets what a helper thread has to do
   */
  private void doWithout(MissingThreads missing, int queued, List<Runnable> actions) {
    PoolState state = core.state();
    int count = missing.count();
    if (count == 0 || (state != PoolState.RUNNING && queued == 0)) {
      return;
    }
    if (queued > 0) {
      actions.add(() -> replaceMissing(count));
    }
    if (missing.takeNews(state)) {
      long seconds = missing.longestNanos() / 1_000_000_000L;
      actions.add(() -> warnOfMissing(state, count, seconds, queued));
    }
  }

  /**
   * Listeners that are told of the end of a run do not return: a helper thread completes the future
   * of the task. Its result was noted before the task ended (T4 of {@link TaskLifecycle}). Under
   * the lock.
   */
  private void doWithoutListeners(long now, List<Runnable> actions) {
    for (Worker worker : core.workers.present()) {
      RunNote note = worker.note();
      if (note == null
          || !(note.task instanceof PoolTask<?> task)
          || !task.is(TaskState.ENDED)
          || task.isExecuted()
          || task.isDone()) {
        continue;
      }
      note.endSeenNanos = note.endSeen ? note.endSeenNanos : now;
      note.endSeen = true;
      if (!note.deliveredLate && now - note.endSeenNanos >= TellingLimit.LIMIT_NANOS) {
        note.deliveredLate = true;
        actions.add(() -> cancellation.dropped.deliverLate(task));
      }
    }
  }

  private void replaceMissing(int missing) {
    core.enter();
    try {
      demand.meetWithout(missing);
    } finally {
      core.leave();
    }
  }

  private void warnOfMissing(PoolState state, int threads, long seconds, int queued) {
    Faults.warn(
        WorkerLifecycle.class,
        null,
        "Pool '{}' is {} and its thread factory has not delivered {} for {}, {}. Look at what the factory waits for. shutdownNow() ends the pool without it",
        core.name(),
        state,
        Faults.count(threads, "thread"),
        Duration.ofSeconds(seconds),
        Faults.count(queued, "task is queued", "tasks are queued"));
  }

  /** The thread of a worker is asked of a factory of the user, which may not deliver it. */
  void watchStart() {
    if (core.threads.mayBeMissing()) {
      core.enter();
      try {
        core.timers.watch.want(core.state() != PoolState.TERMINATED);
      } finally {
        core.leave();
      }
    }
  }

  private @Nullable RunSupervisor supervisor() {
    if (supervisor == null && core.factory.limitsRuns()) {
      supervisor = new RunSupervisor(core, listeners);
    }
    return supervisor;
  }

  // ---- How many there may be

  /** Looks for workers that have been idle for too long. */
  private void shrink(PoolTimer timer) {
    long again = -1;
    int number = 0;
    core.enter();
    try {
      if (timer.isReplaced()) {
        return;
      }
      timer.latest.fired();
      // Before the look at those that rest: a worker that rests after it sets the timer.
      core.setFlags();
      if (core.state() == PoolState.RUNNING) {
        int pending = core.workers.busy() + core.queueSize.demand();
        again = core.workers.dismissIdle(pending, timer.delayNanos(), core.time.nanoTime());
        number = again >= 0 ? timer.latest.setAgain() : 0;
      }
    } finally {
      core.leave();
    }
    if (again >= 0) {
      core.set(timer, number, again);
    }
  }

  CompletableFuture<Void> resize(int minWorkers, int maxWorkers) {
    Promise<Void> done = new Promise<>();
    AdvancedPoolChange change =
        new AdvancedPoolChange().minWorkers(minWorkers).maxWorkers(maxWorkers);
    core.enter();
    try {
      if (core.state() == PoolState.TERMINATED) {
        return CompletableFuture.failedFuture(new PoolShutDownException(core, core.state()));
      }
      done.whenGivenUp(() -> forgetResize(done));
      PoolOptions before = core.options;
      PoolOptions next = change.appliedTo(before);
      tellOfChange(before, next);
      core.options = next;
      changeLimits(minWorkers, maxWorkers);
      core.resizes.add(done);
    } finally {
      core.leave();
    }
    return done;
  }

  /** Tells the listeners what has changed, after the lock. */
  void tellOfChange(PoolOptions before, PoolOptions next) {
    if (hasListeners) {
      core.completions.tell(
          () -> {
            List<OptionChange> changes = OptionValues.changes(before, next, OptionChange::new);
            if (!changes.isEmpty()) {
              listeners.reconfigured(changes);
            }
          });
    }
  }

  /** Sets the least and the greatest number of workers; under the lock. */
  void changeLimits(int minWorkers, int maxWorkers) {
    core.workers.resize(minWorkers, maxWorkers);
    if (Flight.isRecording()) {
      core.completions.tell(
          () -> FlightReports.resized(core.name(), "workers", minWorkers, maxWorkers));
    }
    applyLimits();
    // Workers that are idle by now did not set the timer if there could be no fewer workers before.
    core.timers.shrink.want(core.workers.idle() > 0 && core.workers.mayShrink());
  }

  private void forgetResize(Promise<Void> resize) {
    core.enter();
    try {
      core.resizes.remove(resize);
    } finally {
      core.leave();
    }
  }

  /** Sets how many workers there may be for now, within the options. */
  void limitWorkers(int most) {
    core.enter();
    try {
      core.workers.limit(most);
      applyLimits();
    } finally {
      core.leave();
    }
  }

  private void applyLimits() {
    core.factory.noteLimit(core.workers.most());
    core.setFlags();
    core.workers.dismissBeyondMax();
    demand.fill();
    demand.meetDemand();
  }
}

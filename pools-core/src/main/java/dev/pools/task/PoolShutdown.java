package dev.pools.task;

import dev.pools.internal.Faults;
import dev.pools.internal.Promise;
import dev.pools.internal.ThreadInterrupt;
import dev.pools.internal.Time;
import dev.pools.map.MapExecutor.OpenMap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The way from RUNNING to TERMINATED: close the door, cancel what has not started, interrupt what
 * runs, cut off maps that would submit more, and tell the callers that wait for the end. The rule
 * that notices the end is {@link PoolCore#leave}.
 */
final class PoolShutdown implements PoolTimer.Owner {

  /** How many tasks a log line names. */
  private static final int NAMED_WHEN_DROPPED = 10;

  /**
   * How long a shutdown waits at most for helper threads that cancel tasks and make no progress.
   */
  private static final long CANCEL_PATIENCE_NANOS = 100_000_000L;

  /** How long it sleeps between two looks. */
  private static final long CANCEL_LOOK_NANOS = 50_000L;

  private final PoolCore core;
  private final TaskCancellation cancellation;

  PoolShutdown(PoolCore core, TaskCancellation cancellation) {
    this.core = core;
    this.cancellation = cancellation;
    core.timers.patience.ownedBy(this);
    core.timers.quiet.ownedBy(this);
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // A pool has one timer of each kind.
  public void fired(PoolTimer timer) {
    if (timer == core.timers.patience) {
      patienceEnds();
    } else {
      quietEnds();
    }
  }

  // ---- Accepted work that submits more

  /**
   * Work starts that will submit more tasks.
   *
   * @return what to give back to {@link #endMap}; null if the pool is shut down, and the work does
   *     not belong to accepted work
   */
  OpenMaps.@Nullable Entry beginMap(OpenMap map) {
    while (true) {
      // User code may answer what thread this is, so it is asked before the lock.
      boolean closed = core.flags.hasAny(PoolFlags.CLOSED);
      boolean inside = closed && core.threads.isInsideAccepted();
      core.enter();
      try {
        PoolState state = core.state();
        if (state == PoolState.RUNNING || (state == PoolState.DRAINING && inside)) {
          return core.openMaps.add(map);
        }
        if (closed) {
          return null;
        }
        // The pool was shut down after the flags were read.
      } finally {
        core.leave();
      }
    }
  }

  void endMap(OpenMaps.Entry entry) {
    core.enter();
    try {
      core.openMaps.remove(entry);
    } finally {
      core.leave();
    }
  }

  /** Cuts off maps, if the pool has long had nothing else left and no input delivers anything. */
  private void quietEnds() {
    List<OpenMap> cut = List.of();
    core.enter();
    try {
      core.timers.quiet.latest.fired();
      if (core.state() == PoolState.DRAINING
          && core.openMaps.noneSubmittedSinceMark()
          && core.workers.size() == 0
          && core.drains.noneCounted()) {
        cut = core.openMaps.takeAll();
      }
    } finally {
      core.leave();
    }
    cutOff(cut, PoolState.DRAINING);
  }

  /**
   * Cuts off maps; not under the lock, and on helper threads: it completes futures of users, and
   * what depends on one must hold up neither another one nor the shutdown.
   */
  private void cutOff(List<OpenMap> cut, PoolState since) {
    List<Runnable> actions = new ArrayList<>(cut.size());
    for (OpenMap map : cut) {
      actions.add(() -> map.cutOff(new PoolShutDownException(core, since)));
    }
    core.helpers.run(actions);
  }

  // ---- Shut down

  /** Takes no more tasks; what was submitted runs. */
  void shutdown() {
    core.enter();
    try {
      if (core.state() == PoolState.RUNNING) {
        core.termination.shutDownBy = Thread.currentThread().getName();
        core.become(PoolState.DRAINING);
        closeDoor();
      }
    } finally {
      core.leave();
    }
  }

  /**
   * All users have forgotten the pool. Runs on the one thread that all forgotten pools share, and
   * so leaves the work to a helper thread: it may lead to user code, as by a log line.
   */
  void forgotten() {
    if (core.state() == PoolState.RUNNING) {
      core.helpers.run(this::shutdown);
    }
  }

  private void closeDoor() {
    core.queue.close();
    PoolState now = core.state();
    for (QueueCapacity.SlotWaiter waiter : core.capacity.takeSlotWaiters()) {
      core.completions.tell(waiter::cancelTimer);
      core.completions.fail(waiter.slot, new PoolShutDownException(core, now));
    }
    core.setFlags();
    core.workers.callAll();
    // A caller that runs its own task may call System.exit: see TasksInExit.
    core.timers.watch.want(core.callerRuns.running() > 0);
  }

  /** What a stop has decided under the lock; {@link #carryOut} must follow. */
  private record Stop(
      List<PoolTask<?>> dropped,
      List<Worker> interrupted,
      List<PoolTask<?>> interruptedInCallers,
      List<OpenMap> cut) {}

  /**
   * Takes no more tasks, cancels those that have not started, and interrupts those that have.
   *
   * @return the tasks that have never run, the most urgent first; they can still be run by hand
   */
  List<Runnable> stop() {
    Stop stop = stopTaking(/* interrupt= */ true);
    List<Runnable> neverRun = new ArrayList<>(stop.dropped.size());
    for (PoolTask<?> task : stop.dropped) {
      neverRun.add(task.returned());
    }
    awaitDone(carryOut(stop));
    return neverRun;
  }

  /** Takes no more tasks of any kind. */
  private Stop stopTaking(boolean interrupt) {
    core.enter();
    try {
      List<OpenMap> cut = core.openMaps.takeAll();
      if (core.state() == PoolState.RUNNING) {
        core.termination.shutDownBy = Thread.currentThread().getName();
      }
      if (core.state() != PoolState.TERMINATED) {
        core.become(PoolState.STOPPING);
      }
      List<Worker> interrupted = new ArrayList<>();
      List<PoolTask<?>> interruptedInCallers = List.of();
      if (interrupt) {
        core.interruptAll();
        core.workers.present().forEach(interrupted::add);
        interruptedInCallers = core.callerRuns.tasks();
      }
      // First, so that no task comes in between.
      core.queue.close();
      Stop stop =
          new Stop(
              cancellation.withdrawAll(Outcome.CANCELLED), interrupted, interruptedInCallers, cut);
      closeDoor();
      return stop;
    } finally {
      core.leave();
    }
  }

  /**
   * Carries out what a stop has decided: first what leads to no user code.
   *
   * @return the tasks that helper threads complete
   */
  private List<PoolTask<?>> carryOut(Stop stop) {
    return cancellation.dropped.finishAll(
        stop.dropped,
        Outcome.CANCELLED,
        () -> {
          stop.interrupted.forEach(this::interrupt);
          // The thread of a caller is not the pool's: the task holds it, and an ended one is left.
          stop.interruptedInCallers.forEach(cancellation::interrupt);
          cutOff(stop.cut, PoolState.STOPPING);
        });
  }

  /**
   * Interrupts whatever a worker runs. Nothing is queued any more and no task can come, so it does
   * not matter what that is: a task that was taken before must be interrupted, even if its code has
   * not started, and there is no later one that could be hit.
   *
   * <p>Nor does the interrupt hit what the thread does when its worker has left, which is to tell
   * the listeners. This thread holds the worker first and then looks under the lock whether it is
   * present. A worker leaves under the lock first and then waits as long as it is held. Whichever
   * comes second sees the other.
   */
  private void interrupt(Worker worker) {
    worker.holdForInterrupt();
    try {
      Thread thread = isPresent(worker) ? worker.thread() : null;
      if (thread != null) {
        ThreadInterrupt.send(thread, core.name());
      }
    } finally {
      worker.releaseFromInterrupt();
    }
  }

  private boolean isPresent(Worker worker) {
    core.enter();
    try {
      return core.workers.isPresent(worker);
    } finally {
      core.leave();
    }
  }

  /** Carries out a stop, and says which tasks are lost, by name as far as a log line can hold. */
  private void carryOutAndWarn(Stop stop, String why) {
    List<PoolTask<?>> dropped = stop.dropped;
    List<String> named = new ArrayList<>(NAMED_WHEN_DROPPED);
    for (int i = 0; i < Math.min(NAMED_WHEN_DROPPED, dropped.size()); i++) {
      // Now, because a task that is cancelled forgets its function.
      named.add(dropped.get(i).label());
    }
    carryOut(stop);
    if (dropped.isEmpty()) {
      return;
    }
    // Last, because the log is user code.
    Faults.warn(
        PoolShutdown.class,
        null,
        "Pool '{}' cancels {} not started, because {}: {}{}",
        core.name(),
        Faults.count(dropped.size(), "task that has", "tasks that have"),
        why,
        String.join(", ", named),
        dropped.size() > NAMED_WHEN_DROPPED ? " and more" : "");
  }

  /** Cancels what has not started, and takes nothing more; what runs goes on. */
  private void dropPending() {
    carryOutAndWarn(stopTaking(/* interrupt= */ false), "the idleTimeout of its shutdown is over");
  }

  /** Shuts down as the options say; completes with the uptime. */
  CompletableFuture<Duration> shutdown(ShutdownOptions how) {
    if (how.pending() == PendingTasks.CANCEL) {
      awaitDone(carryOut(stopTaking(/* interrupt= */ false)));
    } else {
      shutdown();
    }
    PendingShutdown shutdown = new PendingShutdown();
    core.enter();
    try {
      if (core.state() == PoolState.TERMINATED) {
        return CompletableFuture.completedFuture(core.uptime());
      }
      core.termination.shutdowns.add(shutdown);
      shutdown.done.whenGivenUp(() -> forgetShutdown(shutdown));
    } finally {
      core.leave();
    }
    if (how.idleTimeout() != null) {
      shutdown.addTimer(
          core.time.schedule(
              Time.nanos(how.idleTimeout()), () -> core.helpers.run(this::dropPending)));
    }
    if (how.totalTimeout() != null) {
      shutdown.addTimer(
          core.time.schedule(
              Time.nanos(how.totalTimeout()),
              () -> core.helpers.run(() -> totalTimeout(shutdown))));
    }
    return shutdown.done;
  }

  /** As {@link #dropPending}, for tasks and maps that could never go on. */
  void dropStranded() {
    carryOutAndWarn(
        stopTaking(/* interrupt= */ false),
        "the tasks that take up its workers called System.exit");
  }

  private void totalTimeout(PendingShutdown shutdown) {
    Stop stop = stopTaking(/* interrupt= */ true);
    core.helpers.run(() -> shutdown.done.complete(core.read(core::uptime)));
    carryOutAndWarn(stop, "the totalTimeout of its shutdown is over");
  }

  private void forgetShutdown(PendingShutdown shutdown) {
    shutdown.cancelTimers();
    core.enter();
    try {
      core.termination.shutdowns.remove(shutdown);
    } finally {
      core.leave();
    }
  }

  /** Terminates a pool that waits for nothing but user code, if that takes too long. */
  private void patienceEnds() {
    boolean ends;
    int missing;
    core.enter();
    try {
      core.timers.patience.latest.fired();
      missing = core.workers.size();
      ends = core.state() != PoolState.TERMINATED;
      core.endPatience();
      ends &= core.state() == PoolState.TERMINATED;
    } finally {
      core.leave();
    }
    if (ends) {
      core.time.runOnHelperThread(() -> warnOfEnd(missing));
    }
  }

  private void warnOfEnd(int missing) {
    long seconds = PoolTimers.LISTENER_PATIENCE_NANOS / 1_000_000_000L;
    if (missing > 0) {
      Faults.warn(
          PoolShutdown.class,
          null,
          "Pool '{}' has terminated although its thread factory has not delivered {} for {} s. Look at what the factory waits for.",
          core.name(),
          Faults.count(missing, "thread"),
          seconds);
      return;
    }
    Faults.warn(
        PoolShutdown.class,
        null,
        "Pool '{}' has terminated although a listener has not returned from workerEnded or taskDropped for {} s. Make that listener quicker.",
        core.name(),
        seconds);
  }

  // ---- Wait for the end

  /** Waits until the pool has terminated; no user code can hold that up. */
  boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return core.state() == PoolState.TERMINATED || core.termination.terminated.await(timeout, unit);
  }

  /** Completes with the reports of all workers when the pool has terminated. */
  CompletableFuture<List<WorkerReport>> join() {
    Promise<List<WorkerReport>> joined = new Promise<>();
    core.enter();
    try {
      if (core.state() == PoolState.TERMINATED) {
        return CompletableFuture.completedFuture(List.copyOf(core.workers.reports()));
      }
      joined.whenGivenUp(() -> forgetJoin(joined));
      core.termination.joins.add(joined);
      return joined;
    } finally {
      core.leave();
    }
  }

  private void forgetJoin(Promise<List<WorkerReport>> joined) {
    core.enter();
    try {
      core.termination.joins.remove(joined);
    } finally {
      core.leave();
    }
  }

  /** Waits until helper threads have completed these, or make no progress. */
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
}

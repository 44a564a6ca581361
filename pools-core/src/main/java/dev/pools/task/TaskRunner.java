package dev.pools.task;

import static java.util.Objects.requireNonNull;

import dev.pools.flight.Flight;
import dev.pools.internal.ThreadInterrupt;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Runs one task, outside of the lock: its context, its listeners, its code, its result, and the
 * report of its failure.
 */
final class TaskRunner {

  /** What the listeners were told when a run started. */
  private record ToldStart(TaskInfo info, Duration waited, long startNanos) {}

  private final PoolCore core;
  private final Listeners listeners;
  private final boolean hasListeners;

  /** Null if no task is recorded. */
  private final @Nullable TaskRecorder recorder;

  /**
   * Whether workers note each run, and not only those of tasks with options. Written under the
   * pool's lock and read without it: a run that starts while the options change may see the old
   * value.
   */
  private boolean notesEachRun;

  private final FailureReports reports;

  TaskRunner(PoolCore core, Listeners listeners) {
    this.core = core;
    this.listeners = listeners;
    this.hasListeners = !listeners.none();
    this.recorder = core.factory.recorder();
    this.notesEachRun = notesEachRun(core.options);
    this.reports = new FailureReports(core);
  }

  /** The options have changed; under the lock. */
  void become(PoolOptions options) {
    notesEachRun = notesEachRun(options);
  }

  private boolean notesEachRun(PoolOptions options) {
    return hasListeners || RunLimits.areSet(options) || options.threads().areManual();
  }

  /**
   * Runs a task that has been taken, on the current thread, up to the completion of its future.
   *
   * @param worker the worker whose thread this is; null if a submitter runs its own task
   * @return what the task has thrown, if anything
   */
  @Nullable Throwable run(PoolTask<?> task, @Nullable Worker worker) {
    if (!task.hasExtras() && !notesEachRun) {
      return runAndTell(task, worker, /* context= */ null);
    }
    RunNote note =
        worker == null ? null : begin(worker, task, task.isStamped(), task.submittedNanos());
    // An interrupt that a listener or a dependant has left is not for the listeners of this task.
    if (worker != null && Thread.interrupted()) {
      keepInterruptMeantFor(task);
    }
    long startNanos = recorder == null ? 0 : startsRecorded(recorder, task, note);
    try {
      TaskContext context = task.takeContext();
      return context == null
          ? runAndTell(task, worker, /* context= */ null)
          : runInside(context, task, worker);
    } finally {
      if (worker != null && note != null) {
        end(worker, note);
      }
      if (recorder != null) {
        recorder.ran(task, startNanos, /* byCaller= */ worker == null);
      }
    }
  }

  /** Tells the recorder that a run starts. Returns when it has started. */
  private long startsRecorded(TaskRecorder records, PoolTask<?> task, @Nullable RunNote note) {
    records.starts(task, core.workers.busy());
    return note == null ? core.time.nanoTime() : note.startNanos;
  }

  private RunNote begin(Worker worker, Object task, boolean stamped, long submittedNanos) {
    RunNote note =
        new RunNote(Thread.currentThread(), task, core.time.nanoTime(), stamped, submittedNanos);
    worker.note(note);
    return note;
  }

  private void end(Worker worker, RunNote note) {
    worker.forgetNote();
    if (core.factory.limitsRuns()) {
      note.end();
    }
  }

  /** Runs a task inside of its context, with all that is told of it; see {@link TaskContext}. */
  private @Nullable Throwable runInside(
      TaskContext context, PoolTask<?> task, @Nullable Worker worker) {
    Thread runner = Thread.currentThread();
    @Nullable Throwable[] thrown = new Throwable[1];
    Throwable leftOut =
        context.perform(
            () ->
                AcceptedWorkScope.runTask(
                    core.number, runner, () -> thrown[0] = runAndTell(task, worker, context)));
    if (leftOut != null) {
      task.failInsteadOfRunning(leftOut);
      return runAndTell(task, worker, /* context= */ null);
    }
    if (worker == null && task.wasInterrupted() && context.ranElsewhere()) {
      // The pool has interrupted this thread of a caller, too, and only the other one is cleared.
      Thread.interrupted();
    }
    return thrown[0];
  }

  /**
   * @param context the context that the current thread is inside of; null if there is none
   */
  private @Nullable Throwable runAndTell(
      PoolTask<?> task, @Nullable Worker worker, @Nullable TaskContext context) {
    ToldStart told = hasListeners ? tellStart(task, worker) : null;
    Object value = null;
    Throwable thrown = null;
    if (worker != null && Thread.interrupted()) {
      keepInterruptMeantFor(task);
    }
    try {
      value = context == null ? task.perform() : context.call(task::perform);
    } catch (Throwable failure) {
      thrown = failure;
    }
    if (told != null && !tryNote(task, value, thrown)) {
      // While listeners are told, other threads must see the result.
      told = null;
    }
    Outcome outcome = end(task, thrown == null, worker);
    if (told != null || outcome != Outcome.COMPLETED) {
      tellEnd(task, outcome, value, thrown, told, worker);
      return thrown;
    }
    try {
      deliver(task, value, null, worker);
    } finally {
      task.forget();
    }
    return null;
  }

  /**
   * Null if there is no memory: then the listeners are told neither of the start nor of the end.
   */
  private @Nullable ToldStart tellStart(PoolTask<?> task, @Nullable Worker worker) {
    ToldStart told = null;
    try {
      TaskInfo info = listeners.info(task);
      long startNanos = startOf(worker);
      Duration waited = Duration.ofNanos(startNanos - task.submittedNanos());
      told = new ToldStart(info, waited, startNanos);
      listeners.taskStarted(info, waited);
    } catch (Throwable noMemory) {
      // The task was claimed, so it runs.
    }
    return told;
  }

  private static boolean tryNote(
      PoolTask<?> task, @Nullable Object value, @Nullable Throwable thrown) {
    try {
      task.note(value, thrown);
      return true;
    } catch (Throwable noMemory) {
      return false;
    }
  }

  /**
   * Completes the future of a task that has ended. If there is no memory for that, a worker tries
   * it again until there is: no other thread would do it.
   */
  private static void deliver(
      PoolTask<?> task,
      @Nullable Object value,
      @Nullable Throwable thrown,
      @Nullable Worker worker) {
    while (true) {
      try {
        task.deliver(value, thrown);
        return;
      } catch (Throwable noMemory) {
        if (worker == null || (task.isDone() && task.getNumberOfDependents() == 0)) {
          throw noMemory;
        }
        worker.awaitMemory();
      }
    }
  }

  /**
   * Tells the listeners, completes the future, and reports a failure that no one else sees.
   *
   * @param told null if no listener was told of the start
   */
  private void tellEnd(
      PoolTask<?> task,
      Outcome outcome,
      @Nullable Object value,
      @Nullable Throwable thrown,
      @Nullable ToldStart told,
      @Nullable Worker worker) {
    Throwable timeout = outcome == Outcome.FAILED ? task.timeout() : null;
    boolean ownResult = outcome != Outcome.CANCELLED && timeout == null;
    boolean unseen = thrown instanceof Error && FailureReports.isUnseen(task, ownResult);
    try {
      if (told != null) {
        listeners.taskEnded(
            told.info,
            outcome,
            told.waited,
            Duration.ofNanos(core.time.nanoTime() - told.startNanos),
            timeout == null ? thrown : timeout);
      }
    } finally {
      if (outcome != Outcome.CANCELLED) {
        deliver(task, value, timeout == null ? thrown : timeout, worker);
      }
      task.forget();
    }
    if (thrown != null && ownResult && task.reportsFailures()) {
      reportFailure(thrown);
    } else if (unseen) {
      reports.reportUnseen(requireNonNull(thrown));
    }
  }

  /**
   * A task is about to start on a worker's thread that was interrupted, and the status has just
   * been cleared. A stray interrupt, such as one by a watchdog that was late for the task before,
   * ends here. An interrupt for this task is set again.
   *
   * <p>No interrupt for this task is lost. A canceller marks the task before it interrupts the
   * thread, and a shutdown says that it interrupts all runs before it does; the status is cleared
   * before the mark and that word are read. So an interrupt that was cleared is seen by its mark,
   * and an interrupt whose mark is not yet set is sent later.
   *
   * @param task null if it is a bare Runnable, which only a shutdown can interrupt
   */
  private void keepInterruptMeantFor(@Nullable PoolTask<?> task) {
    if (core.interruptsAll() || (task != null && task.isInterrupted())) {
      ThreadInterrupt.send(Thread.currentThread(), core.name());
    }
  }

  /**
   * As {@link #run(PoolTask, Worker)}, for a task that may be a bare Runnable.
   *
   * @param task what {@link TaskDispatcher#take} has returned
   */
  @Nullable Throwable run(Object task, Worker worker) {
    long recordedNanos = core.factory.recordedNow();
    if (recordedNanos == 0) {
      return runUnrecorded(task, worker);
    }
    Object function = RunRecord.functionOf(task);
    long waited = RunRecord.waitedNanos(task, worker, recordedNanos);
    if (Flight.isLongWait(waited)) {
      RunRecord.tellWait(core.name(), task, function, waited);
    }
    Throwable thrown = runUnrecorded(task, worker);
    // If the recording has ended meanwhile, the time is zero.
    long ran = Flight.now() - recordedNanos;
    if (ran >= 0 && Flight.isLongRun(ran)) {
      RunRecord.tellRun(core.name(), task, function, waited, ran, thrown);
    }
    return thrown;
  }

  private @Nullable Throwable runUnrecorded(Object task, Worker worker) {
    if (task instanceof PoolTask<?> full) {
      return run(full, worker);
    }
    Throwable thrown =
        notesEachRun ? runNoted((Runnable) task, worker) : runBare((Runnable) task, worker);
    if (thrown != null) {
      Thread.interrupted();
      reportFailure(thrown);
    }
    return thrown;
  }

  /** When the run began, for listeners: within a decorator, which begins earlier, it is now. */
  private long startOf(@Nullable Worker worker) {
    RunNote note = worker == null || core.factory.decorates() ? null : worker.note();
    return note == null ? core.time.nanoTime() : note.startNanos;
  }

  private @Nullable Throwable runNoted(Runnable code, Worker worker) {
    boolean stamped = core.factory.timestampsCode();
    RunNote note;
    try {
      note = begin(worker, code, stamped, stamped ? worker.cursor.stampNanos() : 0);
    } catch (Throwable noMemory) {
      // The task will not run any more.
      worker.counters.countEnded(Outcome.FAILED);
      throw noMemory;
    }
    try {
      return hasListeners ? runWithListeners(code, worker, note) : runBare(code, worker);
    } finally {
      end(worker, note);
    }
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
    worker.counters.countEnded(thrown == null ? Outcome.COMPLETED : Outcome.FAILED);
    return thrown;
  }

  private @Nullable Throwable runWithListeners(Runnable code, Worker worker, RunNote note) {
    ToldStart told = null;
    long startNanos = note.startNanos;
    try {
      TaskInfo info = new TaskInfo(core.name(), 0, code);
      Duration waited = Duration.ofNanos(startNanos - worker.cursor.stampNanos());
      told = new ToldStart(info, waited, startNanos);
      if (Thread.interrupted()) {
        keepInterruptMeantFor(null);
      }
      listeners.taskStarted(info, waited);
    } catch (Throwable noMemory) {
      // As in tellStart.
    }
    Throwable thrown = runBare(code, worker);
    if (told == null) {
      return thrown;
    }
    // An interrupt that the task has left behind is not meant for the listeners either.
    Thread.interrupted();
    listeners.taskEnded(
        told.info,
        thrown == null ? Outcome.COMPLETED : Outcome.FAILED,
        told.waited,
        Duration.ofNanos(core.time.nanoTime() - startNanos),
        thrown);
    return thrown;
  }

  /** Ends a task and counts it. */
  Outcome end(PoolTask<?> task, boolean normally, @Nullable Worker worker) {
    boolean decides = task.end();
    Outcome outcome = decides ? ownOutcome(normally) : decidedOutcome(task);
    if (worker != null) {
      worker.counters.countEnded(outcome);
    } else {
      countCallerRun(task, outcome);
    }
    // On a worker the status is the pool's own; on a caller's thread only what the pool has sent
    // is. It is cleared again before the next task starts: from here on only strays can come.
    if (worker != null || task.wasInterrupted()) {
      Thread.interrupted();
      if (worker == null && core.interruptsAll() && isInsideInterrupted()) {
        ThreadInterrupt.send(Thread.currentThread(), core.name());
      }
    }
    return outcome;
  }

  /**
   * Whether the current thread, which has run its own task, did so inside of another task of this
   * pool that a shutdown interrupts, too: the interrupt of that one may just have been cleared. If
   * its mark is not yet set, its interrupt is sent later.
   */
  private boolean isInsideInterrupted() {
    if (core.threads.surelyCurrent() != null) {
      return true;
    }
    core.enter();
    try {
      return core.callerRuns.isInterruptedHere();
    } finally {
      core.leave();
    }
  }

  private static Outcome ownOutcome(boolean normally) {
    return normally ? Outcome.COMPLETED : Outcome.FAILED;
  }

  /** Another thread has decided the result: a canceller, or the limit of the run. */
  private static Outcome decidedOutcome(PoolTask<?> task) {
    return task.timeout() == null ? Outcome.CANCELLED : Outcome.FAILED;
  }

  private void countCallerRun(PoolTask<?> task, Outcome outcome) {
    RunNote note;
    core.enter();
    try {
      note = core.callerRuns.unregister(task);
      core.counters.ended(outcome);
      core.counters.ranByCallers++;
    } finally {
      core.leave();
    }
    if (note != null) {
      note.end();
    }
  }

  /** Reports the failure of an executed task; see {@link FailureReports#report}. */
  void reportFailure(Throwable failure) {
    reports.report(failure);
  }
}

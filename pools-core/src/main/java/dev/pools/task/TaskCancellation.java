package dev.pools.task;

import dev.pools.internal.Faults;
import dev.pools.internal.Promise;
import dev.pools.internal.StackRoom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The ends of a task that are not a run: cancelled, completed by hand, expired, dropped. Answers
 * what the futures of tasks ask of their pool.
 *
 * <p>A task is withdrawn under the lock, which decides its end, and then finished without the lock:
 * its listeners are told, its future is completed, its phase is left. The thread that has withdrawn
 * a task owes that, and runs no user code of another task before.
 */
final class TaskCancellation implements TaskOwner<PoolTask<?>> {

  private final PoolCore core;
  private final Listeners listeners;
  private final boolean hasListeners;

  /** The failure of a task for which the right exception cannot be made. */
  private final RejectedExecutionException plainFailure =
      new RejectedExecutionException("The task did not run. There was no memory to say why.");

  TaskCancellation(PoolCore core, Listeners listeners) {
    this.core = core;
    this.listeners = listeners;
    this.hasListeners = !listeners.none();
    core.factory.ownedBy(this);
  }

  // ---- What the futures ask

  @Override
  public String poolName() {
    return core.name();
  }

  @Override
  public long poolNumber() {
    return core.number;
  }

  @Override
  public long nanoTime() {
    return core.time.nanoTime();
  }

  @Override
  public boolean decorates() {
    return core.factory.decorates();
  }

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

  /** Cancels a task if it has not started. */
  boolean cancelWaiting(PoolTask<?> task) {
    return withdraw(task, /* cancels= */ true)
        && finish(task, Outcome.CANCELLED, task::completeAsDecided);
  }

  private boolean withdraw(PoolTask<?> task, boolean cancels) {
    // A task that has been withdrawn must be finished.
    if (task.hasExtras() || leadsToUserCode(task)) {
      StackRoom.ensureMuch();
    } else {
      StackRoom.ensureTwice();
    }
    core.enter();
    try {
      if (task.is(TaskState.WAITING)) {
        withdrawnFromLine(task, Outcome.CANCELLED, cancels);
        core.capacity.gaveUp();
      } else if (task.tryWithdraw(cancels)) {
        core.withdrawnFromQueue(task, Outcome.CANCELLED);
      } else {
        return false;
      }
      return true;
    } finally {
      core.leave();
    }
  }

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
    core.enter();
    try {
      return core.threads.runnerOf(task);
    } finally {
      core.leave();
    }
  }

  @Override
  public boolean isRunnerOf(PoolTask<?> task) {
    if (task.is(TaskState.WITHDRAWN)) {
      // It may never have had a ticket.
      return false;
    }
    Worker worker = core.threads.current();
    if (worker != null && worker.runs(task)) {
      return true;
    }
    core.enter();
    try {
      return core.callerRuns.threadOf(task) == Thread.currentThread();
    } finally {
      core.leave();
    }
  }

  @Override
  public CompletableFuture<Void> acceptedOf(PoolTask<?> task) {
    if (task.hadPlace()) {
      return CompletableFuture.completedFuture(null);
    }
    core.enter();
    try {
      return task.acceptance();
    } finally {
      core.leave();
    }
  }

  @Override
  public void forgetAcceptance(PoolTask<?> task, Promise<Void> acceptance) {
    core.enter();
    try {
      task.forgetAcceptance(acceptance);
    } finally {
      core.leave();
    }
  }

  @Override
  public @Nullable Throwable verdictOf(PoolTask<?> task) {
    core.enter();
    try {
      return task.verdict();
    } finally {
      core.leave();
    }
  }

  @Override
  public boolean enterWait() {
    boolean waits = core.threads.current() != null;
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
    core.enter();
    try {
      core.workers.blocked(more);
    } finally {
      core.leave();
    }
  }

  // ---- Withdrawn under the lock

  /** The task has left the line and will not run; {@link #finish} must follow. */
  private void withdrawnFromLine(PoolTask<?> task, Outcome outcome, boolean cancels) {
    announceWithdrawal(task, cancels);
    core.counters.ended(outcome);
    core.counters.neverQueued++;
  }

  /** Fails the acceptances of a task that will not run; under the lock. */
  void announceWithdrawal(PoolTask<?> task, boolean cancels) {
    for (Promise<Void> acceptance : task.withdraw(cancels)) {
      core.completions.fail(acceptance, new CancellationException());
    }
  }

  /**
   * Withdraws all tasks that have not started, the most urgent first; {@link #finishAll} follows.
   */
  List<PoolTask<?>> withdrawAll(Outcome outcome) {
    List<PoolTask<?>> all = new ArrayList<>();
    boolean cancels = outcome == Outcome.CANCELLED;
    core.queue.takeAll(task -> task.tryWithdraw(cancels), all);
    for (PoolTask<?> task : all) {
      core.withdrawnFromQueue(task, outcome);
    }
    for (PoolTask<?> task = core.capacity.pollWaiting();
        task != null;
        task = core.capacity.pollWaiting()) {
      withdrawnFromLine(task, outcome, cancels);
      all.add(task);
    }
    return all;
  }

  /** Withdraws all tasks, which fail because no worker could be started; under the lock. */
  List<PoolTask<?>> withdrawStranded(Throwable cause) {
    List<PoolTask<?>> stranded = withdrawAll(Outcome.FAILED);
    for (PoolTask<?> task : stranded) {
      task.verdict(noWorker(cause));
    }
    return stranded;
  }

  private RejectedExecutionException noWorker(Throwable failure) {
    try {
      return new RejectedExecutionException(
          "Pool '" + core.name() + "' has no worker and could not start one.", failure);
    } catch (Throwable noMemory) {
      return plainFailure;
    }
  }

  /** A worker has withdrawn a task that must not run, instead of taking it; under the lock. */
  void withdrawnByWorker(PoolTask<?> task) {
    Outcome outcome = Outcome.CANCELLED;
    if (task.isDone()) {
      core.withdrawnFromQueue(task, outcome);
    } else {
      outcome = Outcome.EXPIRED;
      long waitedNanos = core.time.nanoTime() - task.submittedNanos();
      core.withdrawnFromQueue(task, outcome);
      task.verdict(expiration(task, waitedNanos));
    }
    core.completions.then(new Drop(task, outcome)::runWhereItMay);
  }

  private RuntimeException expiration(PoolTask<?> task, long waitedNanos) {
    try {
      return new TaskExpiredException(
          task.named("A task"),
          core.name(),
          Duration.ofNanos(waitedNanos),
          Duration.ofNanos(task.maxQueueNanos()));
    } catch (Throwable noMemory) {
      return plainFailure;
    }
  }

  // ---- Finished without the lock

  /** Whether user code runs when the task is told of as dropped, or its future is completed. */
  private boolean leadsToUserCode(PoolTask<?> task) {
    return hasListeners || decorates() || task.getNumberOfDependents() > 0;
  }

  /** The end of a task that did not run, which its listeners and its future are told. */
  private final class Drop implements Runnable {
    private final PoolTask<?> task;
    private final Outcome outcome;

    private Drop(PoolTask<?> task, Outcome outcome) {
      this.task = task;
      this.outcome = outcome;
    }

    /** On this thread, unless that leads to user code. */
    private void runWhereItMay() {
      if (leadsToUserCode(task)) {
        core.helpers.run(this);
      } else {
        run();
      }
    }

    @Override
    public void run() {
      finish(task, outcome, task::completeAsDecided);
    }
  }

  @Override
  public boolean finish(PoolTask<?> task, Outcome outcome, BooleanSupplier completion) {
    core.factory.noteDropped(task, outcome);
    if (leadsToUserCode(task)) {
      return finishAndTell(task, outcome, completion);
    }
    try {
      return completion.getAsBoolean();
    } finally {
      core.settle(task);
      task.forget();
    }
  }

  /** Inside of the task's context, like all that is told of it. */
  private boolean finishAndTell(PoolTask<?> task, Outcome outcome, BooleanSupplier completion) {
    boolean[] completed = new boolean[1];
    try {
      inContext(
          task,
          () -> {
            try {
              tellDropped(task, outcome);
            } finally {
              completed[0] = task.complete(completion, () -> core.settle(task));
            }
          });
    } catch (Throwable noMemory) {
      // Whatever could not be told: nothing may wait for this task any more.
      core.settle(task);
      throw noMemory;
    } finally {
      task.forget();
    }
    return completed[0];
  }

  /** Completes the future of a task whose worker was lost while it ran it. */
  void finishLost(PoolTask<?> task, boolean decides, Throwable cause) {
    BooleanSupplier completion = () -> decides && task.deliver(null, cause);
    if (decides) {
      // A decorator runs before the cause is delivered.
      task.note(null, cause);
    }
    inContext(task, () -> task.complete(completion, () -> core.settle(task)));
    task.forget();
  }

  /**
   * Does what is left to do about a task that does not run, inside of its context if it has one.
   * What user code submits then belongs to accepted work, on each thread.
   */
  private void inContext(PoolTask<?> task, Runnable action) {
    TaskContext context = task.takeContext();
    if (context == null) {
      if (hasListeners || task.getNumberOfDependents() > 0) {
        CompoundScope.run(core.number, action);
      } else {
        action.run();
      }
      return;
    }
    // Inside of the decorator, which may use another thread.
    Runnable scoped = () -> CompoundScope.run(core.number, action);
    Throwable leftOut = context.perform(scoped);
    if (leftOut != null) {
      try {
        scoped.run();
      } finally {
        Faults.warn(
            TaskCancellation.class,
            leftOut,
            "Pool '{}' told outside of its context that a task ended",
            core.name());
      }
    }
  }

  /** Listeners are user code that must not wait for the end of this pool. */
  private void tellDropped(PoolTask<?> task, Outcome outcome) {
    if (hasListeners) {
      long[] place = Visits.place();
      Visits.Change visit = Visits.begin(place, core.number);
      try {
        long waitedNanos = core.time.nanoTime() - task.submittedNanos();
        listeners.taskDropped(task, outcome, waitedNanos, verdictOf(task));
      } finally {
        Visits.end(place, visit);
      }
    }
  }

  /**
   * As {@link #finish}, for tasks whose results have been noted. First it completes all futures
   * without dependants. The others are left to helper threads, so that no dependant can hold up
   * another task, or wait for one that the same thread completes later.
   *
   * @return the tasks that helper threads complete
   */
  List<PoolTask<?>> finishAll(List<PoolTask<?>> tasks, Outcome outcome) {
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
    core.helpers.run(drops);
    here.forEach(PoolTask::completeAsDecided);
    for (PoolTask<?> task : here) {
      core.factory.noteDropped(task, outcome);
      Faults.guard(
          TaskCancellation.class,
          "To tell that a task was dropped",
          () -> inContext(task, () -> tellDropped(task, outcome)));
      task.forget();
    }
    core.enter();
    try {
      here.forEach(core.drains::leave);
    } finally {
      core.leave();
    }
    return elsewhere;
  }
}

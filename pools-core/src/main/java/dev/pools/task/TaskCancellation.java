package dev.pools.task;

import dev.pools.internal.Promise;
import dev.pools.internal.StackRoom;
import dev.pools.internal.ThreadInterrupt;
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
 * <p>A task is withdrawn under the lock, which decides its end, and then finished without the lock;
 * see {@link DroppedTasks}. The thread that has withdrawn a task owes that, and runs no user code
 * of another task before.
 */
final class TaskCancellation implements TaskOwner<PoolTask<?>> {

  private final PoolCore core;

  /** What follows the withdrawal. */
  final DroppedTasks dropped;

  /** The failure of a task for which the right exception cannot be created. */
  private final TaskResult plainFailure =
      new TaskResult(
          null,
          new RejectedExecutionException("The task did not run. There was no memory to say why."));

  TaskCancellation(PoolCore core, Listeners listeners) {
    this.core = core;
    this.dropped = new DroppedTasks(core, listeners);
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
  public ExternalDecision tryDecideExternally(PoolTask<?> task, @Nullable TaskResult byHand) {
    while (true) {
      switch (task.state()) {
        case RUNNING -> {
          if (task.tryDecideExternally(/* cancels= */ byHand == null)) {
            return ExternalDecision.RUNNING;
          }
        }
        case WAITING, QUEUED -> {
          if (withdraw(task, byHand)) {
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
    return withdraw(task, /* byHand= */ null)
        && finish(task, Outcome.CANCELLED, task::completeAsDecided);
  }

  private boolean withdraw(PoolTask<?> task, @Nullable TaskResult byHand) {
    boolean cancels = byHand == null;
    // A task that has been withdrawn must be finished.
    if (task.hasExtras() || dropped.leadToUserCode(task)) {
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
      if (byHand != null) {
        // Needs no memory: a task that a phase counts has room for it.
        task.verdict(byHand);
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
    // The task cannot end before it is released: so it is, whatever is thrown here.
    try {
      Thread thread = runnerOf(task);
      while (thread == null) {
        // Its worker has claimed it and is about to say so.
        Thread.yield();
        thread = runnerOf(task);
      }
      ThreadInterrupt.send(thread, core.name());
    } finally {
      task.interruptSent();
    }
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
    Worker worker = core.threads.surelyCurrent();
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
  public @Nullable TaskResult verdictOf(PoolTask<?> task) {
    core.enter();
    try {
      return task.verdict();
    } finally {
      core.leave();
    }
  }

  @Override
  public boolean enterWait() {
    boolean waits = core.threads.currentWaiter() != null;
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
   * Withdraws all tasks that have not started, the most urgent first; {@link
   * DroppedTasks#finishAll} follows.
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

  private TaskResult noWorker(Throwable failure) {
    try {
      return new TaskResult(
          null,
          new RejectedExecutionException(
              "Pool '%s' has no worker and could not start one, so the task has not run. The cause says why; the next task tries it again."
                  .formatted(core.name()),
              failure));
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
    core.completions.then(dropped.finishing(task, outcome));
  }

  private TaskResult expiration(PoolTask<?> task, long waitedNanos) {
    try {
      return new TaskResult(
          null,
          new TaskExpiredException(
              task.named("A task"),
              core.name(),
              Duration.ofNanos(waitedNanos),
              Duration.ofNanos(task.maxQueueNanos())));
    } catch (Throwable noMemory) {
      return plainFailure;
    }
  }

  @Override
  public boolean finish(PoolTask<?> task, Outcome outcome, BooleanSupplier completion) {
    return dropped.finish(task, outcome, completion);
  }
}

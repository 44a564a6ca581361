package dev.pools.task;

import dev.pools.task.TellingLimit.Telling;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finishes tasks that will not run, after their ends were decided under the lock: tells the
 * listeners, completes the futures, and counts the tasks out of their drains. Not under the lock.
 */
final class DroppedTasks {

  private final PoolCore core;
  private final Listeners listeners;
  private final boolean hasListeners;

  /** Null if there is neither a listener nor a decorator. */
  private final @Nullable TellingLimit limit;

  DroppedTasks(PoolCore core, Listeners listeners) {
    this.core = core;
    this.listeners = listeners;
    this.hasListeners = !listeners.none();
    this.limit =
        hasListeners || core.factory.decorates()
            ? new TellingLimit(core.name(), core.time, core.helpers)
            : null;
    core.timers.tellings = limit;
  }

  /** Whether user code runs when the task is told of as dropped, or its future is completed. */
  boolean leadToUserCode(PoolTask<?> task) {
    return hasListeners || core.factory.decorates() || task.getNumberOfDependents() > 0;
  }

  /** An action that finishes a task: here, or on a helper thread if that leads to user code. */
  Runnable finishing(PoolTask<?> task, Outcome outcome) {
    return new Drop(task, outcome)::runWhereItMay;
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
      if (leadToUserCode(task)) {
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

  /**
   * Tells the listeners that a task was withdrawn, and completes its future on this thread.
   *
   * @param completion completes the future
   * @return what that returned
   */
  boolean finish(PoolTask<?> task, Outcome outcome, BooleanSupplier completion) {
    core.factory.noteDropped(task, outcome);
    if (leadToUserCode(task)) {
      return finishAndTell(task, outcome, completion);
    }
    try {
      return completion.getAsBoolean();
    } finally {
      core.settle(task);
      task.forget();
    }
  }

  /** Inside of the task's context, like all that is told of it, and within a limited time. */
  private boolean finishAndTell(PoolTask<?> task, Outcome outcome, BooleanSupplier completion) {
    boolean[] completed = new boolean[1];
    try {
      Telling telling = beginTelling(task);
      inContext(
          task,
          () -> {
            try {
              tellDropped(task, outcome);
            } finally {
              // The dependants of the future have no limit: they are told by themselves.
              endTelling(telling);
              completed[0] = task.complete(completion, () -> core.settle(task));
            }
          });
    } catch (Throwable noMemory) {
      // Whatever could not be told, no caller may go on waiting for this task.
      core.settle(task);
      throw noMemory;
    } finally {
      task.forget();
    }
    return completed[0];
  }

  private @Nullable Telling beginTelling(PoolTask<?> task) {
    return limit == null ? null : limit.begin(() -> completeLate(task));
  }

  private void endTelling(@Nullable Telling telling) {
    if (limit != null && telling != null) {
      limit.end(telling);
    }
  }

  /** The worker that tells of the end of a run has not returned; on a helper thread. */
  void deliverLate(PoolTask<?> task) {
    if (limit != null) {
      limit.countOverdue(1);
    }
    AcceptedWorkScope.run(core.number, task::completeAsDecided);
  }

  /** The thread that tells of the task has not returned; on a helper thread. */
  private void completeLate(PoolTask<?> task) {
    AcceptedWorkScope.run(
        core.number, () -> task.complete(task::completeAsDecided, () -> core.settle(task)));
  }

  /** Completes the future of a task whose worker was lost while it ran it. */
  void finishLost(PoolTask<?> task, boolean decides, Throwable cause) {
    BooleanSupplier completion = () -> decides && task.deliver(null, cause);
    if (decides) {
      // A decorator runs before the cause is delivered.
      task.note(null, cause);
    }
    Telling telling = beginTelling(task);
    inContext(
        task,
        () -> {
          endTelling(telling);
          task.complete(completion, () -> core.settle(task));
        });
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
        AcceptedWorkScope.run(core.number, action);
      } else {
        action.run();
      }
      return;
    }
    // Inside of the decorator, which may use another thread.
    Runnable scoped = () -> AcceptedWorkScope.run(core.number, action);
    Throwable leftOut = context.perform(scoped);
    if (leftOut != null) {
      try {
        scoped.run();
      } finally {
        core.faults.warn(
            DroppedTasks.class,
            context,
            leftOut,
            "Pool '{}': the end of a task was told outside of its context, because the task decorator failed",
            core.name());
      }
    }
  }

  /** Listeners are user code that must not wait for the end of this pool. */
  private void tellDropped(PoolTask<?> task, Outcome outcome) {
    if (hasListeners) {
      long[] place = EnteredPools.place();
      EnteredPools.Entry entry = EnteredPools.enter(place, core.number);
      try {
        long waitedNanos = core.time.nanoTime() - task.submittedNanos();
        TaskResult verdict = outcome == Outcome.CANCELLED ? null : task.owner.verdictOf(task);
        listeners.taskDropped(
            task, outcome, waitedNanos, verdict == null ? null : verdict.failure());
      } finally {
        EnteredPools.leave(place, entry);
      }
    }
  }

  /** As {@link #finishAll(List, Outcome, Runnable)}, with nothing in between. */
  void finishAll(List<PoolTask<?>> tasks, Outcome outcome) {
    finishAll(tasks, outcome, () -> {});
  }

  /**
   * As {@link #finish}, for tasks whose results have been noted. What others wait for comes first:
   * all futures without dependants are completed, and the tasks are counted out. Those with
   * dependants are left to helper threads, so that no dependant can hold up another task, or wait
   * for one that the same thread completes later. User code comes after that, because it may not
   * return.
   *
   * @param inBetween what else was decided with it; runs before the listeners are told
   * @return the tasks that helper threads complete
   */
  List<PoolTask<?>> finishAll(List<PoolTask<?>> tasks, Outcome outcome, Runnable inBetween) {
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
    // Before the tasks are counted out: the pool waits for a moment for what is still to be told.
    boolean tells = !here.isEmpty() && (hasListeners || core.factory.decorates());
    if (tells) {
      core.untold.begin();
    }
    try {
      settle(here);
      inBetween.run();
      for (PoolTask<?> task : here) {
        core.factory.noteDropped(task, outcome);
        core.faults.guard(
            DroppedTasks.class,
            "telling listeners that a task was dropped",
            () -> inContext(task, () -> tellDropped(task, outcome)));
        task.forget();
      }
    } finally {
      if (tells) {
        core.untold.end();
        if (core.flags.hasAny(PoolFlags.CLOSED)) {
          core.look();
        }
      }
    }
    return elsewhere;
  }

  private void settle(List<PoolTask<?>> tasks) {
    core.enter();
    try {
      tasks.forEach(core.drains::leave);
    } finally {
      core.leave();
    }
  }
}

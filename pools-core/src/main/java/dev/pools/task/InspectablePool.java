package dev.pools.task;

import dev.pools.advice.Prediction;
import dev.pools.advice.Scorecard;
import java.lang.ref.Reference;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How operators look into an {@link AdvancedPool}: at its tasks, one by one, to cancel or interrupt
 * them, and at what another number of workers would have done. For numbers, {@link
 * AdvancedPool#stats()} costs less.
 *
 * <p>All methods may be called by any thread. They call no method of a task.
 */
public abstract sealed class InspectablePool extends MappingPool permits ChangeablePool {

  /** The greatest number of tasks that one call returns. */
  public static final int MOST_TASKS = 10_000;

  private static final int USUAL_TASKS = 1_000;

  InspectablePool(PoolParts parts) {
    super(parts);
  }

  /** As {@link #runningTasks(int)}, at most 1,000. */
  public List<TaskSnapshot> runningTasks() {
    return runningTasks(USUAL_TASKS);
  }

  /**
   * The tasks that run now, those that have run longest first: a snapshot, in which a task that
   * ends or begins meanwhile may be missing.
   *
   * <p>Name, priority, age and the exact time of the run are known if the task has a name or other
   * {@link TaskOptions} than a priority, or if the pool has a listener, a task decorator, a {@code
   * maxQueueTime}, {@code stuckAfter} or {@code maxRunTime}. Of other tasks the pool notes nothing,
   * so that they cost nothing: their {@code function} is read from the stack of the thread, name,
   * priority and age are null, and the time of the run is looked at from time to time, as {@link
   * PoolStats#longestRun} is. Runnables that their submitters run without a future ({@link
   * OverflowPolicy#CALLER_RUNS}) are counted in the stats but not listed, unless the pool has a
   * listener.
   *
   * <p>It takes the pool's lock for a pass over the workers. The stacks are read after that, one
   * for each returned task that the pool has not noted.
   *
   * @param limit from 1 to {@link #MOST_TASKS}
   */
  public List<TaskSnapshot> runningTasks(int limit) {
    try {
      return new RunningView(parts.core).oldest(checked(limit));
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * The tasks that wait now, the oldest first: those in the queue, and after them those that wait
   * for a place in it. It is not the order in which they will run if their priorities differ.
   *
   * <p>It takes the pool's lock and the queue's for a number of steps that the limit bounds, not
   * the length of the queue. If more than 1,000 priorities are in use, it looks at the most urgent
   * 1,000.
   *
   * @param limit from 1 to {@link #MOST_TASKS}
   */
  public List<TaskSnapshot> waitingTasks(int limit) {
    try {
      return new WaitingView(parts.core).oldest(checked(limit));
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Says what another number of workers would have done with the tasks of the last minutes, by
   * replaying the records that the pool keeps of them; see {@link
   * AdvancedPoolBuilder#adviceWindow}. Changes nothing. What it says is a range with a condition,
   * or a refusal with its reason, also where the pool keeps no records.
   *
   * <p>It takes up to a second of processor time, and the pool's lock for a pass over the workers
   * and up to 100,000 waiting tasks. It does not wait. What it has said about a number of workers
   * is remembered, for {@link #scorecard}.
   *
   * @param workers the number to try, from 1 to 1,000,000
   * @throws IllegalArgumentException if the number is out of its range
   */
  public Prediction whatIf(int workers) {
    try {
      PoolOptions.checkWorkers(0, workers);
      PoolAdvice advice = parts.advice;
      return advice == null ? PoolAdvice.unrecorded(parts.core, workers) : advice.whatIf(workers);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Compares what {@link #whatIf} has said about the number of workers that the pool has now with
   * what has happened since it was set. Costs as much as {@link AdvancedPool#stats} and a pass over
   * 4,200 records.
   *
   * @return null if there is nothing to compare: nothing was said about this number, or fewer than
   *     {@link Scorecard#ENOUGH_TASKS} tasks have ended since the change
   */
  public @Nullable Scorecard scorecard() {
    try {
      PoolAdvice advice = parts.advice;
      return advice == null ? null : advice.scorecard();
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  private static int checked(int limit) {
    if (limit < 1 || limit > MOST_TASKS) {
      throw new IllegalArgumentException(
          "limit is %d, but must be from 1 to %d. Use %d if you do not know how many there are."
              .formatted(limit, MOST_TASKS, USUAL_TASKS));
    }
    return limit;
  }

  /**
   * What the thread of a running task does, the innermost frame first; at most 200 frames.
   *
   * @param id the {@link TaskSnapshot#id() id} of the task
   * @return empty if no task with this id runs
   */
  public List<StackTraceElement> stackOf(long id) {
    try {
      return new RunningView(parts.core).stackOf(id);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Cancels a task that has not started, as {@link PoolFuture#cancel} does. To find it, this looks
   * at all that is queued: in a queue of a million tasks that holds up the workers for some
   * milliseconds.
   *
   * @param id the {@link TaskSnapshot#id() id} of the task
   * @return whether it has been cancelled; false if no task with this id waits
   */
  public boolean cancelWaiting(long id) {
    try {
      PoolTask<?> task;
      parts.core.enter();
      try {
        task = new WaitingView(parts.core).find(id);
      } finally {
        parts.core.leave();
      }
      return task != null && parts.cancellation.cancelWaiting(task);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Interrupts the thread of a running task. The task decides what follows: as a rule its blocking
   * call throws an {@link InterruptedException} and its future fails. The future is not cancelled.
   * The interrupt never reaches the next task of the worker; if the task ends at this moment, it
   * may reach the listeners that are told of the end, or the dependants of its future.
   *
   * <p>If the task's thread runs another task of a pool inside of it ({@link
   * OverflowPolicy#CALLER_RUNS}), that one sees the interrupt.
   *
   * @param id the {@link TaskSnapshot#id() id} of the task
   * @return whether its thread has been interrupted; false if no task with this id runs
   */
  public boolean interruptRunning(long id) {
    try {
      return new RunInterrupter(parts.core).interrupt(id);
    } finally {
      Reference.reachabilityFence(this);
    }
  }
}

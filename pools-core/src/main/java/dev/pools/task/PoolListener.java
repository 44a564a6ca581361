package dev.pools.task;

import dev.pools.OptionChange;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gets the events of a pool. Each method runs on the thread of the event and outside of locks, so
 * it should be quick. The pool logs what a method throws, once a minute at most for each kind of
 * fault, and goes on.
 *
 * <p>A method that does not return holds up:
 *
 * <ul>
 *   <li>{@code taskStarted}: its task and the worker. {@code taskEnded}: the worker, a drain and
 *       the end of the pool; and the future of the task for 5 s, or up to 6 s. The pool reports
 *       such a run as stuck ({@link AdvancedPoolBuilder#stuckAfter}).
 *   <li>{@code taskDropped}: the thread that cancels the task or stops the pool, which tells it;
 *       and the future of the task, the result of its map, a drain and the end of the pool for 5 s.
 *   <li>{@code taskRejected}: the thread that submits the task; of an element of a map also the
 *       result.
 *   <li>{@code workerStarted}: the worker, which takes no task. {@code workerEnded}: the end of the
 *       pool for 5 s.
 *   <li>{@code reconfigured}: the thread that changes the pool.
 *   <li>{@code taskStuck}, {@code stuckTaskEnded}: later events of these two kinds.
 * </ul>
 *
 * <p>When the time for a future is over, a helper thread completes it, and the log says so.
 */
public interface PoolListener {

  /**
   * A task is about to run, on this thread.
   *
   * @param waited from its submission until now
   */
  default void taskStarted(TaskInfo task, Duration waited) {}

  /**
   * A task that had started has ended, on this thread; its future is completed right after.
   *
   * @param waited from its submission to its start
   * @param ran from its start to its end
   */
  default void taskEnded(TaskInfo task, Outcome outcome, Duration waited, Duration ran) {}

  /**
   * As {@link #taskEnded(TaskInfo, Outcome, Duration, Duration)}, with what it failed by. The pool
   * calls this one, and this one calls the other: override one of them.
   *
   * @param failure the exception itself: of a task that {@link Outcome#FAILED}, what its future
   *     fails with; of one that was {@link Outcome#CANCELLED} while it ran, what its code threw
   *     after that, if it did; null otherwise
   */
  default void taskEnded(
      TaskInfo task, Outcome outcome, Duration waited, Duration ran, @Nullable Throwable failure) {
    taskEnded(task, outcome, waited, ran);
  }

  /**
   * A task has ended that never ran: {@link Outcome#CANCELLED}, {@link Outcome#EXPIRED}, or {@link
   * Outcome#FAILED} where no thread could be had. Its future is completed right after; but the
   * futures of tasks that a stop drops together are complete before the first of them is told.
   *
   * @param waited from its submission until now
   */
  default void taskDropped(TaskInfo task, Outcome outcome, Duration waited) {}

  /**
   * As {@link #taskDropped(TaskInfo, Outcome, Duration)}, with what it failed by. The pool calls
   * this one, and this one calls the other: override one of them.
   *
   * @param failure what its future fails with, if it was {@link Outcome#EXPIRED} or {@link
   *     Outcome#FAILED}; null otherwise
   */
  default void taskDropped(
      TaskInfo task, Outcome outcome, Duration waited, @Nullable Throwable failure) {
    taskDropped(task, outcome, waited);
  }

  /**
   * A task has been running for longer than the pool's {@code stuckAfter}; told once for each run,
   * on a helper thread. One event is told after another: while a listener hangs, later ones wait,
   * and beyond 10,000 they are dropped.
   *
   * @param ran how long it has been running
   * @param stack what its thread does, the innermost frame first; empty if the task has ended
   *     meanwhile
   */
  default void taskStuck(TaskInfo task, Duration ran, List<StackTraceElement> stack) {}

  /**
   * A run has ended that {@link #taskStuck} was told about; on a helper thread.
   *
   * @param ran how long it has taken in all
   */
  default void stuckTaskEnded(TaskInfo task, Duration ran) {}

  /** A task was refused: the pool is full or shut down. */
  default void taskRejected(TaskInfo task) {}

  /**
   * A worker's thread begins, on that thread.
   *
   * @param worker its number, from 1
   */
  default void workerStarted(int worker) {}

  /**
   * A worker's thread ends, on that thread. Each of these calls has returned before the pool is
   * terminated, so before {@code close()} returns; but a pool that has nothing else left waits for
   * at most 5 s for them.
   */
  default void workerEnded(WorkerReport report) {}

  /**
   * Options of the pool have changed, or its numbers of workers; once for each change that changed
   * anything, in any order if changes are made at the same time.
   */
  default void reconfigured(List<OptionChange> changes) {}
}

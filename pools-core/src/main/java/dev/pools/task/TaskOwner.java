package dev.pools.task;

import dev.pools.internal.Promise;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a task's future asks of the pool that it was submitted to. Therefore a task names no class
 * that is built upon tasks.
 *
 * @param <K> the tasks
 */
interface TaskOwner<K> {

  String poolName();

  /** The number that {@link EnteredPools} and {@link AcceptedWorkScope} know the pool by. */
  long poolNumber();

  long nanoTime();

  /** Whether each task runs inside of a context of its own. */
  boolean decorates();

  /** A future of the caller's own that follows the acceptance of the task. */
  CompletableFuture<Void> acceptedOf(K task);

  /** The caller no longer waits for the acceptance of the task. */
  void forgetAcceptance(K task, Promise<Void> acceptance);

  /**
   * Decides a task's result instead of its own run, if that is still possible.
   *
   * @param byHand the result; null if the task is cancelled
   */
  ExternalDecision tryDecideExternally(K task, @Nullable TaskResult byHand);

  /**
   * Tells the listeners that a task was withdrawn, and completes its future on this thread.
   *
   * @param completion completes the future
   * @return what that returned
   */
  boolean finish(K task, Outcome outcome, BooleanSupplier completion);

  /** Interrupts the task if it still runs. */
  void interrupt(K task);

  /** What has been decided about a task that will not run; null if that is not yet known. */
  @Nullable TaskResult verdictOf(K task);

  /** Whether the current thread runs the task. */
  boolean isRunnerOf(K task);

  /**
   * The current thread is about to wait for a task.
   *
   * @return whether it is a worker of this pool, so that {@link #leaveWait} must follow
   */
  boolean enterWait();

  void leaveWait();
}

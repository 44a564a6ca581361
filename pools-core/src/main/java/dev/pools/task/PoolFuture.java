package dev.pools.task;

import java.util.concurrent.CompletableFuture;

/**
 * The result of a task submitted to an {@link AdvancedPool}.
 *
 * <p>It is a {@link CompletableFuture}. Its dependants run on the worker that ran the task unless
 * they name an executor.
 *
 * <ul>
 *   <li>{@link #cancel cancel(true)} interrupts the task if it runs.
 *   <li>If the task has not started, each cancel takes it out of the queue, and its place is free
 *       at once. The cancelling thread first tells the pool's listeners and then completes the
 *       future; {@link PoolListener} says what happens if a listener hangs.
 *   <li>Completing the future by hand does the same as {@code cancel(false)}, but with that result.
 * </ul>
 *
 * <p>Memory effects: what the submitter did before {@code submit} happens-before the task; what the
 * task did happens-before a return from {@code get} or {@code join} and before dependants.
 *
 * @param <T> what the task returns
 */
public abstract sealed class PoolFuture<T> extends CompletableFuture<T> permits TaskLifecycle {

  PoolFuture() {}

  /**
   * Completes when the task is in the queue: at once, unless the queue is full and the task waits
   * for a place ({@link OverflowPolicy#WAIT}). Waiting tasks get places when an eighth of the
   * capacity is free. A producer that waits for this future slows down to the pace of the pool. It
   * is cancelled if the task is cancelled before it has a place.
   *
   * @return a future of the caller's own: completing or cancelling it has no effect on the task
   */
  public abstract CompletableFuture<Void> accepted();

  /** The task's priority; smaller is more urgent. */
  public abstract int priority();
}

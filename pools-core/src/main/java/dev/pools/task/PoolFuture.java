package dev.pools.task;

import java.util.concurrent.CompletableFuture;

/**
 * The result of a task submitted to an {@link AdvancedPool}.
 *
 * <p>It is a {@link CompletableFuture}, and its dependants run on the worker that ran the task
 * unless they name an executor. {@link #cancel cancel(true)} interrupts the task if it runs; cancel
 * of a task that has not started takes it out of the queue, so that its place is free at once.
 * Completing it by hand does the same as cancelling without interruption, but for the result. The
 * thread that does one of these tells the pool's listeners of a task that has not started, and then
 * completes the future; what a listener that hangs holds up is said at {@link PoolListener}.
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
   * for a place ({@link OverflowPolicy#WAIT}); those who wait come in when an eighth of the
   * capacity is free. A producer that waits for it slows down to the pace of the pool. Cancelled if
   * the task is cancelled before it has a place.
   *
   * @return a future of the caller's own: completing or cancelling it has no effect on the task
   */
  public abstract CompletableFuture<Void> accepted();

  /** The task's priority; smaller is more urgent. */
  public abstract int priority();
}

package dev.pools.task;

import java.lang.ref.Reference;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How tasks are submitted to an {@link AdvancedPool}, one by one or many at once.
 *
 * <p>All methods may be called by any thread. Those that wait say so.
 */
public abstract sealed class SubmittingPool implements ExecutorService permits MappingPool {

  final PoolParts parts;
  private final TaskAdmission admission;
  private final TaskFactory factory;

  SubmittingPool(PoolParts parts) {
    this.parts = parts;
    this.admission = parts.admission;
    this.factory = parts.factory;
  }

  // ---- Submit

  /**
   * Runs a task some time in the future, as {@link #submit(Runnable)} does but without a future:
   * what it throws goes to the pool's {@code uncaughtExceptionHandler}, or else to the thread's.
   * Never blocks, but for {@link OverflowPolicy#CALLER_RUNS}.
   *
   * @throws PoolShutDownException if the pool is shut down
   * @throws PoolFullException if the queue is full and the policy is {@link OverflowPolicy#REJECT}
   */
  @Override
  public void execute(Runnable task) {
    Objects.requireNonNull(task, "task");
    try {
      admission.execute(task);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * As {@link #execute(Runnable)}, with a priority.
   *
   * @param priority smaller numbers run sooner
   */
  public void execute(Runnable task, int priority) {
    if (priority == 0) {
      execute(task);
      return;
    }
    Objects.requireNonNull(task, "task");
    accept(factory.executed(task, TaskOptions.priority(priority)));
  }

  /** As {@link #execute(Runnable)}, with options. */
  public void execute(Runnable task, TaskOptions options) {
    Objects.requireNonNull(task, "task");
    accept(factory.executed(task, options));
  }

  /**
   * Runs a task some time in the future. Never blocks: when the queue is full, the pool's {@link
   * OverflowPolicy} decides, and by default the task waits asynchronously for a place.
   *
   * @return the result to come
   * @throws PoolShutDownException if the pool is shut down; nothing was taken
   * @throws PoolFullException if the queue is full and the policy is {@link OverflowPolicy#REJECT};
   *     nothing was taken
   */
  @Override
  public <T> PoolFuture<T> submit(Callable<T> task) {
    return submit(task, TaskOptions.DEFAULT);
  }

  /**
   * As {@link #submit(Callable)}, with a priority.
   *
   * @param priority smaller numbers run sooner
   */
  public <T> PoolFuture<T> submit(Callable<T> task, int priority) {
    return submit(task, TaskOptions.priority(priority));
  }

  /** As {@link #submit(Callable)}, with options. */
  public <T> PoolFuture<T> submit(Callable<T> task, TaskOptions options) {
    Objects.requireNonNull(task, "task");
    return accept(factory.task(task, options));
  }

  /** As {@link #submit(Callable)}, for a task that returns nothing: the result is null. */
  @Override
  public PoolFuture<?> submit(Runnable task) {
    return submit(task, TaskOptions.DEFAULT);
  }

  /**
   * As {@link #submit(Runnable)}, with a priority. (The JDK's {@link #submit(Runnable, Object)}
   * takes a result there: to return an {@code Integer}, pass it as an {@code Object} or use a
   * Callable.)
   *
   * @param priority smaller numbers run sooner
   */
  public PoolFuture<?> submit(Runnable task, int priority) {
    return submit(task, TaskOptions.priority(priority));
  }

  /** As {@link #submit(Runnable)}, with options. */
  public PoolFuture<?> submit(Runnable task, TaskOptions options) {
    Objects.requireNonNull(task, "task");
    return accept(factory.task(task, null, options));
  }

  /** As {@link #submit(Callable)}, for a task that returns nothing, with the result given here. */
  @Override
  public <T> PoolFuture<T> submit(Runnable task, T result) {
    Objects.requireNonNull(task, "task");
    return accept(factory.task(task, result, TaskOptions.DEFAULT));
  }

  /**
   * Submits a task. The fence keeps the pool reachable until this method returns: a pool that is
   * unreachable shuts itself down. Each method that uses the parts of the pool ends with such a
   * fence.
   */
  private <T> PoolFuture<T> accept(PoolTask<T> task) {
    try {
      return admission.accept(task);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * As {@link #submit(Callable)}, but refuses the task if it finds no place at once, whatever the
   * pool's overflow policy.
   *
   * @throws PoolFullException if the queue is full; nothing was taken
   * @throws PoolShutDownException if the pool is shut down; nothing was taken
   */
  public <T> PoolFuture<T> submitNowait(Callable<T> task) {
    return submitNowait(task, TaskOptions.DEFAULT);
  }

  /**
   * As {@link #submitNowait(Callable)}, with a priority.
   *
   * @param priority smaller numbers run sooner
   */
  public <T> PoolFuture<T> submitNowait(Callable<T> task, int priority) {
    return submitNowait(task, TaskOptions.priority(priority));
  }

  /** As {@link #submitNowait(Callable)}, with options. */
  public <T> PoolFuture<T> submitNowait(Callable<T> task, TaskOptions options) {
    Objects.requireNonNull(task, "task");
    try {
      return admission.acceptNow(factory.task(task, options));
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /** As {@link #submitNowait(Callable)}, for a task that returns nothing: the result is null. */
  public PoolFuture<?> submitNowait(Runnable task) {
    return submitNowait(task, TaskOptions.DEFAULT);
  }

  /**
   * As {@link #submitNowait(Runnable)}, with a priority.
   *
   * @param priority smaller numbers run sooner
   */
  public PoolFuture<?> submitNowait(Runnable task, int priority) {
    return submitNowait(task, TaskOptions.priority(priority));
  }

  /** As {@link #submitNowait(Runnable)}, with options. */
  public PoolFuture<?> submitNowait(Runnable task, TaskOptions options) {
    Objects.requireNonNull(task, "task");
    try {
      return admission.acceptNow(factory.task(task, null, options));
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Runs a task and waits for it: meant for virtual threads and scripts. Blocks.
   *
   * @return what the task returns
   * @throws Exception what the task throws, itself
   * @throws InterruptedException if interrupted while waiting; the task is cancelled, with
   *     interruption if it runs
   * @throws java.util.concurrent.CancellationException if the task was cancelled, as by a shutdown
   */
  public <T> T complete(Callable<T> task) throws Exception {
    return complete(task, TaskOptions.DEFAULT);
  }

  /**
   * As {@link #complete(Callable)}, with a priority.
   *
   * @param priority smaller numbers run sooner
   */
  public <T> T complete(Callable<T> task, int priority) throws Exception {
    return complete(task, TaskOptions.priority(priority));
  }

  /** As {@link #complete(Callable)}, with options. */
  public <T> T complete(Callable<T> task, TaskOptions options) throws Exception {
    return await(submit(task, options));
  }

  /**
   * As {@link #complete(Callable)}, for a task that returns nothing.
   *
   * @throws Exception what the task throws, itself
   */
  public void complete(Runnable task) throws Exception {
    complete(task, TaskOptions.DEFAULT);
  }

  /**
   * As {@link #complete(Runnable)}, with a priority.
   *
   * @param priority smaller numbers run sooner
   */
  public void complete(Runnable task, int priority) throws Exception {
    complete(task, TaskOptions.priority(priority));
  }

  /** As {@link #complete(Runnable)}, with options. */
  public void complete(Runnable task, TaskOptions options) throws Exception {
    await(submit(task, options));
  }

  private <T> T await(PoolFuture<T> future) throws Exception {
    try {
      return future.get();
    } catch (ExecutionException e) {
      Throwable thrown = e.getCause();
      if (thrown instanceof Exception exception) {
        throw exception;
      }
      if (thrown instanceof Error error) {
        throw error;
      }
      throw e;
    } catch (InterruptedException e) {
      future.cancel(true);
      throw e;
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  // ---- Many at once

  /**
   * Runs all tasks and waits until each has ended. Blocks.
   *
   * @throws InterruptedException if interrupted while waiting; what has not ended is cancelled
   */
  @Override
  public <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks)
      throws InterruptedException {
    try {
      return parts.bulkCalls.invokeAll(tasks, Long.MAX_VALUE);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * As {@link #invokeAll(Collection)}; what has not ended in time is cancelled. Under {@link
   * OverflowPolicy#CALLER_RUNS} the caller ends the task that it runs, and submits no other.
   */
  @Override
  public <T> List<Future<T>> invokeAll(
      Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
      throws InterruptedException {
    try {
      return parts.bulkCalls.invokeAll(tasks, unit.toNanos(timeout));
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Runs tasks until one has returned, and cancels the others. Blocks.
   *
   * @throws ExecutionException if none returned; holds what the last one threw
   * @throws InterruptedException if interrupted while waiting; all are cancelled
   */
  @Override
  public <T> T invokeAny(Collection<? extends Callable<T>> tasks)
      throws InterruptedException, ExecutionException {
    try {
      return parts.bulkCalls.invokeAny(tasks, Long.MAX_VALUE);
    } catch (TimeoutException impossible) {
      throw new AssertionError("No time was set.", impossible);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * As {@link #invokeAny(Collection)}, for at most so long. Under {@link
   * OverflowPolicy#CALLER_RUNS} the caller ends the task that it runs, and submits no other.
   */
  @Override
  public <T> T invokeAny(Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    try {
      return parts.bulkCalls.invokeAny(tasks, unit.toNanos(timeout));
    } finally {
      Reference.reachabilityFence(this);
    }
  }
}

package dev.pools.task;

import dev.pools.Arguments;
import dev.pools.ArgumentsFunction;
import dev.pools.map.Function1;
import dev.pools.map.Function2;
import dev.pools.map.Function3;
import dev.pools.map.Function4;
import dev.pools.map.FunctionN;
import dev.pools.map.Input;
import dev.pools.map.MapExecutor;
import dev.pools.map.MapOptions;
import dev.pools.map.ParallelMap;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A pool of threads that calls synchronous functions concurrently behind an interface that never
 * blocks a caller who did not ask for it.
 *
 * <ul>
 *   <li><b>Priorities.</b> Smaller numbers run sooner, 0 is the default, first in first out among
 *       equals. The order is that in which tasks are taken from the queue.
 *   <li><b>Back-pressure.</b> With a {@code queueCapacity}, a task that finds no place waits for
 *       one asynchronously, in order; {@link PoolFuture#accepted()} tells when it has one.
 *   <li><b>Scaling.</b> Between {@code minWorkers} and {@code maxWorkers}, by waiting work and
 *       idleness.
 *   <li><b>A promise.</b> Every task that was submitted and not refused runs exactly once, or its
 *       future is cancelled or failed and it is counted, whatever else happens.
 * </ul>
 *
 * <p>All methods may be called by any thread. Methods that return a future do not block; those that
 * wait say so. It is an {@link ExecutorService} to the letter, and so can be used wherever Java
 * takes an {@link java.util.concurrent.Executor}.
 *
 * <p>A pool whose users have all forgotten it, so that it is unreachable, shuts itself down: what
 * it has taken runs, then its threads end. Better close it.
 *
 * <p>Metrics: {@link #stats()} has all numbers of a pool at one moment. Do not use Micrometer's
 * {@code ExecutorServiceMetrics.monitor(registry, pool, name)}: it knows the executors of the JDK
 * only; of this pool it times the tasks, but shows neither its size nor its queue. Use {@code
 * dev.pools.boot.metrics.AdvancedPoolMetrics} of the Spring Boot starter, which needs no
 * application context and offers Micrometer's own names, too:
 *
 * <pre>{@code
 * AdvancedPoolMetrics metrics = new AdvancedPoolMetrics(true);
 * metrics.bindTo(registry);
 * AdvancedPool pool =
 *     AdvancedPool.builder().name("reports").listener(metrics.listenerFor("reports")).build();
 * metrics.add("reports", pool);
 * }</pre>
 *
 * <p>Or bind gauges of your own: {@code Gauge.builder("reports.queued", pool, p ->
 * p.stats().qsize())}.
 *
 * <p>Memory effects: what a thread does before it submits a task happens-before the task, and what
 * the task does happens-before the completion of its future.
 */
public final class AdvancedPool implements ExecutorService, AutoCloseable {

  private static final Cleaner FORGOTTEN = Cleaner.create();

  private final PoolParts parts;
  private final TaskAdmission admission;
  private final TaskFactory factory;
  private final Cleaner.Cleanable forgotten;

  AdvancedPool(PoolOptions options) {
    PoolParts opened = new PoolParts(options);
    parts = opened;
    admission = opened.admission;
    factory = opened.factory;
    // Must not lead back to this object.
    forgotten = FORGOTTEN.register(this, opened.shutdown::forgotten);
    try {
      opened.lifecycle.open();
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /** A pool with default options; see {@link AdvancedPoolBuilder}. */
  public static AdvancedPool create() {
    return builder().build();
  }

  /** Starts to describe a pool. */
  public static AdvancedPoolBuilder builder() {
    return new AdvancedPoolBuilder();
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
   * A pool must not be taken for forgotten while it is being used: each method that uses it has
   * such a fence at its end.
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

  /** As {@link #invokeAll(Collection)}; what has not ended in time is cancelled. */
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

  /** As {@link #invokeAny(Collection)}, for at most so long. */
  @Override
  public <T> T invokeAny(Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    try {
      return parts.bulkCalls.invokeAny(tasks, unit.toNanos(timeout));
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  // ---- Functions over inputs

  /**
   * Calls a function with each value of an input, concurrently.
   *
   * <ul>
   *   <li>The input is read lazily: at most {@link MapOptions#window()} elements have been read and
   *       have not ended, so that an endless or a huge one needs memory for the results only. It is
   *       read by one thread at a time: the first window by the caller, who waits as long as the
   *       input does; then by workers whose element has ended, and by a helper thread of the pool.
   *   <li>The first failure, of the function, of the input or of the pool, fails the result with
   *       just that exception. Nothing more is read and what has not started never starts; what
   *       runs goes on to its end without an interrupt.
   *   <li>Cancelling the result, or completing it in any other way, as {@code orTimeout} does, has
   *       the same effect; {@code cancel(true)} interrupts what runs as well.
   *   <li>A map that has begun ends in an orderly shutdown: the pool accepts its elements while it
   *       drains, as {@link #shutdown()} says.
   *   <li>If the pool refuses an element, because it has been stopped or because its queue is full
   *       under {@link OverflowPolicy#REJECT}, the result fails with that refusal. If it drops one
   *       that had not started, the result is cancelled. Under {@link OverflowPolicy#WAIT} elements
   *       wait for a place.
   * </ul>
   *
   * <pre>{@code
   * CompletableFuture<List<Thumbnail>> thumbnails = pool.map(this::thumbnail, pictures);
   * }</pre>
   *
   * @param function called by several workers at a time
   * @param input may be endless; may have nulls; its iterator is closed if it is {@link
   *     AutoCloseable}
   * @return the results in the order of the input, null where the function returned null; the list
   *     cannot be changed. Its dependants run on the thread that found its end, mostly the worker
   *     of the last element, unless they name an executor.
   */
  @SuppressWarnings("overloads") // A variable number of arguments is what Java tries last.
  public <A extends @Nullable Object, R extends @Nullable Object> CompletableFuture<List<R>> map(
      Function1<? super A, ? extends R> function, Iterable<? extends A> input) {
    return map(function, input, MapOptions.DEFAULT);
  }

  /** As {@link #map(Function1, Iterable)}, with options. */
  public <A extends @Nullable Object, R extends @Nullable Object> CompletableFuture<List<R>> map(
      Function1<? super A, ? extends R> function, Iterable<? extends A> input, MapOptions options) {
    return ParallelMap.map(mapExecutor(), function, Input.of(input), options);
  }

  /**
   * As {@link #map(Function1, Iterable)}, for two inputs that are read together, until the shortest
   * one ends.
   */
  public <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
      CompletableFuture<List<R>> map(
          Function2<? super A, ? super B, ? extends R> function,
          Iterable<? extends A> a,
          Iterable<? extends B> b) {
    return map(function, a, b, MapOptions.DEFAULT);
  }

  /** As {@link #map(Function2, Iterable, Iterable)}, with options. */
  public <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
      CompletableFuture<List<R>> map(
          Function2<? super A, ? super B, ? extends R> function,
          Iterable<? extends A> a,
          Iterable<? extends B> b,
          MapOptions options) {
    return ParallelMap.map(mapExecutor(), function, Input.of(a), Input.of(b), options);
  }

  /**
   * As {@link #map(Function1, Iterable)}, for three inputs that are read together, until the
   * shortest one ends.
   */
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          R extends @Nullable Object>
      CompletableFuture<List<R>> map(
          Function3<? super A, ? super B, ? super C, ? extends R> function,
          Iterable<? extends A> a,
          Iterable<? extends B> b,
          Iterable<? extends C> c) {
    return map(function, a, b, c, MapOptions.DEFAULT);
  }

  /** As {@link #map(Function3, Iterable, Iterable, Iterable)}, with options. */
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          R extends @Nullable Object>
      CompletableFuture<List<R>> map(
          Function3<? super A, ? super B, ? super C, ? extends R> function,
          Iterable<? extends A> a,
          Iterable<? extends B> b,
          Iterable<? extends C> c,
          MapOptions options) {
    return ParallelMap.map(mapExecutor(), function, Input.of(a), Input.of(b), Input.of(c), options);
  }

  /**
   * As {@link #map(Function1, Iterable)}, for four inputs that are read together, until the
   * shortest one ends.
   */
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          R extends @Nullable Object>
      CompletableFuture<List<R>> map(
          Function4<? super A, ? super B, ? super C, ? super D, ? extends R> function,
          Iterable<? extends A> a,
          Iterable<? extends B> b,
          Iterable<? extends C> c,
          Iterable<? extends D> d) {
    return map(function, a, b, c, d, MapOptions.DEFAULT);
  }

  /** As {@link #map(Function4, Iterable, Iterable, Iterable, Iterable)}, with options. */
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          R extends @Nullable Object>
      CompletableFuture<List<R>> map(
          Function4<? super A, ? super B, ? super C, ? super D, ? extends R> function,
          Iterable<? extends A> a,
          Iterable<? extends B> b,
          Iterable<? extends C> c,
          Iterable<? extends D> d,
          MapOptions options) {
    return ParallelMap.map(
        mapExecutor(), function, Input.of(a), Input.of(b), Input.of(c), Input.of(d), options);
  }

  /** As {@link #map(Function1, Iterable, MapOptions)}, for inputs of any kind. */
  public <A extends @Nullable Object, R extends @Nullable Object> CompletableFuture<List<R>> map(
      Function1<? super A, ? extends R> function, Input<? extends A> input, MapOptions options) {
    return ParallelMap.map(mapExecutor(), function, input, options);
  }

  /** As {@link #map(Function2, Iterable, Iterable, MapOptions)}, for inputs of any kind. */
  public <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
      CompletableFuture<List<R>> map(
          Function2<? super A, ? super B, ? extends R> function,
          Input<? extends A> a,
          Input<? extends B> b,
          MapOptions options) {
    return ParallelMap.map(mapExecutor(), function, a, b, options);
  }

  /**
   * As {@link #map(Function3, Iterable, Iterable, Iterable, MapOptions)}, for inputs of any kind.
   */
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          R extends @Nullable Object>
      CompletableFuture<List<R>> map(
          Function3<? super A, ? super B, ? super C, ? extends R> function,
          Input<? extends A> a,
          Input<? extends B> b,
          Input<? extends C> c,
          MapOptions options) {
    return ParallelMap.map(mapExecutor(), function, a, b, c, options);
  }

  /**
   * As {@link #map(Function4, Iterable, Iterable, Iterable, Iterable, MapOptions)}, for inputs of
   * any kind.
   */
  public <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          R extends @Nullable Object>
      CompletableFuture<List<R>> map(
          Function4<? super A, ? super B, ? super C, ? super D, ? extends R> function,
          Input<? extends A> a,
          Input<? extends B> b,
          Input<? extends C> c,
          Input<? extends D> d,
          MapOptions options) {
    return ParallelMap.map(mapExecutor(), function, a, b, c, d, options);
  }

  /**
   * As {@link #map(Function1, Iterable)}, for values that a publisher delivers. It is asked for as
   * many as the window has room for, and cancelled when no more are needed.
   */
  public <A, R extends @Nullable Object> CompletableFuture<List<R>> map(
      Function1<? super A, ? extends R> function, Flow.Publisher<? extends A> input) {
    return map(function, input, MapOptions.DEFAULT);
  }

  /** As {@link #map(Function1, Flow.Publisher)}, with options. */
  public <A, R extends @Nullable Object> CompletableFuture<List<R>> map(
      Function1<? super A, ? extends R> function,
      Flow.Publisher<? extends A> input,
      MapOptions options) {
    return ParallelMap.map(mapExecutor(), function, Input.of(input), options);
  }

  /**
   * As {@link #map(Function1, Iterable)}, for any number of inputs that are read together, until
   * the shortest one ends. With none there are no results.
   *
   * @param function gets a list with one value of each input
   */
  @SuppressWarnings("overloads") // A variable number of arguments is what Java tries last.
  public <R extends @Nullable Object> CompletableFuture<List<R>> map(
      FunctionN<? extends R> function, Iterable<?>... inputs) {
    return map(function, MapOptions.DEFAULT, inputs);
  }

  /** As {@link #map(FunctionN, Iterable...)}, with options. */
  public <R extends @Nullable Object> CompletableFuture<List<R>> map(
      FunctionN<? extends R> function, MapOptions options, Iterable<?>... inputs) {
    return ParallelMap.map(
        mapExecutor(),
        function,
        options,
        Arrays.stream(inputs).map(Input::of).toArray(Input<?>[]::new));
  }

  /** As {@link #map(FunctionN, MapOptions, Iterable...)}, for inputs of any kind. */
  public <R extends @Nullable Object> CompletableFuture<List<R>> map(
      FunctionN<? extends R> function, MapOptions options, Input<?>... inputs) {
    return ParallelMap.map(mapExecutor(), function, options, inputs);
  }

  /**
   * As {@link #map(Function1, Iterable)}, for an input whose values are lists: each is given to the
   * function as its positional arguments. The function checks them when they are read, before their
   * task is submitted; a mismatch fails the result.
   *
   * @param function a {@link dev.pools.Binding} to a method, constructor or record, or a lambda
   */
  public <R extends @Nullable Object> CompletableFuture<List<R>> starmap(
      ArgumentsFunction<? extends R> function, Iterable<? extends List<?>> input) {
    return starmap(function, input, MapOptions.DEFAULT);
  }

  /** As {@link #starmap(ArgumentsFunction, Iterable)}, with options. */
  public <R extends @Nullable Object> CompletableFuture<List<R>> starmap(
      ArgumentsFunction<? extends R> function,
      Iterable<? extends List<?>> input,
      MapOptions options) {
    return ParallelMap.starmap(mapExecutor(), function, Input.of(input), options);
  }

  /** As {@link #starmap(ArgumentsFunction, Iterable, MapOptions)}, for an input of any kind. */
  public <R extends @Nullable Object> CompletableFuture<List<R>> starmap(
      ArgumentsFunction<? extends R> function, Input<? extends List<?>> input, MapOptions options) {
    return ParallelMap.starmap(mapExecutor(), function, input, options);
  }

  /**
   * As {@link #map(Function1, Iterable)}, for an input whose values are maps: each is given to the
   * function as its named arguments. The function checks them when they are read, before their task
   * is submitted; a mismatch fails the result.
   *
   * @param function a {@link dev.pools.Binding} to a method, constructor or record, or a lambda
   */
  public <R extends @Nullable Object> CompletableFuture<List<R>> doubleStarmap(
      ArgumentsFunction<? extends R> function, Iterable<? extends Map<String, ?>> input) {
    return doubleStarmap(function, input, MapOptions.DEFAULT);
  }

  /** As {@link #doubleStarmap(ArgumentsFunction, Iterable)}, with options. */
  public <R extends @Nullable Object> CompletableFuture<List<R>> doubleStarmap(
      ArgumentsFunction<? extends R> function,
      Iterable<? extends Map<String, ?>> input,
      MapOptions options) {
    return ParallelMap.doubleStarmap(mapExecutor(), function, Input.of(input), options);
  }

  /**
   * As {@link #doubleStarmap(ArgumentsFunction, Iterable, MapOptions)}, for an input of any kind.
   */
  public <R extends @Nullable Object> CompletableFuture<List<R>> doubleStarmap(
      ArgumentsFunction<? extends R> function,
      Input<? extends Map<String, ?>> input,
      MapOptions options) {
    return ParallelMap.doubleStarmap(mapExecutor(), function, input, options);
  }

  /**
   * As {@link #map(Function1, Iterable)}, for an input whose values are arguments by position and
   * by name: each are given to the function. The function checks them when they are read, before
   * their task is submitted; a mismatch fails the result.
   *
   * @param function a {@link dev.pools.Binding} to a method, constructor or record, or a lambda
   */
  public <R extends @Nullable Object> CompletableFuture<List<R>> starmapWithKeywords(
      ArgumentsFunction<? extends R> function, Iterable<? extends Arguments> input) {
    return starmapWithKeywords(function, input, MapOptions.DEFAULT);
  }

  /** As {@link #starmapWithKeywords(ArgumentsFunction, Iterable)}, with options. */
  public <R extends @Nullable Object> CompletableFuture<List<R>> starmapWithKeywords(
      ArgumentsFunction<? extends R> function,
      Iterable<? extends Arguments> input,
      MapOptions options) {
    return ParallelMap.starmapWithKeywords(mapExecutor(), function, Input.of(input), options);
  }

  /**
   * As {@link #starmapWithKeywords(ArgumentsFunction, Iterable, MapOptions)}, for an input of any
   * kind.
   */
  public <R extends @Nullable Object> CompletableFuture<List<R>> starmapWithKeywords(
      ArgumentsFunction<? extends R> function,
      Input<? extends Arguments> input,
      MapOptions options) {
    return ParallelMap.starmapWithKeywords(mapExecutor(), function, input, options);
  }

  private MapExecutor mapExecutor() {
    return new PoolMapExecutor(parts, this);
  }

  // ---- Waiting and sizing

  /**
   * Completes when every task submitted before this call has ended: later ones do not delay it. A
   * task must not wait for it, because it would wait for itself.
   */
  public CompletableFuture<Void> drain() {
    try {
      return parts.waits.drain();
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Completes when the pool has terminated, with one report for each worker that it has ever had. A
   * worker is a place in the crew: see {@link WorkerReport}. Does not shut the pool down.
   */
  public CompletableFuture<List<WorkerReport>> join() {
    try {
      return parts.shutdown.join();
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Sets the least and the greatest number of workers. Missing workers are started and superfluous
   * ones leave, idle ones at once, busy ones after their task; no task is lost.
   *
   * @param minWorkers from 0 to {@code maxWorkers}
   * @param maxWorkers from 1 to 1,000,000
   * @return completes when the number of workers is within the limits; fails if a thread that is
   *     needed cannot be started, or with a {@link PoolShutDownException} if the pool has
   *     terminated
   * @throws IllegalArgumentException if a number is out of its range; nothing has changed
   */
  public CompletableFuture<Void> resize(int minWorkers, int maxWorkers) {
    try {
      PoolOptions.checkWorkers(minWorkers, maxWorkers);
      return parts.lifecycle.resize(minWorkers, maxWorkers);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Completes at the first moment at which the pool has nothing to do: no task is queued, waits for
   * a place or runs, and no map is open. Tasks that are submitted meanwhile are waited for, too.
   * The pool goes on accepting tasks. Cancel it to stop waiting.
   *
   * <p>Tasks that cannot end before this completes are not waited for: the one that calls this, and
   * those that have called {@link System#exit}, which does not return. So a thread that closes an
   * application can wait for its pools, whoever asked for the end.
   */
  public CompletableFuture<Void> whenIdle() {
    try {
      return parts.waits.whenIdle();
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Completes when the queue has a free place, with the time waited. The place is not reserved:
   * when many wait, all are told. Cancel it to stop waiting. Fails with a {@link
   * PoolShutDownException} if the pool is or will be shut down.
   */
  public CompletableFuture<Duration> waitForSlot() {
    try {
      return parts.waits.waitForSlot(null);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * As {@link #waitForSlot()}, for at most so long: fails with a {@link TimeoutException} then.
   *
   * @param timeout zero or positive
   */
  public CompletableFuture<Duration> waitForSlot(Duration timeout) {
    if (timeout.isNegative()) {
      throw new IllegalArgumentException(
          "timeout is "
              + timeout
              + ", but must be zero or positive. Leave it out to wait for ever.");
    }
    try {
      return parts.waits.waitForSlot(timeout);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  // ---- The end

  /**
   * Takes no more tasks from outside. All that were submitted run, those that wait for a place
   * included.
   *
   * <p>What was accepted is accepted as a whole. While the pool drains it still accepts the
   * elements of a {@code map} that had begun, and what its own tasks submit, or the completions of
   * their futures, such as {@code submit(a).thenApplyAsync(b, pool)}. All others get a {@link
   * PoolShutDownException} from now on, and {@link #isShutdown()} is true. The pool has terminated
   * when nothing of that is left: nothing is queued, waits for a place or runs, and no map is open.
   *
   * <p>A map keeps the pool as long as its input goes on. One whose input has delivered nothing for
   * 30 s (up to 60 s), while the pool has nothing else to do, fails with a {@link
   * PoolShutDownException}, so that a publisher that has fallen silent cannot hold up the end.
   * {@link #shutdownNow()}, cancelling what is pending, and the timeouts of {@link ShutdownOptions}
   * end all of this at once.
   */
  @Override
  public void shutdown() {
    try {
      parts.shutdown.shutdown();
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Takes no more tasks, and ends as the options say.
   *
   * @return completes with the uptime, when all has ended or the total timeout is over
   */
  public CompletableFuture<Duration> shutdown(ShutdownOptions options) {
    try {
      return parts.shutdown.shutdown(Objects.requireNonNull(options, "options"));
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Takes no more tasks of any kind, cancels those that have not started, and interrupts those that
   * have. A map that would submit more fails or is cancelled.
   *
   * @return the tasks that have never run, the most urgent first: for an executed task the very
   *     Runnable, for a submitted one its future, which has been cancelled. Each can be run once by
   *     calling its {@code run()}, for its effect: the future stays cancelled, and what the code
   *     throws is thrown (a checked exception as the cause of a {@link
   *     java.util.concurrent.CompletionException}). A second {@code run()} of a submitted task
   *     throws an {@link IllegalStateException}.
   */
  @Override
  public List<Runnable> shutdownNow() {
    try {
      return parts.shutdown.stop();
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public boolean isShutdown() {
    try {
      return parts.core.state() != PoolState.RUNNING;
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public boolean isTerminated() {
    try {
      return parts.core.state() == PoolState.TERMINATED;
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Waits until the pool has terminated. Blocks.
   *
   * @throws IllegalStateException if called by a task of this pool, whoever runs it, or by a
   *     listener that is told of a task's end: it would wait for itself
   */
  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    try {
      requireOutside("awaitTermination");
      return parts.shutdown.awaitTermination(timeout, unit);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Shuts the pool down and waits until it has terminated: as {@link #shutdown()} does, or, with
   * {@code killAtExit}, as {@link #shutdownNow()} does. Blocks. If interrupted while it waits it
   * does as {@link #shutdownNow()} and goes on waiting, and the interrupt is kept. May be called
   * twice.
   *
   * @throws IllegalStateException if called by a task of this pool, whoever runs it, or by a
   *     listener that is told of a task's end: it would wait for itself. The pool is shut down all
   *     the same.
   */
  @Override
  public void close() {
    try {
      if (parts.options.killAtExit()) {
        shutdownNow();
      } else {
        shutdown();
      }
      requireOutside("close");
      boolean interrupted = false;
      while (!isTerminated()) {
        try {
          awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          if (!interrupted) {
            shutdownNow();
          }
          interrupted = true;
        }
      }
      forgotten.clean();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  private void requireOutside(String method) {
    if (parts.core.threads.isInside()) {
      throw new IllegalStateException(
          "%s was called by a task of pool '%s', which would wait for its own end. Call it from outside, or call shutdown()."
              .formatted(method, name()));
    }
  }

  /**
   * Does nothing while the pool takes tasks.
   *
   * @throws PoolShutDownException if it is shutting down or has been shut down
   */
  public void raiseForShutdown() {
    try {
      PoolState state = parts.core.state();
      if (state != PoolState.RUNNING) {
        throw new PoolShutDownException(name(), state);
      }
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  // ---- Readings: none takes a lock

  /** The pool's name, which its threads, log lines and metrics carry. */
  public String name() {
    return parts.options.name();
  }

  /** How many tasks have returned normally. */
  public long completed() {
    return stats().completed();
  }

  /** Whether no task waits in the queue. */
  public boolean empty() {
    return qsize() == 0;
  }

  /** Whether the queue is full, so that {@link #waitForSlot()} would wait. */
  public boolean full() {
    try {
      return parts.stats.full();
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /** Whether no task runs and none is queued. */
  public boolean idle() {
    PoolStats stats = stats();
    return stats.active() == 0 && stats.qsize() == 0 && stats.admissionsWaiting() == 0;
  }

  /** How many tasks are queued, without those for which an idle worker is on its way. */
  public int qsize() {
    return stats().qsize();
  }

  /** How long the pool has been up, or was when it had terminated. */
  public Duration uptime() {
    try {
      return parts.stats.uptime();
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /** The least number of workers. */
  public int minWorkers() {
    return stats().minWorkers();
  }

  /** The greatest number of workers. */
  public int maxWorkers() {
    return stats().maxWorkers();
  }

  /** How many tasks may be queued; {@link AdvancedPoolBuilder#UNBOUNDED} if there is no bound. */
  public int queueCapacity() {
    return parts.options.queueCapacity();
  }

  /** All numbers, which belong together; see {@link PoolStats}. */
  public PoolStats stats() {
    try {
      return parts.stats.stats();
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public String toString() {
    return "AdvancedPool" + stats();
  }
}

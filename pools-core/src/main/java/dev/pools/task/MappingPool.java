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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * How an {@link AdvancedPool} calls a function with each value of one or more inputs.
 *
 * <p>All methods may be called by any thread, and none waits for a result; the first values are
 * read by the caller.
 */
public abstract sealed class MappingPool extends SubmittingPool permits InspectablePool {

  MappingPool(PoolParts parts) {
    super(parts);
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
   *       wait for a place. Under {@link OverflowPolicy#CALLER_RUNS} the thread that has read an
   *       element runs it if the queue is full: the caller goes on with that, a worker leaves the
   *       next one to other threads.
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
}

package dev.pools.map;

import dev.pools.Arguments;
import dev.pools.ArgumentsFunction;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Starts maps on the executor of a pool. Users call the methods of the same names on the pool,
 * which also document them.
 *
 * <p>Each method reads the first window of rows on the calling thread and returns. It throws only
 * if an argument is null; every later failure fails the future.
 */
public final class ParallelMap {

  private ParallelMap() {}

  /** Applies a function of one value. */
  @SuppressWarnings("unchecked")
  public static <A extends @Nullable Object, R extends @Nullable Object>
      CompletableFuture<List<R>> map(
          MapExecutor executor,
          Function1<? super A, ? extends R> function,
          Input<? extends A> a,
          MapOptions options) {
    return MapRun.start(executor, options, function, row -> () -> function.apply((A) row[0]), a);
  }

  /** Applies a function of two values. */
  @SuppressWarnings("unchecked")
  public static <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
      CompletableFuture<List<R>> map(
          MapExecutor executor,
          Function2<? super A, ? super B, ? extends R> function,
          Input<? extends A> a,
          Input<? extends B> b,
          MapOptions options) {
    return MapRun.start(
        executor, options, function, row -> () -> function.apply((A) row[0], (B) row[1]), a, b);
  }

  /** Applies a function of three values. */
  @SuppressWarnings("unchecked")
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          R extends @Nullable Object>
      CompletableFuture<List<R>> map(
          MapExecutor executor,
          Function3<? super A, ? super B, ? super C, ? extends R> function,
          Input<? extends A> a,
          Input<? extends B> b,
          Input<? extends C> c,
          MapOptions options) {
    return MapRun.start(
        executor,
        options,
        function,
        row -> () -> function.apply((A) row[0], (B) row[1], (C) row[2]),
        a,
        b,
        c);
  }

  /** Applies a function of four values. */
  @SuppressWarnings("unchecked")
  public static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          R extends @Nullable Object>
      CompletableFuture<List<R>> map(
          MapExecutor executor,
          Function4<? super A, ? super B, ? super C, ? super D, ? extends R> function,
          Input<? extends A> a,
          Input<? extends B> b,
          Input<? extends C> c,
          Input<? extends D> d,
          MapOptions options) {
    return MapRun.start(
        executor,
        options,
        function,
        row -> () -> function.apply((A) row[0], (B) row[1], (C) row[2], (D) row[3]),
        a,
        b,
        c,
        d);
  }

  /** Applies a function of any number of values. */
  public static <R extends @Nullable Object> CompletableFuture<List<R>> map(
      MapExecutor executor,
      FunctionN<? extends R> function,
      MapOptions options,
      Input<?>... inputs) {
    return MapRun.start(
        executor,
        options,
        function,
        row -> {
          List<?> values = Collections.unmodifiableList(Arrays.asList(row));
          return () -> function.apply(values);
        },
        inputs);
  }

  /** Applies a function to lists, each unpacked as its positional arguments. */
  public static <R extends @Nullable Object> CompletableFuture<List<R>> starmap(
      MapExecutor executor,
      ArgumentsFunction<? extends R> function,
      Input<? extends List<?>> positional,
      MapOptions options) {
    return applied(
        executor, function, positional, options, row -> Arguments.ofList((List<?>) present(row)));
  }

  /** Applies a function to maps, each unpacked as its named arguments. */
  public static <R extends @Nullable Object> CompletableFuture<List<R>> doubleStarmap(
      MapExecutor executor,
      ArgumentsFunction<? extends R> function,
      Input<? extends Map<String, ?>> named,
      MapOptions options) {
    return applied(executor, function, named, options, row -> Arguments.named(names(present(row))));
  }

  /** Applies a function to arguments by position and by name. */
  public static <R extends @Nullable Object> CompletableFuture<List<R>> starmapWithKeywords(
      MapExecutor executor,
      ArgumentsFunction<? extends R> function,
      Input<? extends Arguments> arguments,
      MapOptions options) {
    return applied(executor, function, arguments, options, row -> (Arguments) present(row));
  }

  /** Applies a function to arguments that it checks as soon as they have been read. */
  private static <R extends @Nullable Object> CompletableFuture<List<R>> applied(
      MapExecutor executor,
      ArgumentsFunction<? extends R> function,
      Input<?> input,
      MapOptions options,
      Function<@Nullable Object[], Arguments> reading) {
    return MapRun.start(
        executor,
        options,
        function,
        row -> {
          Arguments arguments = reading.apply(row);
          function.check(arguments);
          return () -> function.apply(arguments);
        },
        input);
  }

  private static Object present(@Nullable Object[] row) {
    return Objects.requireNonNull(
        row[0], "An element of the input is null: give Arguments.none() or empty ones instead.");
  }

  @SuppressWarnings("unchecked")
  private static Map<String, ?> names(Object named) {
    return (Map<String, ?>) named;
  }
}

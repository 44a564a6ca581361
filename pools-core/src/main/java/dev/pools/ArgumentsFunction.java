package dev.pools;

import org.jspecify.annotations.Nullable;

/**
 * A function of {@link Arguments}. A lambda takes out of them what it needs; a {@link Binding}
 * hands them to a method, a constructor or a record by position and by parameter name.
 *
 * <pre>{@code
 * ArgumentsFunction<String> greet =
 *     arguments -> "Hello " + arguments.get("name", String.class);
 * }</pre>
 *
 * <p>It may be called by several threads at a time.
 *
 * @param <R> what it returns
 */
@FunctionalInterface
public interface ArgumentsFunction<R extends @Nullable Object> {

  /**
   * Calls the function.
   *
   * @throws ArgumentsMismatchException if the arguments do not fit; nothing has run
   * @throws Exception whatever the function throws
   */
  R apply(Arguments arguments) throws Exception;

  /**
   * Checks the arguments without calling the function, so that a mismatch is found before anything
   * runs. Must be quick, because the thread that reads the arguments calls it. By default all
   * arguments are taken to fit.
   *
   * @throws ArgumentsMismatchException if the arguments do not fit
   */
  default void check(Arguments arguments) {}
}

package dev.pools.map;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Turns a row of values, one of each input, into the work of one element. */
@FunctionalInterface
interface RowFunction<R extends @Nullable Object> {

  /**
   * Checks the values and returns the work.
   *
   * @throws RuntimeException if the function does not accept the values; the map fails with it
   */
  Callable<? extends R> prepare(@Nullable Object[] row);
}

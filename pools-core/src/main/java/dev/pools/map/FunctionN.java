package dev.pools.map;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A synchronous function of any number of values that may throw. Several threads may call it at a
 * time.
 *
 * @param <R> the type of the result
 */
@FunctionalInterface
public interface FunctionN<R extends @Nullable Object> {

  /**
   * Calls the function.
   *
   * @param values one of each input, in the order of the inputs; cannot be changed
   * @throws Exception what it throws; the future of the map fails with this exception itself
   */
  R apply(List<?> values) throws Exception;
}

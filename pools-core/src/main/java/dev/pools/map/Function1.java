package dev.pools.map;

import org.jspecify.annotations.Nullable;

/**
 * A synchronous function of one value that may throw. Several threads may call it at a time.
 *
 * @param <A> the type of the value
 * @param <R> the type of the result
 */
@FunctionalInterface
public interface Function1<A extends @Nullable Object, R extends @Nullable Object> {

  /**
   * Calls the function.
   *
   * @throws Exception what it throws; the future of the map fails with this exception itself
   */
  R apply(A a) throws Exception;
}

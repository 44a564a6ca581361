package dev.pools.connection;

import dev.pools.internal.Time;

/** Opens the seam by which the pool's own tests inject the time to tests that live elsewhere. */
public final class OnTime {

  private OnTime() {}

  /** The builder, whose pools will live by this time. */
  public static <T> ConnectionPoolBuilder<T> of(ConnectionPoolBuilder<T> builder, Time time) {
    return builder.time(time);
  }
}

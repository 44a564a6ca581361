package dev.pools.task;

import org.jspecify.annotations.Nullable;

/**
 * Of which pools the current thread runs a task, if it is not a worker of theirs: a caller that
 * runs its own task, or a thread that tells the listeners about a task. It must not wait for the
 * end of these pools.
 *
 * <p>A thread keeps one small array of the JDK's own types when it has left, and no reference to a
 * pool.
 */
final class Visits {

  private static final ThreadLocal<@Nullable Object[]> CURRENT =
      ThreadLocal.withInitial(() -> new Object[1]);

  /** A visit of one pool during a visit of another. */
  private record Nested(Dispatch pool, Object outer) {}

  private Visits() {}

  /**
   * The current thread's place; {@link #begin} and {@link #end} take it, so that it is looked up
   * once.
   */
  static @Nullable Object[] place() {
    return CURRENT.get();
  }

  /**
   * Begins a visit.
   *
   * @return what {@link #end} needs
   */
  static @Nullable Object begin(@Nullable Object[] place, Dispatch pool) {
    Object outer = place[0];
    place[0] = outer == null ? pool : new Nested(pool, outer);
    return outer;
  }

  static void end(@Nullable Object[] place, @Nullable Object outer) {
    place[0] = outer;
  }

  /** Whether the current thread is inside of that pool. */
  static boolean isInside(Dispatch pool) {
    Object visit = CURRENT.get()[0];
    while (visit instanceof Nested nested) {
      if (nested.pool == pool) {
        return true;
      }
      visit = nested.outer;
    }
    return visit == pool;
  }
}

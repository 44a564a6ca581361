package dev.pools.task;

import org.jspecify.annotations.Nullable;

/**
 * Marks a thread that is not a worker while it completes a future of accepted work, or waits for
 * one: what the dependants that it runs submit to that pool belongs to the accepted work.
 */
final class CompoundScope {

  private static final ThreadLocal<@Nullable CompoundScope> INNERMOST = new ThreadLocal<>();

  private final long pool;
  private final @Nullable CompoundScope outer;

  private CompoundScope(long pool, @Nullable CompoundScope outer) {
    this.pool = pool;
    this.outer = outer;
  }

  /** Runs a completion of that pool's work. */
  static void run(long pool, Runnable completion) {
    CompoundScope scope = enter(pool);
    try {
      completion.run();
    } finally {
      scope.leave();
    }
  }

  /** Begins a scope, which the same thread must {@link #leave}, the innermost first. */
  static CompoundScope enter(long pool) {
    CompoundScope scope = new CompoundScope(pool, INNERMOST.get());
    INNERMOST.set(scope);
    return scope;
  }

  void leave() {
    if (outer == null) {
      INNERMOST.remove();
    } else {
      INNERMOST.set(outer);
    }
  }

  /** Whether the current thread is completing work of that pool. */
  static boolean covers(long pool) {
    for (CompoundScope scope = INNERMOST.get(); scope != null; scope = scope.outer) {
      if (scope.pool == pool) {
        return true;
      }
    }
    return false;
  }
}

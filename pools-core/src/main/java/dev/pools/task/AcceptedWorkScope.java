package dev.pools.task;

import org.jspecify.annotations.Nullable;

/**
 * Marks a thread that is not a worker while it completes a future of accepted work, or waits for
 * one: what the dependants that it runs submit to that pool belongs to the accepted work.
 */
final class AcceptedWorkScope {

  private static final ThreadLocal<@Nullable AcceptedWorkScope> INNERMOST = new ThreadLocal<>();

  private final long pool;
  private final @Nullable AcceptedWorkScope outer;

  private AcceptedWorkScope(long pool, @Nullable AcceptedWorkScope outer) {
    this.pool = pool;
    this.outer = outer;
  }

  /** Runs a completion of that pool's work. */
  static void run(long pool, Runnable completion) {
    AcceptedWorkScope scope = enter(pool);
    try {
      completion.run();
    } finally {
      scope.leave();
    }
  }

  /** Begins a scope, which the same thread must {@link #leave}, the innermost first. */
  static AcceptedWorkScope enter(long pool) {
    AcceptedWorkScope scope = new AcceptedWorkScope(pool, INNERMOST.get());
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
    for (AcceptedWorkScope scope = INNERMOST.get(); scope != null; scope = scope.outer) {
      if (scope.pool == pool) {
        return true;
      }
    }
    return false;
  }
}

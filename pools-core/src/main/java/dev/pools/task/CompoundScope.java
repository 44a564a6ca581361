package dev.pools.task;

import org.jspecify.annotations.Nullable;

/**
 * Marks a thread that is not a worker while it completes a future of accepted work, or waits for
 * one: what the dependants that it runs submit to that pool belongs to the accepted work.
 */
final class CompoundScope {

  private static final ThreadLocal<@Nullable CompoundScope> INNERMOST = new ThreadLocal<>();

  private final Dispatch dispatch;
  private final @Nullable CompoundScope outer;

  private CompoundScope(Dispatch dispatch, @Nullable CompoundScope outer) {
    this.dispatch = dispatch;
    this.outer = outer;
  }

  /** Runs a completion of that pool's work. */
  static void run(Dispatch dispatch, Runnable completion) {
    CompoundScope scope = enter(dispatch);
    try {
      completion.run();
    } finally {
      scope.leave();
    }
  }

  /** Begins a scope, which the same thread must {@link #leave}, the innermost first. */
  static CompoundScope enter(Dispatch dispatch) {
    CompoundScope scope = new CompoundScope(dispatch, INNERMOST.get());
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
  static boolean covers(Dispatch dispatch) {
    for (CompoundScope scope = INNERMOST.get(); scope != null; scope = scope.outer) {
      if (scope.dispatch == dispatch) {
        return true;
      }
    }
    return false;
  }
}

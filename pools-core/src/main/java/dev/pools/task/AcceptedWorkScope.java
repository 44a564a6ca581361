package dev.pools.task;

import org.jspecify.annotations.Nullable;

/**
 * Marks a thread that is not a worker while it completes a future of accepted work, or waits for
 * one: what the dependants that it runs submit to that pool belongs to the accepted work. Marks a
 * thread on which a decorator runs a task, too: it is then inside of the pool like a worker.
 */
final class AcceptedWorkScope {

  private static final ThreadLocal<@Nullable AcceptedWorkScope> INNERMOST = new ThreadLocal<>();

  private final long pool;
  private final @Nullable Thread runner;
  private final @Nullable AcceptedWorkScope outer;

  private AcceptedWorkScope(long pool, @Nullable Thread runner, @Nullable AcceptedWorkScope outer) {
    this.pool = pool;
    this.runner = runner;
    this.outer = outer;
  }

  /** Runs a completion of that pool's work. */
  static void run(long pool, Runnable completion) {
    run(enter(pool), completion);
  }

  /**
   * Runs a task of that pool, maybe on another thread than the one that runs it for the pool.
   *
   * @param runner the thread that runs it for the pool, and waits for this one
   */
  static void runTask(long pool, Thread runner, Runnable task) {
    run(enter(pool, runner), task);
  }

  private static void run(AcceptedWorkScope scope, Runnable code) {
    try {
      code.run();
    } finally {
      scope.leave();
    }
  }

  /** Begins a scope, which the same thread must {@link #leave}, the innermost first. */
  static AcceptedWorkScope enter(long pool) {
    return enter(pool, /* runner= */ null);
  }

  private static AcceptedWorkScope enter(long pool, @Nullable Thread runner) {
    AcceptedWorkScope scope = new AcceptedWorkScope(pool, runner, INNERMOST.get());
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

  /**
   * The thread that runs a task for that pool, if the current thread is inside of a task that runs
   * in a context; null if it is not.
   */
  static @Nullable Thread runnerFor(long pool) {
    for (AcceptedWorkScope scope = INNERMOST.get(); scope != null; scope = scope.outer) {
      if (scope.pool == pool && scope.runner != null) {
        return scope.runner;
      }
    }
    return null;
  }
}

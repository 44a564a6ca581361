package dev.pools.benchmarks.task;

import dev.pools.task.AdvancedPool;
import dev.pools.task.PoolFuture;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** AdvancedPool. */
final class OurCrew extends Crew {

  private final AdvancedPool pool;

  OurCrew(AdvancedPool pool) {
    this.pool = pool;
  }

  @Override
  void execute(Runnable task) {
    pool.execute(task);
  }

  @Override
  void execute(Runnable task, int priority) {
    pool.execute(task, priority);
  }

  /**
   * A caller that wants to be held up waits until its task has a place, and needs the future of the
   * task for that.
   */
  @Override
  void executeOrWait(Runnable task) {
    PoolFuture<?> future = pool.submit(Executors.callable(task));
    CompletableFuture<Void> accepted = future.accepted();
    if (!accepted.isDone()) {
      accepted.join();
    }
  }

  /** The pool is built with {@code CALLER_RUNS} where this is measured. */
  @Override
  void executeOrRun(Runnable task) {
    pool.execute(task);
  }

  @Override
  <T> Future<T> submit(Callable<T> task) {
    return pool.submit(task);
  }

  @Override
  Executor executor() {
    return pool;
  }

  @Override
  void end() {
    pool.shutdown();
  }
}

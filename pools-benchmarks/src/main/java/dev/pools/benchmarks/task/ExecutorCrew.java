package dev.pools.benchmarks.task;

import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/** An executor without futures of its own: the JDK's {@link FutureTask} is its future. */
class ExecutorCrew extends Crew {

  /** How it is ended. */
  interface End {
    void run() throws Exception;
  }

  private final Executor executor;
  private final End end;

  ExecutorCrew(Executor executor, End end) {
    this.executor = executor;
    this.end = end;
  }

  @Override
  void execute(Runnable task) {
    executor.execute(task);
  }

  @Override
  <T> Future<T> submit(Callable<T> task) {
    FutureTask<T> future = new FutureTask<>(task);
    executor.execute(future);
    return future;
  }

  @Override
  Executor executor() {
    return executor;
  }

  @Override
  void end() throws Exception {
    end.run();
  }
}

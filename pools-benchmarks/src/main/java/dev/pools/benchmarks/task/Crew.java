package dev.pools.benchmarks.task;

import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;

/**
 * An executor as the benchmarks use it. In one JVM only one peer is measured, so that these calls
 * have one target each and cost nothing.
 */
abstract class Crew {

  /** Runs a task some time. */
  abstract void execute(Runnable task);

  /** Runs a task some time, and those with smaller numbers sooner. */
  void execute(Runnable task, int priority) {
    throw new UnsupportedOperationException("No priorities");
  }

  /** Runs a task some time, and holds the caller up while the queue is full. */
  void executeOrWait(Runnable task) throws InterruptedException {
    throw new UnsupportedOperationException("No bound that callers wait at");
  }

  /** Runs a task some time, on the caller's thread if the queue is full. */
  void executeOrRun(Runnable task) {
    throw new UnsupportedOperationException("No bound at which callers run their tasks");
  }

  /** Runs a task some time, with a future. */
  abstract <T> Future<T> submit(Callable<T> task);

  /** What {@code CompletableFuture.supplyAsync} is given. */
  abstract Executor executor();

  /** Ends it; the tasks have ended. */
  abstract void end() throws Exception;
}

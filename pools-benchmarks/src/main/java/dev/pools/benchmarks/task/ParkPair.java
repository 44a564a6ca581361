package dev.pools.benchmarks.task;

import dev.pools.benchmarks.WakeUps;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A thread that parks until it gets a task, and a caller who parks until that has run. Not an
 * executor: one caller at a time, and {@link #submit} waits by itself, since a future would already
 * be more than the bare pair.
 */
final class ParkPair extends Crew {

  private final Thread worker = new Thread(this::work, WakeUps.WORKER_NAME);
  private volatile @Nullable Callable<?> task;
  private volatile @Nullable Thread caller;
  private volatile boolean closed;

  ParkPair() {
    worker.setDaemon(true);
    worker.start();
  }

  private void work() {
    while (!closed) {
      Callable<?> next = task;
      if (next == null) {
        LockSupport.park(this);
        continue;
      }
      try {
        next.call();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      Thread waiting = caller;
      task = null;
      LockSupport.unpark(waiting);
    }
  }

  @Override
  <T> Future<T> submit(Callable<T> given) {
    caller = Thread.currentThread();
    task = given;
    LockSupport.unpark(worker);
    while (task != null) {
      LockSupport.park(this);
    }
    return DONE.get();
  }

  @Override
  void execute(Runnable given) {
    throw new UnsupportedOperationException("Only round trips");
  }

  @Override
  Executor executor() {
    throw new UnsupportedOperationException("Only round trips");
  }

  @Override
  void end() {
    closed = true;
    LockSupport.unpark(worker);
  }

  private static final class DONE {
    private static final CompletableFuture<?> FUTURE = CompletableFuture.completedFuture(0);

    @SuppressWarnings("unchecked") // No code reads the result.
    static <T> Future<T> get() {
      return (Future<T>) FUTURE;
    }
  }
}

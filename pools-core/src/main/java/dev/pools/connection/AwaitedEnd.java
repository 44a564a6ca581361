package dev.pools.connection;

import dev.pools.internal.OnHelperThread;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * The end of a start, or of a stop, that any number of callers wait for. Guarded by the pool's
 * lock.
 *
 * <p>Each caller gets a future of its own, and each future is completed by an action of its own. So
 * a callback of one caller that does not return holds up no other caller. Copies of one future
 * would not do: they are completed one after another by one thread, which runs the callbacks of
 * each copy before it completes the next one.
 *
 * <p>Invariant: a future that was given out is listed until the decision to complete it is listed
 * in {@link ConnectionCore#decisions}.
 */
final class AwaitedEnd {

  private final ConnectionCore<?> core;
  private final Deque<CompletableFuture<Void>> waiting = new ArrayDeque<>();
  private boolean isReached;

  AwaitedEnd(ConnectionCore<?> core) {
    this.core = core;
  }

  /** Completes with the end. It belongs to one caller, who may cancel it without further effect. */
  CompletableFuture<Void> future() {
    CompletableFuture<Void> future = new CompletableFuture<>();
    if (isReached) {
      future.complete(null);
    } else {
      waiting.add(future);
    }
    return future;
  }

  /** Completes all futures. May be called twice, after the first call found no memory. */
  void reached() {
    for (CompletableFuture<Void> next = waiting.peek(); next != null; next = waiting.peek()) {
      core.complete(next);
      waiting.remove();
    }
    isReached = true;
  }

  /**
   * Fails all futures. May be called twice.
   *
   * @param why creates the exception of each caller after the lock; it may describe exceptions of
   *     users
   */
  void failed(Supplier<? extends Throwable> why) {
    for (CompletableFuture<Void> next = waiting.peek(); next != null; next = waiting.peek()) {
      CompletableFuture<Void> future = next;
      core.decisions.serve(new OnHelperThread(core.time, () -> fail(future, why)));
      waiting.remove();
    }
  }

  private static void fail(CompletableFuture<Void> future, Supplier<? extends Throwable> why) {
    Throwable failure;
    try {
      failure = why.get();
    } catch (Throwable noMemoryOrStack) {
      failure = noMemoryOrStack;
    }
    future.completeExceptionally(failure);
  }
}

package dev.pools.task;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** {@code invokeAll} and {@code invokeAny}: many tasks, one caller that waits for them. */
final class BulkCalls {

  private final TaskAdmission admission;
  private final TaskOwner<?> owner;

  BulkCalls(TaskAdmission admission, TaskOwner<?> owner) {
    this.admission = admission;
    this.owner = owner;
  }

  /**
   * Runs all; what has not ended when the caller gives up, for whatever reason, is cancelled. Looks
   * at the time before each task: the caller itself may have run the one before.
   *
   * @param nanos how long to wait; {@link Long#MAX_VALUE} means as long as it takes
   */
  <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks, long nanos)
      throws InterruptedException {
    List<Callable<T>> checked = List.copyOf(tasks);
    long deadline = deadline(nanos);
    List<Future<T>> futures = new ArrayList<>(checked.size());
    boolean allEnded = false;
    try {
      for (Callable<T> task : checked) {
        futures.add(isOver(deadline) ? notSubmitted() : admission.submit(task));
      }
      allEnded = awaitAll(futures, deadline);
      return futures;
    } finally {
      if (!allEnded) {
        cancel(futures);
      }
    }
  }

  private <T> boolean awaitAll(List<Future<T>> futures, long deadline) throws InterruptedException {
    for (Future<T> future : futures) {
      try {
        await(future, deadline);
      } catch (ExecutionException | CancellationException ended) {
        // Its future says so.
      } catch (TimeoutException late) {
        return false;
      }
    }
    return true;
  }

  /** Runs them until one has returned, and cancels the others. */
  <T> T invokeAny(Collection<? extends Callable<T>> tasks, long nanos)
      throws InterruptedException, ExecutionException, TimeoutException {
    List<Callable<T>> checked = List.copyOf(tasks);
    if (checked.isEmpty()) {
      throw new IllegalArgumentException("There are no tasks: give it one at least.");
    }
    long deadline = deadline(nanos);
    CompletableFuture<T> winner = new CompletableFuture<>();
    AtomicInteger left = new AtomicInteger(checked.size());
    List<Future<T>> futures = new ArrayList<>(checked.size());
    try {
      for (Callable<T> task : checked) {
        if (winner.isDone() || isOver(deadline)) {
          break;
        }
        PoolFuture<T> future = admission.submit(task);
        futures.add(future);
        future.whenComplete(
            (result, failure) -> {
              if (failure == null) {
                winner.complete(result);
              } else if (left.decrementAndGet() == 0) {
                winner.completeExceptionally(failure);
              }
            });
      }
      return awaitWinner(winner, deadline);
    } finally {
      cancel(futures);
    }
  }

  private <T> T awaitWinner(CompletableFuture<T> winner, long deadline)
      throws InterruptedException, ExecutionException, TimeoutException {
    boolean waits = !winner.isDone() && owner.enterWait();
    try {
      return await(winner, deadline);
    } catch (CancellationException lastWasCancelled) {
      throw new ExecutionException(lastWasCancelled);
    } finally {
      if (waits) {
        owner.leaveWait();
      }
    }
  }

  private static <T> Future<T> notSubmitted() {
    CompletableFuture<T> future = new CompletableFuture<>();
    future.cancel(false);
    return future;
  }

  private long deadline(long nanos) {
    return nanos == Long.MAX_VALUE ? Long.MAX_VALUE : owner.nanoTime() + Math.max(0, nanos);
  }

  private boolean isOver(long deadline) {
    return deadline != Long.MAX_VALUE && deadline - owner.nanoTime() <= 0;
  }

  private <T> T await(Future<T> future, long deadline)
      throws InterruptedException, ExecutionException, TimeoutException {
    return deadline == Long.MAX_VALUE
        ? future.get()
        : future.get(deadline - owner.nanoTime(), TimeUnit.NANOSECONDS);
  }

  private static <T> void cancel(List<Future<T>> futures) {
    for (Future<T> future : futures) {
      future.cancel(true);
    }
  }
}

package dev.pools.map;

import dev.pools.internal.Deliverable;
import dev.pools.internal.SuppliedResult;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The future that the user gets. A user who completes or cancels it stops the map.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>The thread that stops the map completes the result when the map has stopped. If a listener
 *       of the pool holds that thread up, the thread that drops the next element completes the
 *       result in the same way: what it will be is noted before the map is stopped.
 *   <li>A result that is complete refers to neither its map nor the pool, because its user may keep
 *       it for long.
 * </ol>
 */
final class MapResult<R extends @Nullable Object> extends CompletableFuture<List<R>> {

  /** The map that the result belongs to. */
  interface Owner {

    /**
     * Stops the map, whose result the caller completes next.
     *
     * @param interrupt whether elements that run are interrupted
     */
    void stop(boolean interrupt);
  }

  /** How a map ends that is stopped: by which thread, and what that thread does next. */
  private record Stop(Thread thread, BooleanSupplier completion) {}

  // Null when the result is complete.
  private volatile @Nullable Owner owner;
  private volatile @Nullable MapExecutor executor;
  private volatile @Nullable Stop stop;

  MapResult(Owner owner, MapExecutor executor) {
    this.owner = owner;
    this.executor = executor;
  }

  // ---- Completed by the user

  @Override
  public boolean complete(List<R> value) {
    return !isDone() && stopping(/* interrupt= */ false, () -> super.complete(value));
  }

  @Override
  public boolean completeExceptionally(Throwable cause) {
    // Before the map is stopped: it would have no result.
    Objects.requireNonNull(cause, "cause");
    return !isDone() && stopping(/* interrupt= */ false, () -> super.completeExceptionally(cause));
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    if (!isDone()) {
      stopping(mayInterruptIfRunning, () -> super.cancel(mayInterruptIfRunning));
    }
    return isCancelled();
  }

  @Override
  public void obtrudeValue(List<R> value) {
    obtruding(() -> super.obtrudeValue(value));
  }

  @Override
  public void obtrudeException(Throwable cause) {
    Objects.requireNonNull(cause, "cause");
    obtruding(() -> super.obtrudeException(cause));
  }

  @Override
  public CompletableFuture<List<R>> completeAsync(
      Supplier<? extends List<R>> supplier, Executor runner) {
    runner.execute(new SuppliedResult<>(this, supplier));
    return this;
  }

  private void obtruding(Runnable completion) {
    BooleanSupplier completes =
        () -> {
          completion.run();
          return true;
        };
    if (isDone()) {
      completing(completes);
    } else {
      stopping(/* interrupt= */ false, completes);
    }
  }

  // ---- Completed by the map

  void become(List<R> value) {
    completing(() -> super.complete(value));
  }

  /** Stops the map, and then fails. */
  void fail(Throwable cause) {
    stopping(
        /* interrupt= */ false,
        () -> super.completeExceptionally(Deliverable.of(cause, getNumberOfDependents() > 0)));
  }

  /** Stops the map, and then is cancelled. */
  void cancelBecause(String why) {
    stopping(
        /* interrupt= */ false, () -> super.completeExceptionally(new CancellationException(why)));
  }

  /** Completes it, if another thread is about to, and has not yet come to it. */
  void completeAsNoted() {
    Stop noted = stop;
    if (noted != null && noted.thread != Thread.currentThread()) {
      completing(noted.completion);
    }
  }

  // ---- The end

  /** Stops the map and then completes its result, also if stopping it throws. */
  private boolean stopping(boolean interrupt, BooleanSupplier completion) {
    boolean completed;
    try {
      Owner map = owner;
      if (map != null) {
        stop = new Stop(Thread.currentThread(), completion);
        map.stop(interrupt);
      }
    } finally {
      completed = completing(completion);
    }
    return completed;
  }

  /** The dependants of the result may submit to the pool, as long as the map is open. */
  private boolean completing(BooleanSupplier completion) {
    boolean[] completed = {false};
    Runnable completes = () -> completed[0] = completion.getAsBoolean();
    MapExecutor pool = executor;
    if (pool == null) {
      completes.run();
    } else {
      pool.complete(completes);
    }
    if (isDone()) {
      executor = null;
      owner = null;
      stop = null;
    }
    return completed[0];
  }
}

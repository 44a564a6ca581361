package dev.pools.map;

import dev.pools.internal.Deliverable;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The future that the user gets. A user who completes or cancels it stops the map. */
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

  private final Owner owner;
  private final MapExecutor executor;

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
    Objects.requireNonNull(supplier, "supplier");
    runner.execute(() -> completeWith(supplier));
    return this;
  }

  private void completeWith(Supplier<? extends List<R>> supplier) {
    if (isDone()) {
      return;
    }
    try {
      complete(supplier.get());
    } catch (Throwable failure) {
      completeExceptionally(failure);
    }
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

  /** Stops the map and then completes its result, also if stopping it throws. */
  private boolean stopping(boolean interrupt, BooleanSupplier completion) {
    boolean completed;
    try {
      owner.stop(interrupt);
    } finally {
      completed = completing(completion);
    }
    return completed;
  }

  // ---- Completed by the map

  void become(List<R> value) {
    completing(() -> super.complete(value));
  }

  void fail(Throwable cause) {
    completing(
        () -> super.completeExceptionally(Deliverable.of(cause, getNumberOfDependents() > 0)));
  }

  void cancelBecause(String why) {
    completing(() -> super.completeExceptionally(new CancellationException(why)));
  }

  /** The dependants of the result may submit to the pool, as long as the map is open. */
  private boolean completing(BooleanSupplier completion) {
    boolean[] completed = {false};
    executor.complete(() -> completed[0] = completion.getAsBoolean());
    return completed[0];
  }
}

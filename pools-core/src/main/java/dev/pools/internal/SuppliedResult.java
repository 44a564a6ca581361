package dev.pools.internal;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What {@code completeAsync} of a pool's future gives to the executor: completes the future with
 * what a supplier returns or throws. It does so by the future's own methods, which tell the pool;
 * {@link CompletableFuture#completeAsync} bypasses them.
 */
public final class SuppliedResult<T extends @Nullable Object>
    implements Runnable, CompletableFuture.AsynchronousCompletionTask {

  private final CompletableFuture<T> future;
  private final Supplier<? extends T> supplier;

  /** For one run. */
  public SuppliedResult(CompletableFuture<T> future, Supplier<? extends T> supplier) {
    this.future = future;
    this.supplier = Objects.requireNonNull(supplier, "supplier");
  }

  /** Does nothing if the future is complete already. */
  @Override
  public void run() {
    if (future.isDone()) {
      return;
    }
    try {
      future.complete(supplier.get());
    } catch (Throwable failure) {
      future.completeExceptionally(Deliverable.of(failure, future.getNumberOfDependents() > 0));
    }
  }
}

package dev.pools.map;

import dev.pools.internal.Deliverable;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
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
    return stopUnlessDone() && completing(() -> super.complete(value));
  }

  @Override
  public boolean completeExceptionally(Throwable cause) {
    return stopUnlessDone() && completing(() -> super.completeExceptionally(cause));
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    if (!isDone()) {
      owner.stop(mayInterruptIfRunning);
      completing(() -> super.cancel(mayInterruptIfRunning));
    }
    return isCancelled();
  }

  private boolean stopUnlessDone() {
    if (isDone()) {
      return false;
    }
    owner.stop(/* interrupt= */ false);
    return true;
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

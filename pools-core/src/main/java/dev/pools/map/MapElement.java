package dev.pools.map;

import dev.pools.internal.Deliverable;
import dev.pools.internal.FunctionCall;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One row: the task that the pool runs, and what happens when the task has ended. */
final class MapElement<R extends @Nullable Object>
    implements Callable<Object>, BiConsumer<Object, Throwable>, FunctionCall {

  /** The map that an element belongs to. */
  interface Owner {

    /** The function that the map calls for each row. */
    Object function();

    /** Whether no element may start any more. */
    boolean isStopped();

    /** Whether the map interrupts the elements that run. */
    boolean isInterrupting();

    /** The element has failed, which fails the map. */
    void elementFailed(Throwable cause);

    /** The pool has dropped the element before it ran, which cancels the map. */
    void elementDropped(MapElement<?> element);

    /** The element has ended, or will never run. Called after the two above. */
    void elementEnded(MapElement<?> element);
  }

  private final Owner owner;
  private final long number;
  private final Callable<? extends R> work;
  private final Results.Place place;
  private volatile @Nullable Thread runner;
  private volatile @Nullable CompletableFuture<?> future;

  /** Whether it has found that the map has ended, and has not called the function. */
  private boolean refused;

  /**
   * @param number the number of the row, from 1
   * @param place where the result goes
   */
  MapElement(Owner owner, long number, Callable<? extends R> work, Results.Place place) {
    this.owner = owner;
    this.number = number;
    this.work = work;
    this.place = place;
  }

  /** The task, on the thread that runs it. */
  @Override
  public @Nullable Object call() throws Exception {
    runner = Thread.currentThread();
    if (owner.isStopped()) {
      refused = true;
      throw new CancellationException("The map that " + this + " belongs to has ended.");
    }
    place.set(work.call());
    return null;
  }

  @Override
  public Object function() {
    return owner.function();
  }

  boolean hasStarted() {
    return runner != null;
  }

  /** Whether the current thread has run the element, because the pool runs tasks in the caller. */
  boolean ranHere() {
    return runner == Thread.currentThread();
  }

  /** The pool has accepted the task. */
  void submitted(CompletableFuture<?> taken) {
    future = taken;
    // A thread that stops the map after this line finds the future. If it stopped the map earlier,
    // this thread sees that here.
    if (owner.isStopped()) {
      drop();
    }
    taken.whenComplete(this);
  }

  /** Cancels the task if it has not started, or in any case if the map interrupts. */
  void drop() {
    CompletableFuture<?> taken = future;
    boolean interrupts = owner.isInterrupting();
    if (taken != null && (interrupts || runner == null)) {
      taken.cancel(interrupts);
    }
  }

  /**
   * The task has ended, or will never run.
   *
   * @param failure what the pool has failed the task with, which need not be what the function has
   *     thrown: a limit of the run interrupts the function, and then fails the task
   */
  @Override
  public void accept(@Nullable Object nothing, @Nullable Throwable failure) {
    try {
      if (failure instanceof CancellationException) {
        if (!refused) {
          owner.elementDropped(this);
        }
      } else if (failure != null) {
        owner.elementFailed(Deliverable.unwrapped(failure));
      }
    } finally {
      owner.elementEnded(this);
    }
  }

  @Override
  public String toString() {
    return "element " + number + " of a map";
  }
}

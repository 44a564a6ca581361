package dev.pools.task;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What a map over inputs asks of its pool. */
interface Submission {

  /**
   * Submits the task of one element.
   *
   * @return ends when the task has ended or will never run; {@code cancel(true)} interrupts it
   * @throws RuntimeException if the pool refuses it
   */
  CompletableFuture<?> submit(Callable<?> task, int priority);

  /**
   * The context of the current thread, which calls the map; null if there is nothing to capture.
   */
  default @Nullable TaskContext captureContext() {
    return null;
  }

  /**
   * The map begins. As long as it has not ended the pool accepts its elements, also while it
   * drains, and does not terminate.
   *
   * @param compound is told when the pool accepts no more of them
   */
  default void begin(OpenCompounds.Compound compound) {}

  /** The map's result is complete: it submits no more. */
  default void end() {}

  /** Runs a completion of the map's result, whose dependants may submit to the pool. */
  default void complete(Runnable completion) {
    completion.run();
  }

  /** How many tasks can run at a time. */
  int maxWorkers();

  /** Runs an action soon, on a thread that is neither the caller's nor a worker's. */
  void handOff(Runnable action);
}

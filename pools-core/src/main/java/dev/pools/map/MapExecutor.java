package dev.pools.map;

import dev.pools.internal.Deliverable;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The pool of one map: runs a task, and tells when it has ended. That is all that a map needs of a
 * pool. The pool implements it; users call {@code map} on the pool. Each map gets an executor of
 * its own.
 */
public interface MapExecutor {

  /**
   * A map that has started and has not ended. The pool may hold it weakly: a map that nothing else
   * reaches can submit no more elements.
   */
  interface OpenMap {

    /**
     * The pool rejects all further elements. Elements that are underway continue; the map fails
     * with this exception if it has another element. Called without a lock of the pool, because it
     * may complete the future of the map.
     */
    void cutOff(RuntimeException why);
  }

  /** The context of the thread that called the map, in which the map reads its inputs. */
  interface Context {

    /**
     * Runs an action inside of the context. Called by one thread at a time.
     *
     * @return null if the action has run; else why it has not
     */
    @Nullable Throwable perform(Runnable inside);
  }

  /**
   * Submits the task of one element.
   *
   * @param priority smaller numbers run sooner
   * @return completes when the task has ended or will never run; {@code cancel(true)} interrupts
   *     it. What the task throws is wrapped as {@link Deliverable#of} says
   * @throws RuntimeException if the pool rejects it
   */
  CompletableFuture<?> submit(Callable<?> task, int priority);

  /**
   * Captures the context of the current thread, which calls the map; null if there is nothing to
   * capture.
   *
   * @throws RuntimeException what the user's decorator throws; the map fails with it
   */
  default @Nullable Context captureContext() {
    return null;
  }

  /**
   * The map starts. Until {@link #finished} the pool accepts its elements, also while it drains,
   * and does not terminate.
   */
  default void started(OpenMap map) {}

  /** The map's result is complete: it submits no more elements. */
  default void finished() {}

  /**
   * Runs code that belongs to the map, such as a read of its inputs. While the map is open, the
   * pool knows that it would wait for this code, and accepts what this code submits.
   */
  default void runInside(Runnable code) {
    code.run();
  }

  /** Runs a completion of the map's result, whose dependants may submit to the pool. */
  default void complete(Runnable completion) {
    completion.run();
  }

  /** The name of the pool in log lines. */
  String poolName();

  /**
   * Logs a fault of the user's code, such as an input, at most once a minute for each kind. Does
   * not throw.
   *
   * @param format begins with the name of the pool
   */
  void warn(Throwable fault, String format, @Nullable Object... arguments);

  /** How many tasks can run at a time. */
  int maxWorkers();

  /** Runs an action soon on a thread that is neither the caller's nor a worker's. */
  void runOnHelperThread(Runnable action);
}

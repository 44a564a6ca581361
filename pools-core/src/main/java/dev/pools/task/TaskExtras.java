package dev.pools.task;

import dev.pools.internal.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What only some tasks carry: limits, a name, what is decided about them and who waits for it. */
final class TaskExtras {
  long maxQueueNanos;
  long maxRunNanos;
  @Nullable String name;

  /** Written while the run is held, see {@link RunTimeout}; read by any thread. */
  volatile @Nullable TaskTimeoutException timeout;

  /** Its number among those that have waited for a place or run in their callers; from 1. */
  long outsideNumber;

  // For the recorder: written by the submitter, and then by the thread that runs or drops the task.
  /** Tells the thread that submitted it; 0 if the task is not recorded. */
  int caller;

  /** The map that it is an element of; 0 if there is none. */
  int map;

  /** How many tasks ran when it started. */
  int running;

  // Guarded by the pool's lock.
  @Nullable Set<Promise<Void>> acceptances;
  @Nullable TaskResult verdict;
  @Nullable DrainPhase phase;

  @Nullable TaskContext context;
  @Nullable Throwable failure;

  // Guarded by this.
  private @Nullable List<CompletableFuture<?>> ends;
  private int dependantsWithLastEnd;

  /**
   * A dependant of the task's future that all waits share. A wait that is over cannot take its
   * dependant back, so there is one more only if the future has other dependants by now, and not
   * for each wait: a dependant that was added later runs earlier, and may block.
   */
  synchronized CompletableFuture<?> sharedEnd(CompletableFuture<?> task) {
    int dependants = task.getNumberOfDependents();
    List<CompletableFuture<?>> present = ends;
    if (present == null) {
      present = new ArrayList<>(1);
      ends = present;
    }
    if (present.isEmpty() || dependants != dependantsWithLastEnd) {
      present.add(task.handle((value, failure) -> null));
      dependantsWithLastEnd = dependants + 1;
    }
    return present.get(present.size() - 1);
  }

  /** How many of these no thread waits for. */
  synchronized int unreadEnds() {
    List<CompletableFuture<?>> present = ends;
    int unread = 0;
    if (present != null) {
      for (CompletableFuture<?> end : present) {
        unread += end.getNumberOfDependents() == 0 ? 1 : 0;
      }
    }
    return unread;
  }
}

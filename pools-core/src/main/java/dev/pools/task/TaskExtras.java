package dev.pools.task;

import dev.pools.internal.Promise;
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
  @Nullable CompletableFuture<?> ended;
  @Nullable Throwable failure;
}

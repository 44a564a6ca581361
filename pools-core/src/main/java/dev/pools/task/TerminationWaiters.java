package dev.pools.task;

import dev.pools.internal.Promise;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** Who has shut the pool down, and who waits for its end. Guarded by the pool's lock. */
final class TerminationWaiters {

  /**
   * The name of the thread that has shut the pool down. Written once, before the state changes, so
   * that every thread that sees the state sees the name.
   */
  String shutDownBy = "";

  /** For {@code awaitTermination} and {@code close}; no callback of a user can hold it up. */
  final CountDownLatch terminated = new CountDownLatch(1);

  final Set<Promise<List<WorkerReport>>> joins = new LinkedHashSet<>();

  final Set<PendingShutdown> shutdowns = new LinkedHashSet<>();

  /** The pool has terminated: no caller waits any longer. */
  void completeAll(Completions completions, WorkerSet workers, Duration uptime) {
    terminated.countDown();
    if (!joins.isEmpty()) {
      List<WorkerReport> reports = List.copyOf(workers.reports());
      joins.forEach(joined -> completions.complete(joined, reports));
      joins.clear();
    }
    for (PendingShutdown shutdown : shutdowns) {
      completions.tell(shutdown::cancelTimers);
      completions.complete(shutdown.done, uptime);
    }
    shutdowns.clear();
  }
}

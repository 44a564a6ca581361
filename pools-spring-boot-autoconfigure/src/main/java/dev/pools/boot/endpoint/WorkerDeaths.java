package dev.pools.boot.endpoint;

import dev.pools.internal.Faults;
import dev.pools.task.PoolListener;
import dev.pools.task.WorkerReport;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Notes which threads of workers have ended with an error, until the next sample takes the notes.
 * Of each pool it keeps the latest ones only. Safe for use by several threads.
 */
public final class WorkerDeaths {

  private static final int MOST = 20;

  // Guarded by this.
  private final Map<String, Deque<PoolEvent>> byPool = new HashMap<>();

  /** Creates it. */
  public WorkerDeaths() {}

  /**
   * The listener for a pool that is about to be built. It is told of workers, not of tasks.
   *
   * @param pool the name of the pool's bean
   */
  public PoolListener listenerFor(String pool) {
    return new PoolListener() {

      /** By worker; a report repeats the failure of an earlier thread. */
      private final Map<Integer, Integer> reported = new HashMap<>();

      @Override
      public void workerEnded(WorkerReport report) {
        Throwable failure = report.failure();
        if (failure != null && isNew(report.worker(), System.identityHashCode(failure))) {
          note(
              pool,
              "The thread of worker %d has ended: %s"
                  .formatted(report.worker(), Faults.describeObject(failure)));
        }
      }

      private synchronized boolean isNew(int worker, int failure) {
        Integer before = reported.put(worker, failure);
        return before == null || before != failure;
      }
    };
  }

  private synchronized void note(String pool, String text) {
    Deque<PoolEvent> events = byPool.computeIfAbsent(pool, name -> new ArrayDeque<>());
    if (events.size() == MOST) {
      events.removeFirst();
    }
    events.addLast(new PoolEvent(Instant.now(), PoolEvent.Type.WORKER_DIED, text, null));
  }

  /** Takes the notes about a pool. */
  synchronized List<PoolEvent> take(String pool) {
    Deque<PoolEvent> events = byPool.remove(pool);
    return events == null ? List.of() : new ArrayList<>(events);
  }
}

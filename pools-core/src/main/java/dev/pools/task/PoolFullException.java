package dev.pools.task;

import dev.pools.internal.Faults;
import java.io.Serial;
import java.util.concurrent.RejectedExecutionException;

/** Thrown when a task is refused because the queue is full. The task has left nothing behind. */
public final class PoolFullException extends RejectedExecutionException {

  @Serial private static final long serialVersionUID = 1L;

  PoolFullException(String pool, int queued, int capacity, int waiting, int workers) {
    super(
        "Pool '%s' is full: %d of %s in the queue %s taken, %s for one, %s busy. Slow down (submit and accepted(), or waitForSlot), or raise queueCapacity or maxWorkers."
            .formatted(
                pool,
                queued,
                Faults.count(capacity, "place", "places"),
                Faults.word(queued, "is", "are"),
                Faults.count(waiting, "task waits", "tasks wait"),
                Faults.count(workers, "worker is", "workers are")));
  }
}

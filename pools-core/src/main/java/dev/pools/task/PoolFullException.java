package dev.pools.task;

import java.io.Serial;
import java.util.concurrent.RejectedExecutionException;

/** Thrown when a task is refused because the queue is full. The task has left nothing behind. */
public final class PoolFullException extends RejectedExecutionException {

  @Serial private static final long serialVersionUID = 1L;

  PoolFullException(String pool, int queued, int capacity, int waiting, int workers) {
    super(
        "Pool '%s' is full: %d of %d places in the queue are taken, %d tasks wait for one, %d workers are busy. Slow down (submit and accepted(), or waitForSlot), or raise queueCapacity or maxWorkers."
            .formatted(pool, queued, capacity, waiting, workers));
  }
}

package dev.pools.task;

import dev.pools.internal.Durations;
import java.io.Serial;
import java.time.Duration;

/** What a task fails with that waited in the queue longer than it was allowed to. It never ran. */
public final class TaskExpiredException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * @param task how the message begins
   */
  TaskExpiredException(String task, String pool, Duration waited, Duration allowed) {
    super(
        "%s of pool '%s' waited %s, longer than its maxQueueTime of %s, and was not run. Raise maxWorkers or maxQueueTime, or submit less."
            .formatted(task, pool, Durations.text(waited), Durations.text(allowed)));
  }
}

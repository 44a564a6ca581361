package dev.pools.task;

import dev.pools.internal.Durations;
import java.io.Serial;
import java.time.Duration;

/**
 * What a task fails with that ran for longer than its {@code maxRunTime}. Its thread has been
 * interrupted. The stack trace is that of the thread at this moment, and shows what the task did.
 */
public final class TaskTimeoutException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * @param task how the message begins
   */
  TaskTimeoutException(String task, String pool, Duration ran, Duration allowed) {
    super(
        "%s of pool '%s' ran for %s, longer than its maxRunTime of %s, and was interrupted. Raise maxRunTime, or limit what the task waits for."
            .formatted(task, pool, Durations.text(ran), Durations.text(allowed)));
  }
}

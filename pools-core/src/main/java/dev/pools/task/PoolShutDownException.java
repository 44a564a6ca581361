package dev.pools.task;

import java.io.Serial;
import java.util.concurrent.RejectedExecutionException;

/**
 * Thrown when a pool that is shutting down, or has been shut down, is asked to take a task. The
 * message names the thread that has shut it down.
 */
public final class PoolShutDownException extends RejectedExecutionException {

  @Serial private static final long serialVersionUID = 1L;

  PoolShutDownException(PoolCore core, PoolState state) {
    super(
        "Pool '%s' takes no more tasks: thread '%s' has shut it down, and it is %s. A pool does not start again: submit before its shutdown, or create another one. If the application stops, stop first what submits tasks."
            .formatted(core.name(), core.termination.shutDownBy, state));
  }
}

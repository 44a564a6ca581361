package dev.pools.task;

import java.io.Serial;
import java.util.concurrent.RejectedExecutionException;

/** Thrown when a pool that is shutting down, or has been shut down, is asked to take a task. */
public final class PoolShutDownException extends RejectedExecutionException {

  @Serial private static final long serialVersionUID = 1L;

  PoolShutDownException(String pool, PoolState state) {
    super("Pool '%s' takes no more tasks: it is %s.".formatted(pool, state));
  }
}

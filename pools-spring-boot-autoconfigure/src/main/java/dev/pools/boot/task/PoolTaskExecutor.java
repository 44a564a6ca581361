package dev.pools.boot.task;

import dev.pools.task.AdvancedPool;
import org.springframework.core.task.support.TaskExecutorAdapter;

/**
 * An {@link AdvancedPool} as an {@code AsyncTaskExecutor} of Spring, for requests that are handled
 * asynchronously and for {@code @Async} methods. What the pool rejects, because it is full or shut
 * down, is rejected with a {@code TaskRejectedException}. Closing the pool is left to its owner.
 */
public final class PoolTaskExecutor extends TaskExecutorAdapter {

  private final AdvancedPool pool;

  /** Makes it. */
  public PoolTaskExecutor(AdvancedPool pool) {
    super(pool);
    this.pool = pool;
  }

  /** The pool that runs the tasks. */
  public AdvancedPool pool() {
    return pool;
  }

  @Override
  public String toString() {
    return "PoolTaskExecutor[" + pool.name() + "]";
  }
}

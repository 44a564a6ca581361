package dev.pools.boot.autoconfigure;

import dev.pools.task.PoolListener;
import dev.pools.task.TaskDecorator;
import org.jspecify.annotations.Nullable;

/** Gives what observes the tasks of a pool; it names no class of a library that may be absent. */
interface TaskObserver {

  /** Both parts of what observes tasks: where they are submitted, and where they run. */
  record Parts(TaskDecorator decorator, PoolListener listener) {}

  /** What observes the tasks of the pool with these settings; null if they are not observed. */
  @Nullable Parts parts(AdvancedPoolProperties settings);
}

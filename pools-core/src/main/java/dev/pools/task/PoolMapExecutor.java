package dev.pools.task;

import dev.pools.internal.StackRoom;
import dev.pools.map.MapExecutor;
import java.lang.ref.Reference;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What one map sees of its pool. It keeps the door of the pool reachable, so that the pool is not
 * forgotten before the map ends.
 */
final class PoolMapExecutor implements MapExecutor {

  private final PoolParts parts;
  private final Object keepAlive;

  /** Tells its elements from others, for the recorder; 0 if there is none. */
  private final int number;

  /** Null if the pool was shut down when the map started: its elements are ordinary tasks. */
  private volatile OpenMaps.@Nullable Entry open;

  /**
   * @param keepAlive the door of the pool
   */
  PoolMapExecutor(PoolParts parts, Object keepAlive) {
    StackRoom.ensureMuch();
    this.parts = parts;
    this.keepAlive = keepAlive;
    TaskRecorder recorder = parts.factory.recorder();
    this.number = recorder == null ? 0 : recorder.newMap();
  }

  @Override
  public void started(OpenMap map) {
    open = parts.shutdown.beginMap(map);
  }

  @Override
  public void finished() {
    OpenMaps.Entry ended = open;
    if (ended != null) {
      open = null;
      parts.shutdown.endMap(ended);
    }
  }

  /** A worker's thread is inside anyway. For a map that is not open the pool does not wait. */
  @Override
  public void runInside(Runnable code) {
    long @Nullable [] place = null;
    EnteredPools.Entry entry = EnteredPools.Entry.NOTHING;
    try {
      if (open != null && parts.core.threads.current() == null) {
        place = EnteredPools.place();
        entry = EnteredPools.enter(place, parts.core.number);
      }
    } catch (Throwable noMemory) {
      // The map must go on: the pool does without knowing that this thread is inside.
    }
    try {
      code.run();
    } finally {
      if (place != null) {
        EnteredPools.leave(place, entry);
      }
    }
  }

  /** The map is open until the last dependant has run. */
  @Override
  public void complete(Runnable completion) {
    AcceptedWorkScope.run(parts.core.number, () -> runInside(completion));
  }

  @Override
  public CompletableFuture<?> submit(Callable<?> task, int priority) {
    TaskOptions options = TaskOptions.priority(priority);
    try {
      return open == null
          ? parts.admission.accept(parts.factory.task(task, options))
          : parts.admission.accept(parts.factory.element(task, options, number));
    } finally {
      Reference.reachabilityFence(keepAlive);
    }
  }

  @Override
  public @Nullable Context captureContext() {
    return parts.factory.captureContext();
  }

  @Override
  public String poolName() {
    return parts.core.name();
  }

  @Override
  public void warn(Throwable fault, String format, @Nullable Object... arguments) {
    parts.core.faults.warn(MapExecutor.class, null, fault, format, arguments);
  }

  @Override
  public int maxWorkers() {
    return parts.stats.stats().maxWorkers();
  }

  @Override
  public void runOnHelperThread(Runnable action) {
    parts.core.time.runOnHelperThread(action);
  }
}

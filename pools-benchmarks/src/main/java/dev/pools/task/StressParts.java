package dev.pools.task;

import dev.pools.benchmarks.Awaited;
import dev.pools.internal.Time;
import dev.pools.scaling.ScalingPolicy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Parts of a pool that races need without the rest of it. */
final class StressParts {

  /** Makes tasks; has no workers. */
  @SuppressWarnings(
      "NullAway") // Read from byte code, it does not see that a component may be null.
  static final TaskFactory FACTORY =
      new PoolParts(
              new PoolOptions(
                  "parts",
                  0,
                  1,
                  1,
                  ScalingPolicy.thresholds(),
                  false,
                  Duration.ofSeconds(1),
                  OverflowPolicy.WAIT,
                  TaskOrder.STRICT,
                  WorkerThreads.daemon(),
                  Duration.ZERO,
                  Duration.ZERO,
                  Duration.ZERO,
                  Duration.ZERO,
                  Duration.ZERO,
                  null,
                  List.of(),
                  null,
                  Time.system()))
          .factory;

  private static final int HANGS = -1;

  private StressParts() {}

  static TaskQueue queue() {
    return new TaskQueue(
        FACTORY, 0, TaskOrder.STRICT, /* threadPerTask= */ false, /* firstTicket= */ 0);
  }

  /** What has been counted when all tasks have ended; shuts the pool down. */
  static int countAtTheEnd(AdvancedPool pool, AtomicInteger count) {
    boolean drained = Awaited.completes(pool.drain());
    pool.shutdownNow();
    return drained ? count.get() : HANGS;
  }

  /** What has been counted when the pool has ended, which has been shut down. */
  static int countAfterTheEnd(AdvancedPool pool, AtomicInteger count) {
    boolean terminated = Awaited.completes(pool.join());
    return terminated ? count.get() : HANGS;
  }

  static PoolTask<?> task(int priority) {
    PoolTask<?> task = FACTORY.executed(() -> {}, TaskOptions.priority(priority));
    task.enqueue();
    return task;
  }
}

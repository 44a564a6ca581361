package dev.pools.boot.lifecycle;

import dev.pools.task.AdvancedPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.springframework.context.ApplicationContext;

/**
 * Lets task pools finish accepted tasks when their context stops, in their phase, while all beans
 * that the tasks may need still exist.
 *
 * <p>The pools still accept tasks: work that ends later (methods of {@code @Async},
 * {@code @Scheduled} and {@code @PreDestroy}) may need them. They end when their beans are
 * destroyed, see {@link PoolDestruction}. After a stop without a close, they continue.
 */
public final class AdvancedPoolLifecycle extends PoolLifecycle {

  private final StopTimes times;

  /**
   * Creates a lifecycle.
   *
   * @param context the context of the pools
   * @param phase when they stop
   * @param phaseTimeout how long the context waits for a phase
   * @param settings how each pool stops
   * @param destruction ends the pools of the same context
   * @param covers which pools it looks after, by the names of their beans
   */
  public AdvancedPoolLifecycle(
      ApplicationContext context,
      int phase,
      Duration phaseTimeout,
      StopSettings.Source settings,
      PoolDestruction destruction,
      Predicate<String> covers) {
    super(context, phase, phaseTimeout, settings, covers);
    this.times = destruction.times();
  }

  @Override
  void contextCloses() {
    // After a stop without a close the pools continued, and may have accepted tasks.
    running(true);
  }

  @Override
  public void start() {
    running(true);
  }

  /** Waits as {@link #stop(Runnable)} does. */
  @Override
  public void stop() {
    stopped().join();
  }

  @Override
  public void stop(Runnable callback) {
    stopped().whenComplete((over, failure) -> callback.run());
  }

  private CompletableFuture<Void> stopped() {
    running(false);
    boolean closing = isClosing();
    List<TaskStop> stops = new ArrayList<>();
    for (Map.Entry<String, AdvancedPool> pool : pools(AdvancedPool.class).entrySet()) {
      StopSettings own = settings.of(pool.getKey());
      if (!pool.getValue().isTerminated() && (own.waits() || !closing)) {
        StopLimit limit = StopLimit.of(own, phaseTimeout);
        stops.add(new TaskStop(pool.getKey(), pool.getValue(), limit));
      }
    }
    return allRest(stops, closing);
  }

  /** Completes when all rest at the same time: the last task of one may submit to another. */
  private CompletableFuture<Void> allRest(List<TaskStop> stops, boolean closing) {
    List<TaskStop> rested = Collections.synchronizedList(new ArrayList<>());
    List<CompletableFuture<?>> ends = new ArrayList<>();
    for (TaskStop stop : stops) {
      ends.add(end(stop, closing, rested));
    }
    return CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new))
        .thenCompose(
            over -> {
              List<TaskStop> again =
                  List.copyOf(rested).stream()
                      .filter(TaskStop::isBusyAgain)
                      .map(TaskStop::again)
                      .toList();
              return again.isEmpty()
                  ? CompletableFuture.completedFuture(null)
                  : allRest(again, closing);
            });
  }

  private CompletableFuture<?> end(TaskStop stop, boolean closing, List<TaskStop> rested) {
    boolean waits = !stop.isIdle();
    Duration left = stop.leftInPhase();
    if (waits) {
      stop.announce(left);
    }
    return stop.idle()
        .copy()
        .orTimeout(StopLimit.nanos(left), TimeUnit.NANOSECONDS)
        .handle(
            (nothing, late) -> {
              times.spent(stop.pool(), stop.spent());
              if (late == null) {
                rested.add(stop);
                if (waits) {
                  stop.finished();
                }
              } else if (!closing) {
                stop.leftAlone();
              } else if (stop.isOver()) {
                stop.cutOff();
              } else {
                stop.goesOn();
              }
              return null;
            });
  }
}

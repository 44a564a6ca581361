package dev.pools.task;

import dev.pools.internal.Time;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides how many workers a pool should have between its limits.
 *
 * <p>The pool asks it to grow whenever a task is queued that no idle or starting worker will take,
 * and to shrink when workers have been idle for the pool's {@code keepAlive}.
 */
public abstract sealed class ScalingPolicy permits ThresholdScaling, FixedScaling, AdaptiveScaling {

  ScalingPolicy() {}

  /**
   * The default: while work waits, one more worker at once, and half as many again when there are
   * more than 1.5 pending tasks for each worker; after idleness, 30 % fewer when there are fewer
   * than 0.5. The thresholds and factors are those of the Python module asyncutils.
   */
  public static ScalingPolicy thresholds() {
    return ThresholdScaling.INSTANCE;
  }

  /** As many workers as the pool may have, always. */
  public static ScalingPolicy fixed() {
    return FixedScaling.INSTANCE;
  }

  /**
   * As many workers as complete most, found by trying: while work waits, the pool tries more or
   * fewer, and keeps what its throughput speaks for. It begins with as many as there are processors
   * and grows at once up to what it has found; it tries no more of them while this process uses 95
   * % of the processors, or while no task waits for 5 ms.
   *
   * <p>For work whose best number of workers is not known, or changes, and is below {@code
   * maxWorkers}: what uses the processors, or waits for something that gets slower the more ask it.
   * It needs tasks that are alike on the whole and much shorter than a minute, and some seconds of
   * waiting work to find its way. Tasks that wait for others of the same pool get workers in their
   * place, but 0.1 s late; use {@link #thresholds()} for many of them.
   *
   * <p>With virtual threads it finds how many tasks should run at a time.
   */
  public static ScalingPolicy adaptive() {
    return AdaptiveScaling.INSTANCE;
  }

  /** How many workers there should be, given that tasks wait; never fewer than there are. */
  abstract int grown(Load load);

  /** How many workers there should be, given that some are idle; never more than there are. */
  abstract int shrunk(Load load);

  /** How many workers there must be with nothing to do. */
  abstract int least(int minWorkers, int maxWorkers);

  /**
   * Makes what sets one pool's limit to its growth over time; null if only the options limit it.
   *
   * @param stats reads the pool
   * @param limit sets how many workers the pool may have for now, within its options
   */
  @Nullable ScalingTick tick(
      Time time, int minWorkers, int maxWorkers, Supplier<PoolStats> stats, IntConsumer limit) {
    return null;
  }

  /**
   * What a pool has to do.
   *
   * @param workers how many workers there are
   * @param pending how many tasks run or are queued
   * @param unmet how many queued tasks have no idle or starting worker to take them
   * @param minWorkers the least number of workers
   * @param maxWorkers the greatest number of workers that there may be for now
   */
  record Load(int workers, int pending, int unmet, int minWorkers, int maxWorkers) {}
}

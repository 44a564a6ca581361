package dev.pools.scaling;

import org.jspecify.annotations.Nullable;

/**
 * Decides how many workers a pool should have between its limits.
 *
 * <p>The pool asks it for more workers whenever a task is queued that no idle or starting worker
 * will take, and for fewer when workers have been idle for the pool's {@code keepAlive}. A policy
 * holds no state of any pool: one policy serves any number of pools, from any thread.
 *
 * <p>The methods that are not static are the pool's questions. Users need them only to see what a
 * policy would do.
 */
public abstract sealed class ScalingPolicy permits ThresholdScaling, FixedScaling, AdaptiveScaling {

  ScalingPolicy() {}

  /**
   * The default. While tasks wait, it adds one worker at once, or half as many workers again if
   * there are more than 1.5 pending tasks for each worker. After idleness, it removes 30 % of the
   * workers if there are fewer than 0.5 pending tasks for each worker. The thresholds and factors
   * are those of the Python module asyncutils.
   */
  public static ScalingPolicy thresholds() {
    return ThresholdScaling.INSTANCE;
  }

  /** Always as many workers as the pool may have. */
  public static ScalingPolicy fixed() {
    return FixedScaling.INSTANCE;
  }

  /**
   * As many workers as complete the most tasks, found by trying: while tasks wait, the pool tries
   * more or fewer workers and keeps the number whose throughput is better. It starts with as many
   * workers as there are processors and grows at once up to the number that it has found. It does
   * not try more workers while this process uses 95 % of the processors, or while no task waits for
   * 5 ms.
   *
   * <p>Use it for work whose best number of workers is unknown or changes, and is below {@code
   * maxWorkers}: work that uses the processors, or that waits for something that gets slower the
   * more callers it has. Its tasks should resemble each other on the whole and be much shorter than
   * a minute. It needs some seconds of waiting work to find the number. A task that waits for
   * another task of the same pool gets a worker in its place, but 0.1 s late; use {@link
   * #thresholds()} if there are many of them.
   *
   * <p>With virtual threads it finds how many tasks should run at a time.
   */
  public static ScalingPolicy adaptive() {
    return AdaptiveScaling.INSTANCE;
  }

  /** How many workers there should be while tasks wait; never fewer than there are. */
  public abstract int grown(Load load);

  /** How many workers there should be while some are idle; never more than there are. */
  public abstract int shrunk(Load load);

  /** How many workers a pool with these limits keeps when it has nothing to do. */
  public abstract int least(int minWorkers, int maxWorkers);

  /**
   * Creates the sampler that limits the growth of one pool over time.
   *
   * @param minWorkers the pool's smallest number of workers at first
   * @param maxWorkers the pool's largest number of workers at first
   * @return null if only the pool's options limit its growth
   */
  public @Nullable ScalingSampler sampler(ScaledPool pool, int minWorkers, int maxWorkers) {
    return null;
  }

  /**
   * What a pool has to do.
   *
   * @param workers how many workers there are
   * @param pending how many tasks run or are queued
   * @param unmet how many queued tasks have no idle or starting worker to take them
   * @param minWorkers the smallest number of workers
   * @param maxWorkers the largest number of workers that there may be for now
   */
  public record Load(int workers, int pending, int unmet, int minWorkers, int maxWorkers) {}
}

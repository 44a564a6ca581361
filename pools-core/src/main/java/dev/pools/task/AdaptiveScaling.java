package dev.pools.task;

import dev.pools.internal.Time;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Grows at once for waiting work, up to a limit that it finds by itself for each pool.
 *
 * <p>It holds no state of any pool: {@link #tick} makes what does.
 */
final class AdaptiveScaling extends ScalingPolicy {

  static final AdaptiveScaling INSTANCE =
      new AdaptiveScaling(
          ProcessCpu::nanos, Runtime.getRuntime()::availableProcessors, SplittableRandom::new);

  private final LongSupplier cpuNanos;
  private final Supplier<Integer> processors;
  private final Supplier<RandomGenerator> randoms;

  /**
   * @param cpuNanos how much time of processors this process has used; negative if unknown
   * @param processors how many processors there are for it
   * @param randoms makes a source of randomness for one pool
   */
  AdaptiveScaling(
      LongSupplier cpuNanos, Supplier<Integer> processors, Supplier<RandomGenerator> randoms) {
    this.cpuNanos = cpuNanos;
    this.processors = processors;
    this.randoms = randoms;
  }

  @Override
  int grown(Load load) {
    return (int) Math.min(load.maxWorkers(), (long) load.workers() + load.unmet());
  }

  @Override
  int shrunk(Load load) {
    return ThresholdScaling.INSTANCE.shrunk(load);
  }

  @Override
  int least(int minWorkers, int maxWorkers) {
    return minWorkers;
  }

  @Override
  ScalingTick tick(
      Time time, int minWorkers, int maxWorkers, Supplier<PoolStats> stats, IntConsumer limit) {
    // Of .NET's thread pool: as many as there are processors need no proof.
    HillClimber climber = new HillClimber(processors.get(), minWorkers, maxWorkers, randoms.get());
    return new ScalingTick(time, climber, cpuNanos, processors, stats, limit);
  }

  @Override
  public String toString() {
    return "adaptive";
  }
}

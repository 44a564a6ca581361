package dev.pools.scaling;

import dev.pools.internal.ProcessCpu;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Grows at once for waiting tasks, up to a limit that it finds for each pool.
 *
 * <p>It holds no state of any pool: the sampler holds that.
 */
final class AdaptiveScaling extends ScalingPolicy {

  // Not of its own type: the verifier of a caller would load this class.
  static final ScalingPolicy INSTANCE =
      new AdaptiveScaling(
          ProcessCpu::nanos, Runtime.getRuntime()::availableProcessors, SplittableRandom::new);

  private final LongSupplier cpuNanos;
  private final Supplier<Integer> processors;
  private final Supplier<RandomGenerator> randoms;

  /**
   * @param cpuNanos how much processor time this process has used; negative if unknown
   * @param processors how many processors this process may use
   * @param randoms creates the source of randomness of one pool
   */
  AdaptiveScaling(
      LongSupplier cpuNanos, Supplier<Integer> processors, Supplier<RandomGenerator> randoms) {
    this.cpuNanos = cpuNanos;
    this.processors = processors;
    this.randoms = randoms;
  }

  @Override
  public int grown(Load load) {
    return (int) Math.min(load.maxWorkers(), (long) load.workers() + load.unmet());
  }

  @Override
  public int shrunk(Load load) {
    return ThresholdScaling.INSTANCE.shrunk(load);
  }

  @Override
  public int least(int minWorkers, int maxWorkers) {
    return minWorkers;
  }

  @Override
  public ScalingSampler sampler(ScaledPool pool, int minWorkers, int maxWorkers) {
    // As .NET's thread pool: as many workers as there are processors need no proof.
    HillClimber climber = new HillClimber(processors.get(), minWorkers, maxWorkers, randoms.get());
    return new ScalingSampler(pool, climber, cpuNanos, processors);
  }

  @Override
  public String toString() {
    return "adaptive";
  }
}

package dev.pools.scaling;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/** Adaptive policies for tests of pools, with processors that the test invents. */
public final class AdaptiveScalings {

  /** The time from one sample to the next. */
  public static final Duration TICK = Duration.ofNanos(ScalingSampler.TICK_NANOS);

  private AdaptiveScalings() {}

  /**
   * A policy whose random numbers are the same in each run.
   *
   * @param cpuNanos how much processor time the process has used
   * @param processors how many processors there are
   */
  public static ScalingPolicy of(LongSupplier cpuNanos, int processors) {
    return new AdaptiveScaling(cpuNanos, () -> processors, () -> new SplittableRandom(1));
  }
}

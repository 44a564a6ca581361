package dev.pools.benchmarks;

import java.util.Arrays;
import java.util.Random;

/**
 * How many times as fast the new code is: the median of its scores over the median of the old ones.
 * {@code low} and {@code high} enclose nine tenths of the ratios that other samples of the same
 * JVMs would give, by the percentile bootstrap (Efron, 1979).
 *
 * @param value the ratio
 * @param low one in twenty is lower
 * @param high one in twenty is higher
 */
record SpeedRatio(double value, double low, double high) {

  private static final int SAMPLES = 2000;
  private static final int SEED = 42;

  /**
   * The ratio of these scores.
   *
   * @param before the old scores
   * @param after the new scores
   */
  SpeedRatio(double[] before, double[] after) {
    this(ratio(Medians.median(after), Medians.median(before)), sampled(before, after));
  }

  private SpeedRatio(double value, double[] sampled) {
    this(value, sampled[SAMPLES / 20], sampled[SAMPLES - 1 - SAMPLES / 20]);
  }

  /** The ratios of samples that are drawn from these scores, the lowest first. */
  private static double[] sampled(double[] before, double[] after) {
    Random random = new Random(SEED);
    double[] ratios = new double[SAMPLES];
    Arrays.setAll(ratios, i -> ratio(median(after, random), median(before, random)));
    Arrays.sort(ratios);
    return ratios;
  }

  /** Nothing against nothing is even. */
  private static double ratio(double after, double before) {
    return after == before ? 1 : after / before;
  }

  private static double median(double[] scores, Random random) {
    double[] sample = new double[scores.length];
    Arrays.setAll(sample, i -> scores[random.nextInt(scores.length)]);
    return Medians.median(sample);
  }
}

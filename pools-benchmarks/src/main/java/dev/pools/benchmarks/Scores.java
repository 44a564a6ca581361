package dev.pools.benchmarks;

import java.util.Arrays;

/** What the forks of one peer scored in one cell. */
final class Scores {

  /** Forks that lie further apart have no common value: their median would be a matter of luck. */
  static final double MOST_APART = 1.5;

  static final Scores NONE = new Scores(new double[0], 0);

  private final double[] values;
  private final int unsteady;

  /**
   * The scores of some forks.
   *
   * @param scores one for each fork
   * @param unsteady how many of the forks were measured before their warm-up was steady
   */
  Scores(double[] scores, int unsteady) {
    this.values = scores.clone();
    this.unsteady = unsteady;
    Arrays.sort(values);
  }

  /** One for each fork, the lowest first. */
  double[] values() {
    return values.clone();
  }

  int unsteady() {
    return unsteady;
  }

  boolean isEmpty() {
    return values.length == 0;
  }

  double median() {
    return Medians.median(values);
  }

  double lowest() {
    return isEmpty() ? Double.NaN : values[0];
  }

  double highest() {
    return isEmpty() ? Double.NaN : values[values.length - 1];
  }

  /** Whether the highest is so much higher than the lowest that no number can stand for all. */
  boolean isUnstable() {
    return !isEmpty() && highest() > lowest() * MOST_APART;
  }

  /** The standard deviation of the forks over their mean; NaN for fewer than two. */
  double variation() {
    if (values.length < 2) {
      return Double.NaN;
    }
    double mean = Arrays.stream(values).average().orElse(Double.NaN);
    double squares = Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
    return mean == 0 ? 0 : Math.sqrt(squares / (values.length - 1)) / mean;
  }
}

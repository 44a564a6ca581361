package dev.pools.connection;

import java.time.Duration;

/** The ranges of options. An error names the option, its value, the range and what zero means. */
final class OptionRange {

  /** More would be a mistake: each is something expensive. */
  static final int MOST_CONNECTIONS = 1_000_000;

  private OptionRange() {}

  static void requireNotNegative(String option, Duration value, String zeroMeans) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(
          "%s is %s, but must be zero (%s) or positive.".formatted(option, value, zeroMeans));
    }
  }

  static void requireNotNegative(String option, int value, String zeroMeans) {
    if (value < 0) {
      throw new IllegalArgumentException(
          "%s is %d, but must be zero (%s) or positive.".formatted(option, value, zeroMeans));
    }
  }

  static void requirePositive(String option, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(
          "%s is %s, but must be positive.".formatted(option, value));
    }
  }

  /** Requires from 1 to the greatest number of connections that a pool may have. */
  static void requireNumber(String option, int value) {
    if (value < 1 || value > MOST_CONNECTIONS) {
      throw new IllegalArgumentException(
          "%s is %d, but must be from 1 to %d.".formatted(option, value, MOST_CONNECTIONS));
    }
  }
}

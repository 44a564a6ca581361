package dev.pools.connection;

import java.time.Duration;

/**
 * How many connections a pool has, and how long it keeps each. The sizes can change later; see
 * {@link ConnectionPool#resize}.
 */
record SizeOptions(
    int minSize,
    int maxSize,
    Duration maxLife,
    double maxLifeJitter,
    Duration idleTimeout,
    int maxUses) {

  /** With a shorter {@code maxLife} the age is compared before each lease. */
  private static final Duration SHORT_LIFE = Duration.ofMinutes(1);

  SizeOptions {
    check(minSize, maxSize);
    OptionRange.requireNotNegative("maxLife", maxLife, "no limit");
    if (!(maxLifeJitter >= 0 && maxLifeJitter <= 0.5)) {
      throw new IllegalArgumentException(
          "maxLifeJitter is %s, but must be from 0 (none) to 0.5 (connections live half to all of maxLife)."
              .formatted(maxLifeJitter));
    }
    OptionRange.requireNotNegative("idleTimeout", idleTimeout, "off");
    OptionRange.requireNotNegative("maxUses", maxUses, "no limit");
  }

  /**
   * Whether connections live so short that each lease must read the clock: no timer could mark the
   * end of a life in time.
   */
  boolean isLifeShort() {
    return !maxLife.isZero() && maxLife.compareTo(SHORT_LIFE) < 0;
  }

  /** Checks sizes, for the builder and for resize alike. */
  static void check(int minSize, int maxSize) {
    OptionRange.requireNumber("maxSize", maxSize);
    if (minSize < 0 || minSize > maxSize) {
      throw new IllegalArgumentException(
          "minSize is %d, but must be from 0 to maxSize, which is %d. Lower minSize or raise maxSize."
              .formatted(minSize, maxSize));
    }
  }
}

package dev.pools.boot.alarm;

import dev.pools.boot.endpoint.PoolType;
import dev.pools.internal.Durations;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;

/** What an alarm is about. */
@SuppressWarnings("ImmutableEnumChecker")
public enum AlarmRule {
  /**
   * How long the oldest queued task, or the first caller in line for a connection, has waited, in
   * seconds.
   */
  QUEUE_AGE(Set.of(PoolType.ADVANCED, PoolType.CONNECTION), false),

  /**
   * The share of {@code maxWorkers} that run tasks, or of {@code maxSize} that is leased: 1 means
   * all of them.
   */
  SATURATION(Set.of(PoolType.ADVANCED, PoolType.CONNECTION), false),

  /** How many tasks, or callers for a connection, were rejected within the window. */
  REJECTIONS(Set.of(PoolType.ADVANCED, PoolType.CONNECTION), true),

  /**
   * How many tasks exceeded their {@code maxQueueTime} or {@code maxRunTime}, or how many acquires
   * timed out, within the window.
   */
  TIMEOUTS(Set.of(PoolType.ADVANCED, PoolType.CONNECTION), true),

  /** How many tasks that were reported as stuck run now. Needs the setting {@code stuckAfter}. */
  STUCK_TASKS(Set.of(PoolType.ADVANCED), false),

  /**
   * How many leases were reported as leaked within the window. Needs a leak threshold, of the pool
   * or of an acquire.
   */
  LEAKS(Set.of(PoolType.CONNECTION), true);

  private static final double LEAST_SHARE = 0.01;

  private final Set<PoolType> types;
  private final boolean isCount;

  AlarmRule(Set<PoolType> types, boolean isCount) {
    this.types = types;
    this.isCount = isCount;
  }

  /** The rule as its setting is called: {@code queue-age}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether pools of this type have the rule. */
  public boolean appliesTo(PoolType type) {
    return types.contains(type);
  }

  /** Whether the value is a count within the window of the alarms; otherwise it is of a moment. */
  public boolean isCount() {
    return isCount;
  }

  /** Checks a threshold. */
  void check(double threshold) {
    boolean isValid =
        switch (this) {
          case QUEUE_AGE -> threshold > 0 && !Double.isInfinite(threshold);
          case SATURATION -> threshold >= LEAST_SHARE && threshold <= 1;
          default -> threshold >= 1 && !Double.isInfinite(threshold);
        };
    if (!isValid) {
      throw new IllegalArgumentException(
          "alarms.%s is %s, but must be %s. Remove it to turn the alarm off."
              .formatted(
                  id(),
                  switch (this) {
                    case QUEUE_AGE -> Duration.ofMillis(Math.round(threshold * 1000));
                    case SATURATION -> BigDecimal.valueOf(threshold);
                    default -> Math.round(threshold);
                  },
                  switch (this) {
                    case QUEUE_AGE -> "positive";
                    case SATURATION -> "from " + LEAST_SHARE + " to 1";
                    default -> "at least 1";
                  }));
    }
  }

  /** A value with its unit, for people. */
  String text(double value) {
    return switch (this) {
      case QUEUE_AGE -> Durations.ofNanos(Math.round(value * 1e9));
      case SATURATION -> rounded(value * 100) + " %";
      default -> Long.toString(Math.round(value));
    };
  }

  private static String rounded(double value) {
    return BigDecimal.valueOf(value)
        .setScale(1, RoundingMode.HALF_UP)
        .stripTrailingZeros()
        .toPlainString();
  }
}

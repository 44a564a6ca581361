package dev.pools.boot.alarm;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;

/**
 * The alarms of one pool. A rule without a threshold is not watched.
 *
 * @param thresholds the value of each rule from which on it is in alarm: seconds for {@link
 *     AlarmRule#QUEUE_AGE}, positive; a share from 0.01 to 1 for {@link AlarmRule#SATURATION}; at
 *     least 1 for all others
 * @param window for how long rejections, timeouts and leaks are counted; from 1 s to 1 h
 * @param raiseAfter how long a value must stay at its threshold or above before the alarm is
 *     raised; from 0 to 1 h. With 0 the first look raises it
 * @param clearAfter how long the value of a raised alarm must stay below its clear level before the
 *     alarm is cleared; from 0 to 1 h. With 0 the first look clears it
 * @param clearAt the clear level, as a share of the threshold; from 0.01 to 1. With 1 they are the
 *     same
 */
public record AlarmOptions(
    Map<AlarmRule, Double> thresholds,
    Duration window,
    Duration raiseAfter,
    Duration clearAfter,
    double clearAt) {

  private static final Duration LONGEST = Duration.ofHours(1);
  private static final Duration SHORTEST_WINDOW = Duration.ofSeconds(1);
  private static final double LEAST_SHARE = 0.01;

  /** No alarms. */
  public static final AlarmOptions NONE = of(Map.of());

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a value is out of its range
   */
  public AlarmOptions {
    thresholds = Map.copyOf(thresholds);
    thresholds.forEach(AlarmRule::check);
    check("window", window, SHORTEST_WINDOW, "Rejections, timeouts and leaks are counted in it.");
    check("raise-after", raiseAfter, Duration.ZERO, "With 0 the first look raises an alarm.");
    check("clear-after", clearAfter, Duration.ZERO, "With 0 the first look clears an alarm.");
    if (!(clearAt >= LEAST_SHARE && clearAt <= 1)) {
      throw new IllegalArgumentException(
          "alarms.clear-at is %s, but must be from %s to 1. It is a share of the threshold."
              .formatted(BigDecimal.valueOf(clearAt), LEAST_SHARE));
    }
  }

  /** These thresholds, a window of 1 min, and an alarm after 15 s that is cleared after 1 min. */
  public static AlarmOptions of(Map<AlarmRule, Double> thresholds) {
    return new AlarmOptions(
        thresholds, Duration.ofMinutes(1), Duration.ofSeconds(15), Duration.ofMinutes(1), 0.8);
  }

  private static void check(String option, Duration value, Duration least, String help) {
    if (value.compareTo(least) < 0 || value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "alarms.%s is %s, but must be from %s to %s. %s"
              .formatted(option, value, least, LONGEST, help));
    }
  }

  /** Whether no rule is watched. */
  public boolean isEmpty() {
    return thresholds.isEmpty();
  }
}

package dev.pools.internal;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Writes durations for people, in one form in all exceptions, log lines, health details and advice.
 * Values that can be typed or pasted, such as those of options, keep the form in which they are
 * typed.
 */
public final class Durations {

  private static final long SECOND_MILLIS = 1_000;
  private static final int MILLI_NANOS = 1_000_000;
  private static final long MINUTE = 60;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  private Durations() {}

  // ---- For people

  /**
   * A duration in the one or two largest units that fit it: {@code 850 ms}, {@code 12.5 s}, {@code
   * 3 min 20 s}, {@code 2 h}. Below 2 min, whole milliseconds are shown exactly because they are
   * mostly a limit that somebody has set; what was measured is rounded to tenths of a second.
   */
  public static String text(Duration duration) {
    if (duration.isNegative()) {
      return "-".concat(text(duration.negated()));
    }
    long seconds = duration.getSeconds();
    int nanos = duration.getNano();
    if (seconds == 0 && nanos != 0) {
      return nanos < MILLI_NANOS ? thousandths(nanos / 1_000) + " ms" : nanos / MILLI_NANOS + " ms";
    }
    if (seconds < 2 * MINUTE) {
      long millis = seconds * SECOND_MILLIS + nanos / MILLI_NANOS;
      boolean isExact = nanos % MILLI_NANOS == 0;
      return thousandths(isExact ? millis : (millis + 50) / 100 * 100) + " s";
    }
    if (seconds < 2 * HOUR) {
      return twoUnits(seconds, MINUTE, "min", "s");
    }
    return seconds < 2 * DAY
        ? twoUnits(seconds / MINUTE, HOUR / MINUTE, "h", "min")
        : twoUnits(seconds / HOUR, DAY / HOUR, "d", "h");
  }

  /** As {@link #text(Duration)}, of nanoseconds. */
  public static String ofNanos(long nanos) {
    return text(Duration.ofNanos(nanos));
  }

  private static String thousandths(long number) {
    return BigDecimal.valueOf(number, 3).stripTrailingZeros().toPlainString();
  }

  private static String twoUnits(long small, long size, String bigUnit, String smallUnit) {
    String big = small / size + " " + bigUnit;
    return small % size == 0 ? big : big + " " + small % size + " " + smallUnit;
  }

  // ---- As it is typed

  /** A duration as it is typed into yml: {@code 500ms}, {@code 5s}, {@code 10m}, {@code 1h}. */
  public static String typed(Duration duration) {
    int nanos = duration.getNano();
    long seconds = duration.getSeconds();
    if (nanos % MILLI_NANOS != 0) {
      return seconds == 0 ? nanos + "ns" : duration.toString();
    }
    if (nanos != 0) {
      return isInMillis(seconds) ? duration.toMillis() + "ms" : duration.toString();
    }
    if (seconds == 0 || seconds % MINUTE != 0) {
      return seconds + "s";
    }
    return seconds % HOUR == 0 ? seconds / HOUR + "h" : seconds / MINUTE + "m";
  }

  private static boolean isInMillis(long seconds) {
    return Math.abs(seconds) < Long.MAX_VALUE / SECOND_MILLIS - 1;
  }

  /** A text whose durations were written by {@link Duration#toString}, with each as it is typed. */
  public static String withTyped(String text) {
    // No constant: the first use of this class may be the report of a full heap (see Faults).
    Pattern iso = Pattern.compile("\\bPT[-+0-9.HMS]*[HMS]\\b");
    return iso.matcher(text).replaceAll(Durations::typedMatch);
  }

  private static String typedMatch(MatchResult found) {
    try {
      return typed(Duration.parse(found.group()));
    } catch (DateTimeException noDuration) {
      return found.group();
    }
  }
}

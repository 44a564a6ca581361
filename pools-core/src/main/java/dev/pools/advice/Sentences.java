package dev.pools.advice;

import java.time.Duration;
import java.util.Locale;

/** Durations, shares and ranges in words. */
final class Sentences {

  private static final long MICRO = 1_000;
  private static final long MILLI = 1_000 * MICRO;
  private static final long SECOND = 1_000 * MILLI;
  private static final long MINUTE = 60 * SECOND;

  private Sentences() {}

  static String range(Forecast.Wait wait) {
    String least = duration(wait.least());
    String most = duration(wait.most());
    return least.equals(most) ? most : least + " to " + most;
  }

  static String range(Forecast.Share share) {
    String least = percent(share.least());
    String most = percent(share.most());
    return least.equals(most) ? most : least + " to " + most;
  }

  /** A number of things, written in the same way wherever the JVM runs. */
  static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  static String percent(double share) {
    return Math.round(100 * share) + " %";
  }

  static String duration(Duration duration) {
    long nanos = duration.toNanos();
    if (nanos >= 2 * MINUTE) {
      return Math.round((double) nanos / MINUTE) + " min";
    }
    if (nanos >= SECOND) {
      return number((double) nanos / SECOND) + " s";
    }
    if (nanos >= MILLI / 10) {
      return number((double) nanos / MILLI) + " ms";
    }
    return nanos < MICRO ? "0 ms" : nanos / MICRO + " µs";
  }

  /** Two digits, or the whole part. */
  private static String number(double value) {
    return value < 9.95
        ? String.format(Locale.ROOT, "%.1f", value).replace(".0", "")
        : Long.toString(Math.round(value));
  }
}

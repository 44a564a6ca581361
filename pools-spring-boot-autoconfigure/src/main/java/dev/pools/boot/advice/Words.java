package dev.pools.boot.advice;

import java.time.Duration;
import java.util.Locale;

/** Durations, shares and settings as advice writes them. */
final class Words {

  private Words() {}

  /** A duration of any length. */
  static long nanos(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException tooLong) {
      return duration.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  static String percent(double share) {
    return Math.round(100 * share) + " %";
  }

  /** A number with what is counted: {@code 1 task}, {@code 2,000 tasks}. */
  static String count(long number, String what) {
    return "%s %s%s".formatted(number(number), what, number == 1 ? "" : "s");
  }

  /** A number, written in the same way wherever the JVM runs: {@code 2,000}. */
  static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** The option of a setting: {@code maxWorkers} of {@code max-workers}. */
  static String option(String setting) {
    StringBuilder option = new StringBuilder();
    for (String word : setting.split("-", -1)) {
      option
          .append(option.isEmpty() ? word.charAt(0) : Character.toUpperCase(word.charAt(0)))
          .append(word, 1, word.length());
    }
    return option.toString();
  }

  /** A setting with its value. The name of one that is set in code is a text with spaces. */
  static String property(String setting, Object value) {
    return setting.contains(" ") ? setting + " to " + value : setting + "=" + value;
  }
}

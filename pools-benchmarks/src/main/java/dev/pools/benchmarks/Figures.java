package dev.pools.benchmarks;

import java.util.Locale;

/** How figures are written. */
final class Figures {

  private Figures() {}

  /** The median and the range of the forks; no number where they lie too far apart. */
  static String of(Scores scores) {
    if (scores.isEmpty()) {
      return "";
    }
    String mark = scores.unsteady() == 0 ? "" : ", not steady";
    if (scores.isUnstable()) {
      return "unstable: %s to %s%s"
          .formatted(number(scores.lowest()), number(scores.highest()), mark);
    }
    return scores.values().length == 1
        ? number(scores.median()) + mark
        : "%s (%s to %s)%s"
            .formatted(
                number(scores.median()), number(scores.lowest()), number(scores.highest()), mark);
  }

  /** How many times as good ours is, with its interval; no number where a cell is unstable. */
  static String ratio(Comparison comparison) {
    if (comparison.isMissing()) {
      return "";
    }
    String interval = interval(comparison.ratio().low(), comparison.ratio().high());
    return comparison.isUnstable()
        ? "unstable: " + interval
        : "**%s** (%s)".formatted(ratio(comparison.ratio().value()), interval);
  }

  static String interval(double low, double high) {
    return ratio(low) + " to " + ratio(high);
  }

  /** Two digits after the point, or nothing for what is none. */
  static String ratio(double ratio) {
    return Double.isNaN(ratio) ? "" : String.format(Locale.ROOT, "%.2f", ratio);
  }

  static String percent(double share) {
    return Double.isNaN(share) ? "unknown" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  /** Three digits and k or M, or nothing for what is none. */
  static String number(double value) {
    if (Double.isNaN(value)) {
      return "";
    }
    if (Math.abs(value) >= 1e6) {
      return threeDigits(value / 1e6) + " M";
    }
    return Math.abs(value) >= 1e4 ? threeDigits(value / 1e3) + " k" : threeDigits(value);
  }

  private static String threeDigits(double value) {
    double size = Math.abs(value);
    return String.format(Locale.ROOT, size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f", value);
  }
}

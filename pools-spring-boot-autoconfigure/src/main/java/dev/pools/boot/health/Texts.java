package dev.pools.boot.health;

import java.time.Duration;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.springframework.boot.health.contributor.Health;

/** Texts that health indicators of both kinds of pools have in common. */
final class Texts {

  private Texts() {}

  /** A duration for people: {@code 850 ms}, {@code 12.5 s}, {@code 3 min}. */
  static String of(Duration duration) {
    long millis = duration.toMillis();
    if (millis < 1000) {
      return millis + " ms";
    }
    if (millis < 120_000) {
      return millis % 1000 == 0
          ? millis / 1000 + " s"
          : String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
    }
    return duration.toMinutes() + " min";
  }

  /** The full names of the settings of a configured pool. */
  static UnaryOperator<String> settings(String kind, String pool) {
    return setting -> kind + ".instances." + pool + "." + setting;
  }

  /** For a pool that is none, such as a mock of a test. */
  static void noReadings(Health.Builder health) {
    health
        .unknown()
        .withDetail(
            "reason",
            "The pool returns no numbers. It may be a mock or another stand-in of a test.");
  }
}

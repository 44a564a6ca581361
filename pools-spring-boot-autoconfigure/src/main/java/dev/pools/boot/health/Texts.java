package dev.pools.boot.health;

import java.util.function.UnaryOperator;
import org.springframework.boot.health.contributor.Health;

/** Texts that health indicators of both kinds of pools have in common. */
final class Texts {

  private Texts() {}

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

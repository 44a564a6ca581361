package dev.pools.boot.observation;

import java.math.BigDecimal;
import java.time.Duration;

/** Durations as the key values of spans have them. */
final class Milliseconds {

  private Milliseconds() {}

  /** The milliseconds, with up to three decimal places, such as 12.5. */
  static String of(Duration duration) {
    BigDecimal milliseconds = BigDecimal.valueOf(duration.toNanos() / 1000, 3);
    return milliseconds.signum() == 0 ? "0" : milliseconds.stripTrailingZeros().toPlainString();
  }
}

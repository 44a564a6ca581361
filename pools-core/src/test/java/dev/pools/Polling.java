package dev.pools;

import java.time.Duration;
import org.awaitility.Awaitility;

/** How often tests look whether what they wait for has happened. */
public final class Polling {

  private Polling() {}

  /**
   * Makes each wait look at once and then every other millisecond: by default it would look after a
   * tenth of a second, and most of what tests wait for happens sooner.
   */
  public static void promptly() {
    Awaitility.setDefaultPollDelay(Duration.ZERO);
    Awaitility.setDefaultPollInterval(Duration.ofMillis(2));
  }
}

package dev.pools.boot.lifecycle;

import java.time.Duration;

/** What remains of a phase's time for the pools, so that they give up before the context does. */
final class PhaseTimeout {

  private static final Duration MOST_RESERVED = Duration.ofMillis(500);

  private PhaseTimeout() {}

  /** Nine tenths of it, or all but half a second where that is more. */
  static Duration usable(Duration phase) {
    Duration tenth = phase.dividedBy(10);
    return phase.minus(tenth.compareTo(MOST_RESERVED) < 0 ? tenth : MOST_RESERVED);
  }
}

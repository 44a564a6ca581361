package dev.pools.connection;

import java.time.Duration;

/** When a lease is reported as leaked, and when the pool takes it back. */
record LeakOptions(Duration leakThreshold, Duration reclaimAfter, boolean reclaimForgotten) {

  LeakOptions {
    OptionRange.requireNotNegative("leakThreshold", leakThreshold, "off");
    OptionRange.requireNotNegative("reclaimAfter", reclaimAfter, "never");
  }

  /** Whether the pool looks for leaks. */
  boolean areWatched() {
    return reclaimForgotten || !leakThreshold.isZero() || !reclaimAfter.isZero();
  }
}

package dev.pools.connection;

import java.time.Duration;

/** How callers wait for a connection, and which of them gets the next one. */
record WaitingOptions(
    Duration acquireTimeout,
    Fairness fairness,
    ArgumentMatching argumentMatching,
    int waiterLimit,
    WhenDown whenDown) {

  WaitingOptions {
    OptionRange.requireNotNegative("acquireTimeout", acquireTimeout, "do not wait");
    if (argumentMatching == ArgumentMatching.SAME && fairness != Fairness.STRICT) {
      throw new IllegalArgumentException(
          "argumentMatching is SAME, but must be ANY if fairness is %s: callers of different arguments cannot overtake each other. Set fairness to STRICT, or argumentMatching to ANY."
              .formatted(fairness));
    }
    OptionRange.requireNotNegative("waiterLimit", waiterLimit, "no caller may wait");
  }
}

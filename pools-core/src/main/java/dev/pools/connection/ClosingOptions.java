package dev.pools.connection;

import java.time.Duration;

/** How connections are closed. */
record ClosingOptions<T>(
    AsyncConnectionCleaner<? super T> cleaner, Duration closeTimeout, int maxConcurrentCloses) {

  ClosingOptions {
    OptionRange.requirePositive("closeTimeout", closeTimeout);
    OptionRange.requireNumber("maxConcurrentCloses", maxConcurrentCloses);
  }
}

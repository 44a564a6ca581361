package dev.pools.flight;

import java.time.Duration;
import java.time.Instant;

/**
 * Someone has waited for a pool.
 *
 * @param who in words, such as "task orders.Import"
 * @param outcome in words, such as "timed out"
 */
record Wait(String pool, String who, Instant start, Instant end, String outcome) {

  Duration length() {
    return Duration.between(start, end);
  }
}

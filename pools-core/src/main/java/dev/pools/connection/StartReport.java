package dev.pools.connection;

import dev.pools.internal.Durations;
import java.time.Duration;

/**
 * The progress of a start that waits for its first connections.
 *
 * @param wanted how many connections it waits for
 * @param missing how many of them do not exist yet
 * @param limit how long it waits at most; zero: no limit
 */
record StartReport(int wanted, int missing, Duration elapsed, Duration limit) {

  /** As an operator reads it. */
  String describe() {
    return "%d of %d are there after %s%s"
        .formatted(
            wanted - missing,
            wanted,
            Durations.text(elapsed),
            limit.isZero() ? "" : " of at most " + Durations.text(limit));
  }
}

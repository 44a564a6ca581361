package dev.pools.connection;

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
            seconds(elapsed),
            limit.isZero() ? "" : " of at most " + seconds(limit));
  }

  private static String seconds(Duration duration) {
    return "%d.%d s".formatted(duration.toSeconds(), duration.toMillisPart() / 100);
  }
}

package dev.pools.flight;

import java.time.Duration;
import java.time.Instant;

/**
 * Someone held something of a pool that others waited for: a lease, or a worker by a task.
 *
 * @param what in words, such as "lease 3-17"
 * @param isOver false if it had not ended when it was last seen
 */
record Hold(String pool, String what, String holder, Instant start, Instant end, boolean isOver) {

  Duration length() {
    return Duration.between(start, end);
  }

  /** For how long it lasted between two moments; negative if it did not. */
  Duration within(Instant from, Instant to) {
    return Duration.between(start.isAfter(from) ? start : from, end.isBefore(to) ? end : to);
  }

  /** Tells it apart from what others hold at the same time. */
  String name() {
    return String.join("\n", pool, what, holder);
  }

  /** Whether two sightings are of one hold: the same, at times that touch. */
  boolean continues(Hold earlier) {
    return name().equals(earlier.name()) && !start.isAfter(earlier.end);
  }

  Hold joined(Hold later) {
    Instant first = start.isBefore(later.start) ? start : later.start;
    return new Hold(pool, what, holder, first, later.end, isOver || later.isOver);
  }
}

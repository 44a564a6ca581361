package dev.pools.boot.alarm;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How much a counter has grown within a window of time that ends now, to within a sixtieth of the
 * window. It keeps some sixty readings at most.
 */
final class WindowCount {

  private static final int PARTS = 60;

  private record Reading(long atNanos, long total) {}

  private final long windowNanos;
  private final Deque<Reading> readings = new ArrayDeque<>();

  WindowCount(long windowNanos) {
    this.windowNanos = windowNanos;
  }

  /** Adds a reading of the counter, and returns the growth. The first reading has none. */
  long growth(long nowNanos, long total) {
    Reading latest = readings.peekLast();
    if (latest != null && total < latest.total) {
      // The counter has begun again.
      readings.clear();
      latest = null;
    }
    if (latest == null || nowNanos - latest.atNanos >= windowNanos / PARTS) {
      readings.addLast(new Reading(nowNanos, total));
    }
    Reading first = readings.removeFirst();
    Reading second = readings.peekFirst();
    while (second != null && nowNanos - second.atNanos >= windowNanos) {
      first = readings.removeFirst();
      second = readings.peekFirst();
    }
    readings.addFirst(first);
    return total - first.total;
  }
}

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
  private boolean isFromZero;

  /** The counter at the latest reading. */
  private long latest;

  /** What the counter had counted each time when it began again. */
  private long before;

  WindowCount(long windowNanos) {
    this.windowNanos = windowNanos;
  }

  /** Lets the first reading count as growth, as if it had followed one of zero. */
  void countFromZero() {
    isFromZero = true;
  }

  /** Adds a reading of the counter, and returns the growth. The first reading usually has none. */
  long growth(long nowNanos, long counter) {
    if (counter < latest) {
      // The counter has begun again, at zero.
      before += latest;
    }
    latest = counter;
    long total = before + counter;
    boolean isFirst = readings.isEmpty();
    if (isFirst && isFromZero) {
      readings.addLast(new Reading(nowNanos, 0));
    }
    if (isFirst || nowNanos - readings.getLast().atNanos >= windowNanos / PARTS) {
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

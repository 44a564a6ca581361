package dev.pools.connection;

import dev.pools.internal.Time;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lets one report through in each minute, for log lines that could follow from each call: the first
 * one says what is wrong, and thousands more would hide other lines. May be used by any thread, and
 * calls no user code.
 */
final class RareReports {

  /** What {@link #next} returns for a report that must be left out. */
  static final long LEFT_OUT = -1;

  private static final long EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Time time;
  private final AtomicLong nextNanos;

  /** How many were left out since one was let through. */
  private final AtomicLong leftOut = new AtomicLong();

  RareReports(Time time) {
    this.time = time;
    this.nextNanos = new AtomicLong(time.nanoTime());
  }

  /**
   * Asks whether something may be reported now. Of several threads at a time one may.
   *
   * @return how many reports were left out since the last one that was let through, or {@link
   *     #LEFT_OUT} if this one is left out, too
   */
  long next() {
    long now = time.nanoTime();
    long next = nextNanos.get();
    if (now - next >= 0 && nextNanos.compareAndSet(next, now + EVERY_NANOS)) {
      return leftOut.getAndSet(0);
    }
    leftOut.incrementAndGet();
    return LEFT_OUT;
  }
}

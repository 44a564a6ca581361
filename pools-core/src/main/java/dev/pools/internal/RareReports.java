package dev.pools.internal;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Lets one report through in each minute, for log lines that could follow from each call: the first
 * one says what is wrong, and thousands more would hide other lines. May be used by any thread.
 */
public final class RareReports {

  /** What {@link #next} returns for a report that must be left out. */
  public static final long LEFT_OUT = -1;

  private static final long EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Time time;
  private final AtomicLong nextNanos;

  /** How many were left out since one was let through. */
  private final AtomicLong leftOut = new AtomicLong();

  /** Lets the first report through. */
  public RareReports(Time time) {
    this.time = time;
    this.nextNanos = new AtomicLong(time.nanoTime());
  }

  /**
   * Asks whether something may be reported now. Of several threads at a time one may. Calls no user
   * code.
   *
   * @return how many reports were left out since the last one that was let through, or {@link
   *     #LEFT_OUT} if this one is left out, too
   */
  public long next() {
    long now = time.nanoTime();
    long next = nextNanos.get();
    if (now - next >= 0 && nextNanos.compareAndSet(next, now + EVERY_NANOS)) {
      return leftOut.getAndSet(0);
    }
    leftOut.incrementAndGet();
    return LEFT_OUT;
  }

  /**
   * Logs a warning now and then, with how many were left out since the last one; the others at
   * DEBUG. Runs user code, as {@link Faults} does.
   */
  public void warn(
      Class<?> source, @Nullable Throwable fault, String format, @Nullable Object... arguments) {
    warn(next(), source, fault, format, arguments);
  }

  /** As {@link #warn}, for an error. */
  public void error(
      Class<?> source, @Nullable Throwable fault, String format, @Nullable Object... arguments) {
    error(next(), source, fault, format, arguments);
  }

  /** Whether the next report is let through and says of no other one. */
  boolean isOver() {
    return leftOut.get() == 0 && time.nanoTime() - nextNanos.get() >= 0;
  }

  /** As {@link #warn}, when {@link #next} has said this. */
  static void warn(
      long others,
      Class<?> source,
      @Nullable Throwable fault,
      String format,
      @Nullable Object... arguments) {
    if (others == LEFT_OUT) {
      Faults.debug(source, fault, format, arguments);
    } else {
      Faults.warn(source, fault, format.concat(andOthers(others)), arguments);
    }
  }

  /** As {@link #error}, when {@link #next} has said this. */
  static void error(
      long others,
      Class<?> source,
      @Nullable Throwable fault,
      String format,
      @Nullable Object... arguments) {
    if (others == LEFT_OUT) {
      Faults.debug(source, fault, format, arguments);
    } else {
      Faults.error(source, fault, format.concat(andOthers(others)), arguments);
    }
  }

  private static String andOthers(long others) {
    return others == 0
        ? ""
        : ". Since the last such line this has happened "
            + Faults.count(others, "more time", "more times")
            + ", which is logged at DEBUG";
  }
}

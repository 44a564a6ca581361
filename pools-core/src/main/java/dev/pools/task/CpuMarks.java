package dev.pools.task;

import dev.pools.internal.ProcessCpu;

/** How much processor time this process had used at some moments of the last minutes. */
final class CpuMarks {

  private static final int MARKS = 32;
  private static final long APART_NANOS = 10_000_000_000L;

  /** Over a shorter time the steps of the system's clock matter. */
  private static final long LEAST_NANOS = 500_000_000L;

  // Guarded by this.
  private final long[] atNanos = new long[MARKS];
  private final long[] usedNanos = new long[MARKS];
  private int count;

  /** Notes a mark, unless the last one is recent. */
  void mark(long nowNanos) {
    synchronized (this) {
      if (count > 0 && nowNanos - atNanos[(count - 1) % MARKS] < APART_NANOS) {
        return;
      }
      atNanos[count % MARKS] = nowNanos;
      usedNanos[count % MARKS] = ProcessCpu.nanos();
      count++;
    }
  }

  /**
   * How busy the processors were with this process, from 0 to 1, since the last mark before a time,
   * or since the first one after it; NaN if it is not known.
   */
  double share(long fromNanos, long nowNanos) {
    long used = ProcessCpu.nanos();
    synchronized (this) {
      int mark = Math.max(0, count - MARKS);
      while (mark + 1 < count && atNanos[(mark + 1) % MARKS] - fromNanos <= 0) {
        mark++;
      }
      long elapsed = nowNanos - atNanos[mark % MARKS];
      if (used < 0 || usedNanos[mark % MARKS] < 0 || elapsed < LEAST_NANOS) {
        return Double.NaN;
      }
      double share =
          (double) (used - usedNanos[mark % MARKS])
              / elapsed
              / Runtime.getRuntime().availableProcessors();
      return Math.min(1, share);
    }
  }
}

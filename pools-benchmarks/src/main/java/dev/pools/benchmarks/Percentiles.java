package dev.pools.benchmarks;

import java.util.Arrays;

/**
 * Durations in nanoseconds, counted in steps of at most some six percent. Not thread-safe: each
 * thread fills its own, and {@link #add} joins them.
 */
public final class Percentiles {

  private static final int STEPS_PER_DOUBLING = 16;
  private static final int STEP_BITS = 4;

  private final long[] counts = new long[(Long.SIZE - STEP_BITS) * STEPS_PER_DOUBLING];
  private long total;
  private long max;

  /** Counts one; negative ones count as zero. */
  public void record(long nanos) {
    long value = Math.max(0, nanos);
    counts[step(value)]++;
    total++;
    max = Math.max(max, value);
  }

  /** Counts all of another one's. */
  public void add(Percentiles other) {
    for (int step = 0; step < counts.length; step++) {
      counts[step] += other.counts[step];
    }
    total += other.total;
    max = Math.max(max, other.max);
  }

  /** Forgets all. */
  public void clear() {
    Arrays.fill(counts, 0);
    total = 0;
    max = 0;
  }

  /** How many have been counted. */
  public long total() {
    return total;
  }

  /** The longest. */
  public long max() {
    return max;
  }

  /**
   * The duration that this share of all does not exceed: the upper end of its step, or the longest.
   * NaN if there are none.
   *
   * @param share from 0 to 1
   */
  public double at(double share) {
    if (total == 0) {
      return Double.NaN;
    }
    long rank = Math.max(1, (long) Math.ceil(share * total));
    long seen = 0;
    for (int step = 0; step < counts.length; step++) {
      seen += counts[step];
      if (seen >= rank) {
        return Math.min(max, end(step));
      }
    }
    return max;
  }

  private static int step(long value) {
    if (value < STEPS_PER_DOUBLING) {
      return (int) value;
    }
    int doubling = Long.SIZE - 1 - Long.numberOfLeadingZeros(value) - STEP_BITS;
    return (doubling << STEP_BITS) + (int) (value >>> doubling);
  }

  private static long end(int step) {
    if (step < 2 * STEPS_PER_DOUBLING) {
      return step;
    }
    int doubling = (step >> STEP_BITS) - 1;
    long first = (long) (step - (doubling << STEP_BITS)) << doubling;
    return first + (1L << doubling) - 1;
  }
}

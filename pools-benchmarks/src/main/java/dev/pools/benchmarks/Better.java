package dev.pools.benchmarks;

/** Which of two scores is the better one. */
enum Better {
  /** The higher one: so many in a second. */
  HIGHER,
  /** The lower one: so much time, or so many bytes. */
  LOWER;

  /** How many times as good the first is as the second: above one it is better. */
  double ratio(double ours, double other) {
    if (ours == other) {
      return 1;
    }
    return this == HIGHER ? ours / other : other / ours;
  }

  /** Whether the first is better. */
  boolean isBetter(double one, double other) {
    return this == HIGHER ? one > other : one < other;
  }
}

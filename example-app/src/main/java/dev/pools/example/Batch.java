package dev.pools.example;

/**
 * How far a batch is.
 *
 * @param total how many thumbnails it shall make
 * @param made how many there are, including those that were there before
 * @param failed how many could not be made
 */
record Batch(long id, long total, long made, long failed) {

  /** One thumbnail that a batch shall make. */
  record Element(long batch, long picture, int width) {}

  /** What became of an element. */
  enum Outcome {
    MADE,
    FAILED
  }

  /** Whether each element has its outcome. */
  public boolean isDone() {
    return made + failed == total;
  }
}

package dev.pools.example;

/**
 * The state of a batch.
 *
 * @param total how many elements it has
 * @param made how many elements have their thumbnail, including thumbnails that existed before
 * @param failed how many elements have failed
 */
record Batch(long id, long total, long made, long failed) {

  /** One thumbnail of a batch. */
  record Element(long batch, long picture, int width) {}

  /** The outcome of an element. */
  enum Outcome {
    MADE,
    FAILED
  }

  /** Returns whether each element has an outcome. */
  public boolean isDone() {
    return made + failed == total;
  }
}

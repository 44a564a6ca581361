package dev.pools.example;

/**
 * The state of a batch.
 *
 * @param total how many elements it has
 * @param made how many elements have their thumbnail, including thumbnails that existed before
 * @param failed how many elements have failed
 * @param cancelled how many elements were cancelled before they had another outcome
 */
record Batch(long id, long total, long made, long failed, long cancelled) {

  /** One thumbnail of a batch. */
  record Element(long batch, long picture, int width) {}

  /** The outcome of an element. */
  enum Outcome {
    MADE,
    FAILED,
    CANCELLED
  }

  /** Returns whether each element has an outcome. */
  public boolean isDone() {
    return made + failed + cancelled == total;
  }
}

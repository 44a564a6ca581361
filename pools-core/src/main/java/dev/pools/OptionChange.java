package dev.pools;

/**
 * One option of a pool that has changed while the pool ran.
 *
 * @param option the name of the option, as the builder of the pool calls it
 * @param before the value that the pool had
 * @param after the value that the pool has now
 */
public record OptionChange(String option, Object before, Object after) {

  /** What has changed, in words. */
  @Override
  public String toString() {
    return option + " was " + before + " and is " + after;
  }
}

package dev.pools;

import dev.pools.internal.Durations;
import java.time.Duration;

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
    return option + " was " + text(before) + " and is " + text(after);
  }

  private static Object text(Object value) {
    return value instanceof Duration duration ? Durations.text(duration) : value;
  }
}

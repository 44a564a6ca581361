package dev.pools.map;

import java.util.Objects;

/**
 * The options of a map over inputs.
 *
 * @param priority the priority of each element's task; smaller numbers run sooner, any int
 * @param lengths what the map does when its inputs are not equally long
 * @param window the largest number of elements, at any time, that have been read and have not
 *     ended: those that run and those read ahead. 1 runs one element after the other. {@link
 *     #AUTOMATIC} means twice the pool's largest number of workers, also after a resize, and at
 *     least 2.
 */
public record MapOptions(int priority, Lengths lengths, int window) {

  /** The window that follows the size of the pool. */
  public static final int AUTOMATIC = 0;

  /** Priority 0, up to the end of the shortest input, with an automatic window. */
  public static final MapOptions DEFAULT = new MapOptions(0, Lengths.SHORTEST, AUTOMATIC);

  /** Checks the options. */
  public MapOptions {
    Objects.requireNonNull(lengths, "lengths");
    if (window < 0) {
      throw new IllegalArgumentException(
          "window is %d, but must be 1 or more, or 0 (automatic: twice the pool's workers). Leave it out to have it follow the pool."
              .formatted(window));
    }
  }

  /** Options with this priority. */
  public static MapOptions priority(int priority) {
    return new MapOptions(priority, Lengths.SHORTEST, AUTOMATIC);
  }

  /** These options, for inputs that must be equally long. */
  public MapOptions strict() {
    return new MapOptions(priority, Lengths.STRICT, window);
  }

  /** These options with this window. */
  public MapOptions withWindow(int elements) {
    return new MapOptions(priority, lengths, elements);
  }
}

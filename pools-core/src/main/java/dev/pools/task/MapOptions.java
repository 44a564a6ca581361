package dev.pools.task;

import java.util.Objects;

/**
 * How a map over inputs is carried out.
 *
 * @param priority the priority of each element's task; smaller numbers run sooner, any int
 * @param lengths what is done about inputs that are not equally long
 * @param window how many elements at most have been read and have not ended, at any time: the
 *     running ones, and those read ahead. 1 runs one after the other. {@link #AUTOMATIC} means
 *     twice the pool's greatest number of workers, also after a resize, and 2 at least.
 */
public record MapOptions(int priority, Lengths lengths, int window) {

  /** The window that follows the size of the pool. */
  public static final int AUTOMATIC = 0;

  /** Priority 0, as long as the shortest input, with an automatic window. */
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

package dev.pools.internal;

/**
 * Fails early if the stack of the current thread is nearly full: before a step of a pool has
 * changed anything, and not halfway through it. A caller that recurses too deeply then gets its
 * {@link StackOverflowError}, and the pool is as before.
 *
 * <p>The JVM looks for room whenever a method is entered. So a few small methods that call each
 * other, and do nothing else, need about as much room as the deepest step, and return it. This is
 * no guarantee: a step that runs for the first time loads classes, which needs more. The JDK has a
 * reserved area of the stack for its own locks, which other code cannot use.
 */
public final class StackRoom {

  /** How many methods call each other: 2 to 3 KiB of compiled frames, 5 KiB of interpreted ones. */
  private static final int DEPTH = 48;

  /** For steps that call next to nothing. */
  private static final int SHORT_DEPTH = 8;

  /** For several steps that belong together. */
  private static final int LONG_DEPTH = 400;

  private StackRoom() {}

  /** As {@link #ensure}, for two steps, one after the other, and little in between. */
  public static void ensureTwice() {
    deeper(2 * DEPTH);
  }

  /** As {@link #ensure}, for a few small methods, in a fraction of the time. */
  public static void ensureLittle() {
    deeper(SHORT_DEPTH);
  }

  /** As {@link #ensure}, for several steps that must all be carried out. */
  public static void ensureMuch() {
    deeper(LONG_DEPTH);
  }

  /**
   * Returns if there is enough room for a step of a pool.
   *
   * @throws StackOverflowError if there is not
   */
  public static void ensure() {
    deeper(DEPTH);
  }

  private static int deeper(int left) {
    // The addition keeps the frame in use until the callee has returned.
    return left == 0 ? 0 : deeper(left - 1) + 1;
  }
}

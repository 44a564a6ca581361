package dev.pools.example;

import java.util.Locale;

/**
 * What one picture may cost. Everything is calculated from the header, before the picture is
 * decoded. A small file can contain a huge picture.
 */
final class PictureBudget {

  /** The longest side, in pixels. */
  static final int MAX_SIDE = 20_000;

  static final long MAX_PIXELS = 40_000_000;

  /** Bytes for decoding and scaling one picture. */
  static final long MAX_MEMORY = Math.min(200_000_000, Runtime.getRuntime().maxMemory() / 8);

  /** For all pictures that are decoded and scaled at the same time, whatever the workers. */
  static final PictureMemory ALL = new PictureMemory(Runtime.getRuntime().maxMemory() / 4);

  /** How many pixels the decoder may visit: a few seconds of work. */
  static final long MAX_VISITS = 500_000_000;

  private PictureBudget() {}

  /**
   * Checks a picture.
   *
   * @throws NotAPictureException if it costs more than it may
   */
  static void require(PictureFile picture) {
    int width = picture.width();
    int height = picture.height();
    if (width <= 0 || height <= 0) {
      throw new NotAPictureException("This picture is damaged: it has no pixels.");
    }
    long pixels = (long) width * height;
    if (pixels > MAX_PIXELS || Math.max(width, height) > MAX_SIDE) {
      throw new NotAPictureException(
          "This picture has %d x %d pixels, but at most %d pixels and %d on each side are allowed. Send a smaller one."
              .formatted(width, height, MAX_PIXELS, MAX_SIDE));
    }
    requireAtMost("bytes of memory", memory(picture), MAX_MEMORY);
    requireAtMost("steps", pixels * picture.passes(), MAX_VISITS);
  }

  /** Returns the bytes for decoding and scaling a picture that {@link #require} has accepted. */
  static long memory(PictureFile picture) {
    long pixels = (long) picture.width() * picture.height();
    // The first step of scaling needs a quarter of the pixels, with 32 bits each.
    return pixels * (picture.bitsPerPixel() + 8) / 8;
  }

  private static void requireAtMost(String what, long needed, long limit) {
    if (needed > limit) {
      throw new NotAPictureException(
          String.format(
              Locale.ROOT,
              "This picture needs %,d %s, but at most %,d are allowed. Send a smaller one.",
              needed,
              what,
              limit));
    }
  }
}

package dev.pools.example;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.springframework.http.MediaType;

/**
 * Decodes, scales and encodes, on the thread of the caller: the work that the pool is there for.
 */
final class Imaging {

  /** A small file can hold a huge picture; this one would take 160 MB of memory. */
  static final long MOST_PIXELS = 40_000_000;

  static {
    // Everything is in memory already: no temporary files.
    ImageIO.setUseCache(false);
  }

  private Imaging() {}

  /**
   * A picture in memory.
   *
   * @param format what it was encoded as, such as {@code jpeg}
   */
  record Decoded(BufferedImage image, String format) {}

  /**
   * Decodes a picture.
   *
   * @throws NotAPictureException if the content is no picture, a damaged one, or too large a one
   */
  static Decoded decode(byte[] content) {
    try (ImageInputStream input =
        ImageIO.createImageInputStream(new ByteArrayInputStream(content))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(input);
      if (!readers.hasNext()) {
        throw new NotAPictureException(
            "These %d bytes are not a picture. Send one of: %s."
                .formatted(content.length, String.join(", ", formats())));
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(input, /* seekForwardOnly= */ true, /* ignoreMetadata= */ true);
        requireNotTooLarge(reader.getWidth(0), reader.getHeight(0));
        return new Decoded(reader.read(0), reader.getFormatName().toLowerCase(Locale.ROOT));
      } finally {
        reader.dispose();
      }
    } catch (NotAPictureException refused) {
      throw refused;
    } catch (IOException | RuntimeException damaged) {
      // Decoders throw all sorts of things at damaged files.
      throw new NotAPictureException(
          "This picture is damaged, or of a kind that cannot be read: " + damaged.getMessage(),
          damaged);
    }
  }

  private static Iterable<String> formats() {
    return Arrays.stream(ImageIO.getReaderFileSuffixes()).sorted().toList();
  }

  private static void requireNotTooLarge(int width, int height) {
    if ((long) width * height > MOST_PIXELS) {
      throw new NotAPictureException(
          "This picture has %d x %d pixels, but may have %d at most. Send a smaller one."
              .formatted(width, height, MOST_PIXELS));
    }
  }

  /** Makes a thumbnail, never wider than the picture, and encodes it. */
  static Thumbnail thumbnail(BufferedImage picture, int width) {
    BufferedImage small = scale(picture, Math.min(width, picture.getWidth()));
    boolean transparent = small.getColorModel().hasAlpha();
    return new Thumbnail(
        encode(small, transparent ? "png" : "jpeg"),
        transparent ? MediaType.IMAGE_PNG : MediaType.IMAGE_JPEG,
        small.getWidth(),
        small.getHeight());
  }

  /**
   * Halves until the next step is less than half, so that every pixel of the picture counts;
   * bilinear interpolation alone looks at four of them.
   */
  private static BufferedImage scale(BufferedImage picture, int width) {
    int height = Math.max(1, Math.round((float) picture.getHeight() * width / picture.getWidth()));
    BufferedImage step = picture;
    do {
      int stepWidth = Math.max(width, step.getWidth() / 2);
      int stepHeight = Math.max(height, step.getHeight() / 2);
      step = draw(step, stepWidth, stepHeight);
    } while (step.getWidth() != width || step.getHeight() != height);
    return step;
  }

  private static BufferedImage draw(BufferedImage source, int width, int height) {
    int type =
        source.getColorModel().hasAlpha()
            ? BufferedImage.TYPE_INT_ARGB
            : BufferedImage.TYPE_INT_RGB;
    BufferedImage target = new BufferedImage(width, height, type);
    Graphics2D graphics = target.createGraphics();
    try {
      graphics.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
      graphics.drawImage(source, 0, 0, width, height, null);
    } finally {
      graphics.dispose();
    }
    return target;
  }

  /** Encodes a picture. */
  static byte[] encode(BufferedImage image, String format) {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(image, format, output)) {
        throw new IllegalArgumentException("Nothing here writes " + format + " of " + image);
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return output.toByteArray();
  }
}

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

/** Decodes, scales and encodes pictures in the calling thread. */
final class Imaging {

  /** A small file can contain a huge picture. A picture of this size needs 160 MB of memory. */
  static final long MAX_PIXELS = 40_000_000;

  static {
    // All content is in memory already, so ImageIO needs no temporary files.
    ImageIO.setUseCache(false);
  }

  private Imaging() {}

  /**
   * A picture in memory.
   *
   * @param format the encoding that it had, such as {@code jpeg}
   */
  record Decoded(BufferedImage image, String format) {}

  /**
   * Decodes a picture.
   *
   * @throws NotAPictureException if the content is not a picture, is damaged, or is too large
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
      // Decoders throw various runtime exceptions for damaged files.
      throw new NotAPictureException(
          "This picture is damaged or has an unsupported format: " + damaged.getMessage(), damaged);
    }
  }

  private static Iterable<String> formats() {
    return Arrays.stream(ImageIO.getReaderFileSuffixes()).sorted().toList();
  }

  private static void requireNotTooLarge(int width, int height) {
    if ((long) width * height > MAX_PIXELS) {
      throw new NotAPictureException(
          "This picture has %d x %d pixels, but at most %d pixels are allowed. Send a smaller one."
              .formatted(width, height, MAX_PIXELS));
    }
  }

  /** Scales a picture and encodes it. The thumbnail is never wider than the picture. */
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
   * Halves the size until the target is near, so that every pixel of the picture counts. Bilinear
   * interpolation alone reads only four pixels for each pixel of the result.
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
        throw new IllegalArgumentException("No encoder for " + format + " accepts " + image);
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return output.toByteArray();
  }
}

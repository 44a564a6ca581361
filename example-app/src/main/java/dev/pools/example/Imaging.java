package dev.pools.example;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.springframework.http.MediaType;

/** Decodes, scales and encodes pictures in the calling thread. */
final class Imaging {

  /** The height of a thumbnail, in pixels. */
  static final int MAX_HEIGHT = 4000;

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
   * Decodes a picture, within its {@link PictureBudget}.
   *
   * @throws NotAPictureException if the content is not a picture, is damaged, or is too large
   * @throws CancellationException if the thread was interrupted
   */
  static Decoded decode(byte[] content) {
    return decode(content, decoded -> decoded);
  }

  /**
   * Decodes a picture as {@link #decode(byte[])} does, and makes a {@linkplain
   * #thumbnail(BufferedImage, int) thumbnail} of it.
   */
  static Thumbnail thumbnail(byte[] content, int width) {
    return decode(content, decoded -> thumbnail(decoded.image(), width));
  }

  private static <R> R decode(byte[] content, Function<Decoded, R> use) {
    try {
      PictureFile file = PictureFile.of(content);
      PictureBudget.require(file);
      return PictureBudget.ALL.reserve(PictureBudget.memory(file), () -> use.apply(decode(file)));
    } catch (OutOfMemoryError full) {
      throw new NotAPictureException(
          "This picture needs more memory than there is. Send a smaller one.", full);
    }
  }

  /** Decodes a file whose budget was checked, in memory that the caller has reserved. */
  static Decoded decode(PictureFile file) {
    ImageReader reader = ImageIO.getImageReadersByFormatName(file.format()).next();
    try (ImageInputStream input = new InterruptibleInput(file.content())) {
      reader.setInput(input, /* seekForwardOnly= */ true, /* ignoreMetadata= */ true);
      return new Decoded(reader.read(0), file.format());
    } catch (IOException | RuntimeException failure) {
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException(
            "The picture was not decoded, because its task was stopped");
      }
      // Decoders throw various runtime exceptions for damaged files.
      throw new NotAPictureException(
          "This picture is damaged or has an unsupported format: " + failure.getMessage(), failure);
    } finally {
      reader.dispose();
    }
  }

  /**
   * Scales a picture and encodes it. The thumbnail is never wider than the picture, and narrower
   * than {@code width} if it would be higher than {@link #MAX_HEIGHT} otherwise.
   */
  static Thumbnail thumbnail(BufferedImage picture, int width) {
    long widest = (long) MAX_HEIGHT * picture.getWidth() / picture.getHeight();
    long wanted = Math.min(Math.min(width, picture.getWidth()), widest);
    BufferedImage small = scale(picture, (int) Math.max(1, wanted));
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
    int proportional = Math.round((float) picture.getHeight() * width / picture.getWidth());
    int height = Math.max(1, Math.min(proportional, MAX_HEIGHT));
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

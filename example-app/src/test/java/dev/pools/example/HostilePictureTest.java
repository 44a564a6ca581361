package dev.pools.example;

import static dev.pools.example.CraftedPictures.blackPng;
import static dev.pools.example.CraftedPictures.chunk;
import static dev.pools.example.CraftedPictures.header;
import static dev.pools.example.CraftedPictures.palette;
import static dev.pools.example.CraftedPictures.png;
import static dev.pools.example.CraftedPictures.progressiveJpeg;
import static dev.pools.example.CraftedPictures.withScans;
import static dev.pools.example.CraftedPictures.withSegments;
import static dev.pools.example.CraftedPictures.zeros;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures of an attacker cost no more than their budget, and all others are decoded as before. */
class HostilePictureTest {

  private static BufferedImage gradient(int width, int height, int type) {
    BufferedImage image = new BufferedImage(width, height, type);
    Graphics2D graphics = image.createGraphics();
    graphics.setPaint(new GradientPaint(0, 0, Color.RED, width, height, Color.BLUE));
    graphics.fillRect(0, 0, width, height);
    graphics.dispose();
    return image;
  }

  private static BufferedImage gradient() {
    return gradient(90, 60, BufferedImage.TYPE_INT_RGB);
  }

  private static byte[] jpeg() {
    return Imaging.encode(gradient(), "jpeg");
  }

  private static void assertRejected(byte[] content, String why) {
    assertThatThrownBy(() -> Imaging.decode(content))
        .isInstanceOf(NotAPictureException.class)
        .hasMessageContaining(why);
  }

  // ---- What is rejected

  @Test
  void formatsThatTheApplicationDoesNotNeedReachNoDecoder() {
    assertRejected(CraftedPictures.gifWithComment(100_000), "Send one of: JPEG, PNG.");
    assertRejected(CraftedPictures.tiffWithStripOf(1_300_000_000), "Send one of: JPEG, PNG.");
    assertRejected(Imaging.encode(gradient(), "bmp"), "Send one of: JPEG, PNG.");
  }

  @Test
  void progressiveJpegWithManyScansIsRejected() {
    byte[] plain = progressiveJpeg(gradient(1000, 600, BufferedImage.TYPE_INT_RGB));

    assertThat(Imaging.decode(plain).image().getWidth()).isEqualTo(1000);
    assertRejected(withScans(plain, 1000), "steps, but at most 500,000,000 are allowed");
  }

  @Test
  void pictureThatNeedsTooMuchMemoryIsRejected() {
    byte[] sixteenBits = blackPng(6000, 6000, 16, 6, 4);

    assertThat(sixteenBits.length).isLessThan(400_000);
    assertRejected(sixteenBits, "bytes of memory");
  }

  /** A depth above 127 is negative as a byte, and would need less than no memory. */
  @Test
  void pictureWithAnImpossibleDepthIsRejected() {
    byte[] pixels = chunk("IDAT", zeros(2));
    byte[] end = chunk("IEND", new byte[0]);

    assertRejected(png(header(3000, 3000, 255, 6), pixels, end), "bytes of memory");
    assertRejected(png(header(1, 1, 255, 6), pixels, end), "damaged");
  }

  @ParameterizedTest
  @ValueSource(ints = {20_001, 1_000_000, Integer.MAX_VALUE, -1, 0})
  void sideOfAnyLengthIsChecked(int side) {
    assertRejected(png(header(side, 1, 8, 2), chunk("IEND", new byte[0])), "pixels");
    assertRejected(png(header(1, side, 8, 2), chunk("IEND", new byte[0])), "pixels");
  }

  @ParameterizedTest
  @ValueSource(strings = {"iCCP", "zTXt", "iTXt", "tEXt", "PLTE", "tRNS", "IDAT", "unKn"})
  void chunkThatIsLongerThanTheFileIsRejected(String type) {
    byte[] promise =
        ByteBuffer.allocate(8).putInt(2_000_000_000).put(type.getBytes(ISO_8859_1)).array();

    assertRejected(png(header(1, 1, 8, 3), palette(), promise), "ends too early");
  }

  @Test
  void jpegWithoutPixelsOrWithTwoHeadersIsRejected() {
    byte[] file = jpeg();
    int header = 2;
    while (file[header + 1] != (byte) 0xC0) {
      header += 2 + ByteBuffer.wrap(file).getShort(header + 2);
    }
    int length = ByteBuffer.wrap(file).getShort(header + 2);
    byte[] data = Arrays.copyOfRange(file, header + 4, header + 2 + length);

    assertRejected(withSegments(file, 0xC0, data, 1), "more than one header");
    assertRejected(new byte[] {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF, (byte) 0xD9}, "no pixels");
  }

  // ---- What is left out

  @Test
  void decoderSeesNoComments_profilesOrPreviews() {
    byte[] file = jpeg();
    byte[] large = new byte[65_000];

    for (int marker : new int[] {0xFE, 0xE1, 0xE2, 0xED}) {
      byte[] padded = withSegments(file, marker, large, 60);
      assertThat(PictureFile.of(padded).content()).isEqualTo(PictureFile.of(file).content());
      assertThat(PictureFile.of(padded).content().length).isLessThanOrEqualTo(file.length);
    }
  }

  @Test
  void decoderUnpacksNoTexts() {
    byte[] text = zeros(50_000_000);
    ByteBuffer bomb = ByteBuffer.allocate(text.length + 3).put((byte) 'a').putShort((short) 0);
    byte[] file =
        png(
            header(1, 1, 8, 3),
            palette(),
            chunk("zTXt", bomb.put(text).array()),
            chunk("IDAT", zeros(2)),
            chunk("IEND", new byte[0]));

    assertThat(PictureFile.of(file).content().length).isLessThan(200);
    assertThat(Imaging.decode(file).image().getWidth()).isEqualTo(1);
  }

  // ---- What stays

  static Stream<Arguments> usualPictures() {
    BufferedImage grey = gradient(33, 44, BufferedImage.TYPE_BYTE_GRAY);
    return Stream.of(
        Arguments.of("jpeg", jpeg()),
        Arguments.of("progressive jpeg", progressiveJpeg(gradient())),
        Arguments.of("grey jpeg", Imaging.encode(grey, "jpeg")),
        Arguments.of("jpeg with comment", withSegments(jpeg(), 0xFE, new byte[9], 2)),
        Arguments.of("png", Imaging.encode(gradient(), "png")),
        Arguments.of("grey png", Imaging.encode(grey, "png")),
        Arguments.of(
            "16 bit png", Imaging.encode(gradient(30, 40, BufferedImage.TYPE_USHORT_GRAY), "png")),
        Arguments.of(
            "png with alpha", Imaging.encode(gradient(30, 40, BufferedImage.TYPE_INT_ARGB), "png")),
        Arguments.of(
            "png with palette",
            Imaging.encode(gradient(30, 40, BufferedImage.TYPE_BYTE_INDEXED), "png")),
        Arguments.of(
            "one bit png",
            Imaging.encode(gradient(30, 40, BufferedImage.TYPE_BYTE_BINARY), "png")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("usualPictures")
  void usualPictureIsDecodedPixelByPixel(String name, byte[] content) throws IOException {
    BufferedImage expected = ImageIO.read(new ByteArrayInputStream(content));

    BufferedImage decoded = Imaging.decode(content).image();

    assertThat(decoded.getWidth()).isEqualTo(expected.getWidth());
    assertThat(decoded.getHeight()).isEqualTo(expected.getHeight());
    for (int y = 0; y < expected.getHeight(); y++) {
      for (int x = 0; x < expected.getWidth(); x++) {
        assertThat(decoded.getRGB(x, y)).isEqualTo(expected.getRGB(x, y));
      }
    }
  }

  // ---- Damage, shape, interruption

  /** All damage causes the same exception, whatever the decoder throws. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("usualPictures")
  void damagedPictureIsReadOrRejected(String name, byte[] content) {
    Random random = new Random(7);
    for (int i = 0; i < 300; i++) {
      byte[] damaged = Arrays.copyOf(content, content.length - random.nextInt(4));
      for (int bytes = random.nextInt(4); bytes >= 0; bytes--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      try {
        assertThat(Imaging.decode(damaged).image().getWidth()).isPositive();
      } catch (NotAPictureException refused) {
        assertThat(refused).hasMessageContaining("picture");
      }
    }
  }

  @Test
  void thumbnailOfAColumnIsNotHigherThanAllowed() {
    Thumbnail column =
        Imaging.thumbnail(new BufferedImage(2, 20_000, BufferedImage.TYPE_INT_RGB), 16);
    Thumbnail tall =
        Imaging.thumbnail(new BufferedImage(500, 8000, BufferedImage.TYPE_INT_RGB), 500);

    assertThat(column.width()).isEqualTo(1);
    assertThat(column.height()).isEqualTo(Imaging.MAX_HEIGHT);
    assertThat(tall.width()).isEqualTo(250);
    assertThat(tall.height()).isEqualTo(4000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"jpeg", "png"})
  void decoderStopsWhenItsTaskIsStopped(String format) {
    byte[] content = Imaging.encode(gradient(), format);
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> Imaging.decode(PictureFile.of(content)))
          .isInstanceOf(CancellationException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(Imaging.decode(content).format()).isEqualTo(format);
  }
}

package dev.pools.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;

class ImagingTest {

  private static BufferedImage picture(int width, int height) {
    return new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
  }

  @Test
  void thumbnailKeepsTheProportions() {
    Thumbnail thumbnail = Imaging.thumbnail(picture(900, 600), 300);

    assertThat(thumbnail.height()).isEqualTo(200);
    BufferedImage decoded = Imaging.decode(thumbnail.content()).image();
    assertThat(decoded.getWidth()).isEqualTo(300);
    assertThat(decoded.getHeight()).isEqualTo(200);
  }

  @Test
  void thumbnailIsNeverWiderThanThePicture() {
    assertThat(Imaging.thumbnail(picture(40, 30), 300).width()).isEqualTo(40);
  }

  @Test
  void thumbnailOfALineIsALine() {
    assertThat(Imaging.thumbnail(picture(1000, 1), 16).height()).isEqualTo(1);
  }

  @Test
  void everyPixelOfThePictureCounts() {
    BufferedImage stripes = picture(512, 512);
    for (int y = 0; y < 512; y++) {
      for (int x = 0; x < 512; x += 2) {
        stripes.setRGB(x, y, 0xFFFFFF);
      }
    }

    BufferedImage grey = Imaging.decode(Imaging.thumbnail(stripes, 16).content()).image();

    assertThat(grey.getRGB(8, 8) & 0xFF).isBetween(0x70, 0x90);
  }

  @Test
  void transparentPictureStaysTransparent() {
    BufferedImage clear = new BufferedImage(64, 64, BufferedImage.TYPE_INT_ARGB);

    Thumbnail thumbnail = Imaging.thumbnail(clear, 32);

    assertThat(thumbnail.type()).isEqualTo(MediaType.IMAGE_PNG);
    assertThat(Imaging.decode(thumbnail.content()).image().getRGB(16, 16) >>> 24).isZero();
  }

  @Test
  void opaquePictureBecomesJpeg() {
    assertThat(Imaging.thumbnail(picture(64, 64), 32).type()).isEqualTo(MediaType.IMAGE_JPEG);
  }

  @Test
  void textIsNotAPicture() {
    assertThatThrownBy(() -> Imaging.decode("no picture".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(NotAPictureException.class)
        .hasMessageContaining("10 bytes are not a picture")
        .hasMessageContaining("JPEG, PNG");
  }

  @Test
  void emptyContentIsNotAPicture() {
    assertThatThrownBy(() -> Imaging.decode(new byte[0])).isInstanceOf(NotAPictureException.class);
  }

  /** Decoders accept some damage. All other damage must cause the same exception. */
  @Test
  void pictureCutOffAtAnyByteIsReadOrRejected() {
    byte[] whole = Imaging.encode(picture(64, 64), "png");

    for (int length = 0; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      try {
        assertThat(Imaging.decode(part).image().getWidth()).isEqualTo(64);
      } catch (NotAPictureException refused) {
        assertThat(refused).hasMessageContaining("picture");
      }
    }
  }

  @Test
  void hugePictureIsRejectedBeforeItIsDecoded() {
    BufferedImage huge = new BufferedImage(10_000, 4_001, BufferedImage.TYPE_BYTE_BINARY);

    assertThatThrownBy(() -> Imaging.decode(Imaging.encode(huge, "png")))
        .isInstanceOf(NotAPictureException.class)
        .hasMessageContaining("10000 x 4001 pixels");
  }
}

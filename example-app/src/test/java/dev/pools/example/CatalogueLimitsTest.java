package dev.pools.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import org.springframework.util.unit.DataSize;

/** A catalogue that has place for one picture more than it has at its start. */
@ExampleTest
@TestPropertySource(
    properties = {
      "example.database.url=jdbc:h2:mem:limits;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE",
      "example.catalogue.max-pictures=7"
    })
class CatalogueLimitsTest {

  @Autowired private MockMvcTester web;
  @Autowired private Catalogue catalogue;
  @Autowired private CatalogueSpace space;

  private long filled;

  private void fill() {
    filled = space.state().maxBytes() - space.state().bytes();
    space.add(filled);
  }

  @AfterEach
  void empty() {
    space.add(-filled);
  }

  private MvcTestResult upload() {
    return web.post()
        .uri("/pictures?name=a")
        .contentType(MediaType.IMAGE_PNG)
        .content(Imaging.encode(new BufferedImage(20, 20, BufferedImage.TYPE_INT_RGB), "png"))
        .exchange();
  }

  @Test
  void pictureBeyondTheNumberIsRefused() {
    assertThat(upload()).hasStatus(HttpStatus.CREATED);

    assertThat(upload())
        .hasStatus(HttpStatus.INSUFFICIENT_STORAGE)
        .bodyJson()
        .extractingPath("detail")
        .isEqualTo(
            "The catalogue is full: it has 7 pictures, and example.catalogue.max-pictures allows 7. Its operator can raise this setting.");
    assertThat(catalogue.size()).isEqualTo(7);
  }

  @Test
  void fullCatalogueTakesNeitherPicturesNorBatches() {
    fill();

    for (MvcTestResult refused :
        new MvcTestResult[] {upload(), web.post().uri("/batches?widths=32").exchange()}) {
      assertThat(refused)
          .hasStatus(HttpStatus.INSUFFICIENT_STORAGE)
          .bodyJson()
          .extractingPath("detail")
          .asString()
          .startsWith("The catalogue is full: it stores 1,073,741,824 bytes")
          .contains("example.catalogue.max-size allows 1,073,741,824");
    }
    assertThat(catalogue.batches(10)).isEmpty();
  }

  @Test
  void fullCatalogueStillServesPeople_butStoresNothing() {
    fill();

    for (int time = 0; time < 2; time++) {
      assertThat(web.get().uri("/pictures/1/thumbnail?width=32"))
          .hasStatusOk()
          .hasHeader("Thumbnail-Stored", "false");
    }
    assertThat(catalogue.thumbnail(1, 32)).isEmpty();
    assertThat(web.get().uri("/live"))
        .bodyJson()
        .extractingPath("space.bytes")
        .isEqualTo((int) space.state().maxBytes());
  }

  @ParameterizedTest
  @CsvSource({"0, 1, 1, max-pictures", "1, 0, 1, max-size", "1, 1, 0, keep-batches"})
  void limitBelowOneIsRefused(int pictures, long bytes, int batches, String name) {
    assertThatThrownBy(() -> new CatalogueProperties(pictures, DataSize.ofBytes(bytes), batches))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "example.catalogue.%s is 0, but must be at least 1. Remove it for the default."
                .formatted(name));
  }
}

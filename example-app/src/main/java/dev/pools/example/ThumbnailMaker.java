package dev.pools.example;

import org.springframework.stereotype.Component;

/**
 * Makes one thumbnail in the calling thread: reads the picture, scales it, and stores the result.
 * It holds no connection while it scales.
 */
@Component
class ThumbnailMaker {

  private final Catalogue catalogue;

  ThumbnailMaker(Catalogue catalogue) {
    this.catalogue = catalogue;
  }

  /** Makes and stores a thumbnail. */
  Thumbnail make(long picture, int width, ThumbnailOrigin origin) {
    Thumbnail thumbnail = scale(catalogue.content(picture), width);
    catalogue.store(picture, width, thumbnail, origin);
    return thumbnail;
  }

  /** Makes and stores the thumbnail of an element unless it exists, and stores the outcome. */
  void make(Batch.Element element, ThumbnailOrigin origin) {
    if (catalogue.thumbnail(element.picture(), element.width()).isPresent()) {
      catalogue.setOutcome(element, Batch.Outcome.MADE);
    } else {
      byte[] content = catalogue.beginAttempt(element);
      catalogue.store(element, scale(content, element.width()), origin);
    }
  }

  /** Makes a thumbnail without storing it. */
  Thumbnail preview(long picture, int width) {
    return scale(catalogue.content(picture), width);
  }

  private static Thumbnail scale(byte[] content, int width) {
    return Imaging.thumbnail(Imaging.decode(content).image(), width);
  }
}

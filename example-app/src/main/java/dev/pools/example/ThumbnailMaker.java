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

  /** Makes a thumbnail, and stores it unless the catalogue is full. */
  Thumbnail make(long picture, int width, ThumbnailOrigin origin) {
    Thumbnail thumbnail = Imaging.thumbnail(catalogue.content(picture), width);
    if (catalogue.space().has(thumbnail.content().length)) {
      catalogue.store(picture, width, thumbnail, origin);
    }
    return thumbnail;
  }

  /**
   * Makes and stores the thumbnail of an element unless it exists, and stores the outcome.
   *
   * @throws CatalogueFullException if the catalogue has no space for the thumbnail
   */
  void make(Batch.Element element, ThumbnailOrigin origin) {
    if (catalogue.thumbnail(element.picture(), element.width()).isPresent()) {
      catalogue.setOutcome(element, Batch.Outcome.MADE);
    } else {
      byte[] content = catalogue.beginAttempt(element);
      Thumbnail thumbnail = Imaging.thumbnail(content, element.width());
      catalogue.space().require(thumbnail.content().length);
      catalogue.store(element, thumbnail, origin);
    }
  }

  /** Makes a thumbnail without storing it. */
  Thumbnail preview(long picture, int width) {
    return Imaging.thumbnail(catalogue.content(picture), width);
  }
}

package dev.pools.example;

import org.springframework.stereotype.Component;

/**
 * Makes one thumbnail, on the thread of a worker: fetches the picture, scales it, keeps the result.
 * Holds no connection while it scales.
 */
@Component
class Workshop {

  private final Catalogue catalogue;

  Workshop(Catalogue catalogue) {
    this.catalogue = catalogue;
  }

  /** Makes a thumbnail and keeps it. */
  Thumbnail make(long picture, int width, Making making) {
    Thumbnail thumbnail = scaled(picture, width);
    catalogue.keep(picture, width, thumbnail, making);
    return thumbnail;
  }

  /** Makes what a batch asks for and keeps it, unless it is there; notes the outcome. */
  void make(Batch.Element element, Making making) {
    if (catalogue.thumbnail(element.picture(), element.width()).isPresent()) {
      catalogue.end(element, Batch.Outcome.MADE);
    } else {
      catalogue.keep(element, scaled(element.picture(), element.width()), making);
    }
  }

  private Thumbnail scaled(long picture, int width) {
    return Imaging.thumbnail(Imaging.decode(catalogue.content(picture)).image(), width);
  }
}

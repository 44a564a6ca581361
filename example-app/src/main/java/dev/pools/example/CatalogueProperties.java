package dev.pools.example;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What visitors may store.
 *
 * @param maxPictures how many pictures there may be
 * @param maxSize how large all pictures and thumbnails together may be
 * @param keepBatches how many finished batches are kept: the newest
 */
@ConfigurationProperties("example.catalogue")
record CatalogueProperties(
    @DefaultValue("500") int maxPictures,
    @DefaultValue("1GB") DataSize maxSize,
    @DefaultValue("20") int keepBatches) {

  CatalogueProperties {
    requirePositive("max-pictures", maxPictures);
    requirePositive("max-size", maxSize.toBytes());
    requirePositive("keep-batches", keepBatches);
  }

  private static void requirePositive(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(
          "example.catalogue.%s is %d, but must be at least 1. Remove it for the default."
              .formatted(name, value));
    }
  }
}

package dev.pools.example;

import java.util.Locale;

/** The catalogue may not store more. */
final class CatalogueFullException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private CatalogueFullException(String message) {
    super(message);
  }

  static CatalogueFullException pictures(long pictures, int limit) {
    return new CatalogueFullException(
        "The catalogue is full: it has %d pictures, and example.catalogue.max-pictures allows %d. Its operator can raise this setting."
            .formatted(pictures, limit));
  }

  static CatalogueFullException bytes(long bytes, long limit) {
    return new CatalogueFullException(
        String.format(
            Locale.ROOT,
            "The catalogue is full: it stores %,d bytes, and example.catalogue.max-size allows %,d. Its operator can raise this setting.",
            bytes,
            limit));
  }
}

package dev.pools.example;

/** The database did not do what it was asked. */
final class CatalogueException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  CatalogueException(String message, Throwable cause) {
    super(message, cause);
  }
}

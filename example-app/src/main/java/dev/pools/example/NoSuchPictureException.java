package dev.pools.example;

/** The catalogue has no picture with this id. */
final class NoSuchPictureException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  NoSuchPictureException(long id) {
    super("There is no picture " + id + ". GET /pictures lists them.");
  }
}

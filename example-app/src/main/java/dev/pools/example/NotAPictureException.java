package dev.pools.example;

/** The content is not a picture that can be read. */
final class NotAPictureException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  NotAPictureException(String message) {
    super(message);
  }

  NotAPictureException(String message, Throwable cause) {
    super(message, cause);
  }
}

package dev.pools.example;

/** An element of a batch has had all its attempts, and none of them has finished. */
final class TooManyAttemptsException extends RuntimeException {

  static final int LIMIT = 5;

  private static final long serialVersionUID = 1L;

  TooManyAttemptsException() {
    super(
        "None of %d attempts has finished: each was stopped by its time limit, by a failure of the database, or by the end of the application."
            .formatted(LIMIT));
  }
}

package dev.pools.example;

/**
 * An element of a batch that has failed.
 *
 * @param picture the name of the picture
 * @param attempts how often the thumbnail was tried
 */
record FailedElement(String picture, int width, int attempts, String reason) {

  private static final int MAX_REASON = 300;

  /** Returns the reason to store: one line of limited length. */
  static String reason(Throwable failure) {
    String reason =
        failure instanceof NotAPictureException
                || failure instanceof TooManyAttemptsException
                || failure instanceof CatalogueFullException
            ? String.valueOf(failure.getMessage())
            : failure.toString();
    String line = reason.replaceAll("[\\p{C}\\s]+", " ");
    return line.substring(0, Math.min(line.length(), MAX_REASON));
  }
}

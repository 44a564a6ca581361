package dev.pools.example;

import java.util.SortedSet;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/**
 * Checks the widths that a caller asks for. Each width of a picture is stored, so the number of
 * different widths limits what one picture can add to the database.
 */
final class ThumbnailWidth {

  static final int STEP = 16;
  static final int MAX = 2000;

  /** How many widths one batch may have. */
  static final int MOST_OF_A_BATCH = 50;

  private ThumbnailWidth() {}

  /** Answers with status 400 unless the width is allowed. */
  static void require(int width) {
    int nearest = (Math.max(STEP, Math.min(MAX, width)) + STEP / 2) / STEP * STEP;
    if (width != nearest) {
      throw badRequest(
          "width is %d, but must be a multiple of %d from %d to %d. Ask for %d."
              .formatted(width, STEP, STEP, MAX, nearest));
    }
  }

  /** Answers with status 400 unless a batch may have these widths. */
  static void requireAll(SortedSet<Integer> widths) {
    if (widths.isEmpty() || widths.size() > MOST_OF_A_BATCH) {
      throw badRequest(
          "widths has %d values, but must have from 1 to %d. %s"
              .formatted(
                  widths.size(),
                  MOST_OF_A_BATCH,
                  widths.isEmpty() ? "Add a width." : "Send several batches."));
    }
    widths.forEach(ThumbnailWidth::require);
  }

  private static ResponseStatusException badRequest(String reason) {
    return new ResponseStatusException(HttpStatus.BAD_REQUEST, reason);
  }
}

package dev.pools.example;

import dev.pools.task.AdvancedPool;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;

/** Serves single requests of people. Their tasks overtake the tasks of all batches. */
@Component
class ThumbnailService {

  private static final long MAX_PICTURES = 500;

  private final AdvancedPool thumbnails;
  private final Catalogue catalogue;
  private final ThumbnailMaker thumbnailMaker;
  private final Batches batches;

  ThumbnailService(
      AdvancedPool thumbnails,
      Catalogue catalogue,
      ThumbnailMaker thumbnailMaker,
      Batches batches) {
    this.thumbnails = thumbnails;
    this.catalogue = catalogue;
    this.thumbnailMaker = thumbnailMaker;
    this.batches = batches;
  }

  /**
   * The answer to a request.
   *
   * @param stored whether the thumbnail existed before the request
   */
  record Delivery(Thumbnail thumbnail, ThumbnailOrigin origin, boolean stored) {}

  /** Reads the thumbnail, or makes it if it does not exist. Does not block. */
  CompletableFuture<Delivery> thumbnail(long picture, int width) {
    long submittedNanos = System.nanoTime();
    Map<BatchProgress, Long> queuedBefore = new HashMap<>();
    batches.running().forEach(batch -> queuedBefore.put(batch, batch.queued()));
    return thumbnails.submit(
        () -> {
          long waitedMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - submittedNanos);
          long overtook =
              queuedBefore.entrySet().stream()
                  .mapToLong(entry -> entry.getKey().stillQueuedOf(entry.getValue()))
                  .sum();
          return deliver(
              picture, width, new ThumbnailOrigin(Urgency.PERSON, waitedMillis, overtook));
        },
        Urgency.PERSON.task());
  }

  private Delivery deliver(long picture, int width, ThumbnailOrigin origin) {
    return catalogue
        .thumbnail(picture, width)
        .map(stored -> new Delivery(stored, origin, true))
        .orElseGet(() -> new Delivery(thumbnailMaker.make(picture, width, origin), origin, false));
  }

  /**
   * Decodes an uploaded picture, which checks it, and stores it. Deletes the file. Does not block.
   *
   * @return a future that the caller may cancel
   */
  CompletableFuture<Picture> add(String name, UploadedFile file) {
    CompletableFuture<Picture> added =
        thumbnails.submit(
            () -> {
              if (catalogue.size() >= MAX_PICTURES) {
                throw new ResponseStatusException(
                    HttpStatus.INSUFFICIENT_STORAGE,
                    "There are %d pictures, and no more are allowed.".formatted(MAX_PICTURES));
              }
              return catalogue.add(NewPicture.of(name, file.content()));
            },
            Urgency.PERSON.task());
    added.whenComplete((picture, failure) -> file.close());
    return added;
  }
}

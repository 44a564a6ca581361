package dev.pools.example;

import dev.pools.task.AdvancedPool;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/** Serves single requests of people. Their tasks overtake the tasks of all batches. */
@Component
class ThumbnailService {

  private final AdvancedPool thumbnails;
  private final Catalogue catalogue;
  private final ThumbnailMaker thumbnailMaker;
  private final Batches batches;
  private final CatalogueProperties limits;

  ThumbnailService(
      AdvancedPool thumbnails,
      Catalogue catalogue,
      ThumbnailMaker thumbnailMaker,
      Batches batches,
      CatalogueProperties limits) {
    this.thumbnails = thumbnails;
    this.catalogue = catalogue;
    this.thumbnailMaker = thumbnailMaker;
    this.batches = batches;
    this.limits = limits;
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
   * @return a future that the caller may cancel; it fails with a {@link CatalogueFullException} if
   *     the catalogue may not have this picture as well
   */
  CompletableFuture<Picture> add(String name, UploadedFile file) {
    CompletableFuture<Picture> added =
        thumbnails.submit(
            () -> {
              byte[] content = file.content();
              requireSpaceFor(content);
              return catalogue.add(NewPicture.of(name, content));
            },
            Urgency.PERSON.task());
    added.whenComplete((picture, failure) -> file.close());
    return added;
  }

  private void requireSpaceFor(byte[] content) {
    catalogue.space().require(content.length);
    long pictures = catalogue.size();
    if (pictures >= limits.maxPictures()) {
      throw CatalogueFullException.pictures(pictures, limits.maxPictures());
    }
  }
}

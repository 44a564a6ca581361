package dev.pools.example;

import dev.pools.task.AdvancedPool;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/** What people ask for, one by one: goes past all batches. */
@Component
class Orders {

  private final AdvancedPool thumbnails;
  private final Catalogue catalogue;
  private final Workshop workshop;
  private final Batches batches;

  Orders(AdvancedPool thumbnails, Catalogue catalogue, Workshop workshop, Batches batches) {
    this.thumbnails = thumbnails;
    this.catalogue = catalogue;
    this.workshop = workshop;
    this.batches = batches;
  }

  /**
   * A thumbnail, and how it came to be.
   *
   * @param stored whether it was there already
   */
  record Delivery(Thumbnail thumbnail, Making making, boolean stored) {}

  /** Fetches the thumbnail, or makes it if there is none. Does not block. */
  CompletableFuture<Delivery> thumbnail(long picture, int width) {
    long sinceNanos = System.nanoTime();
    Map<Line, Long> before = new HashMap<>();
    batches.lines().forEach(line -> before.put(line, line.joined()));
    return thumbnails.submit(
        () -> {
          long overtook =
              before.entrySet().stream()
                  .mapToLong(line -> line.getKey().waitingOf(line.getValue()))
                  .sum();
          long waited = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sinceNanos);
          return deliver(picture, width, new Making(Urgency.PERSON, waited, overtook));
        },
        Urgency.PERSON.task());
  }

  private Delivery deliver(long picture, int width, Making making) {
    return catalogue
        .thumbnail(picture, width)
        .map(stored -> new Delivery(stored, making, true))
        .orElseGet(() -> new Delivery(workshop.make(picture, width, making), making, false));
  }

  /** Decodes an uploaded picture, which tells whether it is one, and adds it. Does not block. */
  CompletableFuture<Picture> add(String name, byte[] content) {
    return thumbnails.submit(
        () -> catalogue.add(NewPicture.of(name, content)), Urgency.PERSON.task());
  }
}

package dev.pools.example;

import java.net.URI;
import java.util.List;
import java.util.SortedSet;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Accepts and lists batches: thumbnails of all pictures that no person waits for. */
@RestController
class BatchController {

  private static final int LISTED = 10;
  private static final int FAILURES_LISTED = 100;

  private final Catalogue catalogue;
  private final Batches batches;

  BatchController(Catalogue catalogue, Batches batches) {
    this.catalogue = catalogue;
    this.batches = batches;
  }

  /** Accepts a batch. {@link Batches} guarantees that an accepted batch finishes. */
  @PostMapping("/batches")
  ResponseEntity<Batch> accept(@RequestParam("widths") SortedSet<Integer> widths) {
    ThumbnailWidth.requireAll(widths);
    Batch batch = batches.accept(widths);
    return ResponseEntity.accepted().location(URI.create("/batches/" + batch.id())).body(batch);
  }

  @GetMapping("/batches")
  List<Batch> batches() {
    return catalogue.batches(LISTED);
  }

  @GetMapping("/batches/{id}")
  Batch batch(@PathVariable("id") long id) {
    return catalogue.batch(id).orElseThrow(() -> noBatch(id));
  }

  /** Lists the first failed elements of a batch with their reasons. */
  @GetMapping("/batches/{id}/failures")
  List<FailedElement> failures(@PathVariable("id") long id) {
    return catalogue.failures(batch(id).id(), FAILURES_LISTED);
  }

  /** Cancels what is left of a batch. A batch that is done stays as it is. */
  @PostMapping("/batches/{id}/cancel")
  Batch cancel(@PathVariable("id") long id) {
    return batches.cancel(id).orElseThrow(() -> noBatch(id));
  }

  private static ResponseStatusException noBatch(long id) {
    return new ResponseStatusException(
        HttpStatus.NOT_FOUND, "There is no batch %d. GET /batches lists the newest.".formatted(id));
  }
}

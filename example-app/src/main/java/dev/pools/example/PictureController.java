package dev.pools.example;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.server.ResponseStatusException;

/** Serves pictures and thumbnails. No thread waits for a pool: see {@link Reply}. */
@RestController
class PictureController {

  private static final int JOURNAL_ENTRIES = 50;

  private final Catalogue catalogue;
  private final ThumbnailService thumbnailService;

  PictureController(Catalogue catalogue, ThumbnailService thumbnailService) {
    this.catalogue = catalogue;
    this.thumbnailService = thumbnailService;
  }

  @GetMapping("/pictures")
  List<Picture> pictures() {
    return catalogue.pictures();
  }

  /**
   * Adds a picture, whose file is the body of the request. A multipart form would be read by the
   * web server itself, without the limits of this application.
   */
  @PostMapping(
      path = "/pictures",
      consumes = {
        MediaType.IMAGE_JPEG_VALUE,
        MediaType.IMAGE_PNG_VALUE,
        MediaType.APPLICATION_OCTET_STREAM_VALUE
      })
  DeferredResult<ResponseEntity<Picture>> add(
      @RequestParam("name") String fileName, InputStream body) {
    String name = PictureName.of(fileName);
    return Reply.with(
        thumbnailService.add(name, receive(body)),
        added ->
            ResponseEntity.created(
                    URI.create("/pictures/%d/thumbnail?width=320".formatted(added.id())))
                .body(added));
  }

  private static UploadedFile receive(InputStream body) {
    try {
      return UploadedFile.receive(body);
    } catch (IOException incomplete) {
      throw new ResponseStatusException(
          HttpStatus.REQUEST_TIMEOUT, "The picture has not arrived in time.", incomplete);
    }
  }

  /** Browsers show the header {@code Server-Timing} in their developer tools. */
  @GetMapping("/pictures/{id}/thumbnail")
  DeferredResult<ResponseEntity<byte[]>> thumbnail(
      @PathVariable("id") long id, @RequestParam("width") int width) {
    ThumbnailWidth.require(width);
    return Reply.with(
        thumbnailService.thumbnail(id, width),
        delivery ->
            ResponseEntity.ok()
                .cacheControl(CacheControl.maxAge(Duration.ofMinutes(1)).cachePrivate())
                .contentType(delivery.thumbnail().type())
                .header("Server-Timing", "queue;dur=" + delivery.origin().waitedMillis())
                .header("Thumbnail-Overtook", Long.toString(delivery.origin().overtook()))
                .header("Thumbnail-Stored", Boolean.toString(delivery.stored()))
                .body(delivery.thumbnail().content()));
  }

  /** Lists the newest thumbnails, the newest first. The order shows who went first. */
  @GetMapping("/thumbnails")
  List<JournalEntry> journal() {
    return catalogue.journal(JOURNAL_ENTRIES);
  }
}

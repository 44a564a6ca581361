package dev.pools.example;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.server.ResponseStatusException;

/** Serves pictures and thumbnails. It returns the futures of the pool, so that no thread waits. */
@RestController
class PictureController {

  private static final int MAX_BYTES = 20 * 1024 * 1024;
  private static final int MAX_NAME_LENGTH = 100;
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

  @PostMapping(path = "/pictures", consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
  CompletableFuture<ResponseEntity<Picture>> add(@RequestParam("picture") MultipartFile file)
      throws IOException {
    return add(shortName(file.getOriginalFilename()), file.getBytes());
  }

  /** Adds a picture, whose file is the body of the request. */
  @PostMapping(
      path = "/pictures",
      consumes = {
        MediaType.IMAGE_JPEG_VALUE,
        MediaType.IMAGE_PNG_VALUE,
        MediaType.APPLICATION_OCTET_STREAM_VALUE
      })
  CompletableFuture<ResponseEntity<Picture>> add(
      @RequestParam("name") String name, InputStream body) throws IOException {
    byte[] content = body.readNBytes(MAX_BYTES + 1);
    if (content.length > MAX_BYTES) {
      throw new ResponseStatusException(
          HttpStatusCode.valueOf(413),
          "The picture has more than %d bytes. Send a smaller one.".formatted(MAX_BYTES));
    }
    return add(shortName(name), content);
  }

  private CompletableFuture<ResponseEntity<Picture>> add(String name, byte[] content) {
    return thumbnailService
        .add(name, content)
        .thenApply(
            added ->
                ResponseEntity.created(
                        URI.create("/pictures/%d/thumbnail?width=320".formatted(added.id())))
                    .body(added));
  }

  private static String shortName(@Nullable String fileName) {
    if (fileName == null || fileName.isBlank()) {
      return "picture";
    }
    String name = fileName.substring(fileName.lastIndexOf('/') + 1);
    return name.substring(0, Math.min(name.length(), MAX_NAME_LENGTH));
  }

  /** Browsers show the header {@code Server-Timing} in their developer tools. */
  @GetMapping("/pictures/{id}/thumbnail")
  CompletableFuture<ResponseEntity<byte[]>> thumbnail(
      @PathVariable("id") long id, @RequestParam("width") int width) {
    requireWidth(width);
    return thumbnailService
        .thumbnail(id, width)
        .thenApply(
            delivery ->
                ResponseEntity.ok()
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

  static void requireWidth(int width) {
    if (width < 16 || width > 2000) {
      throw new ResponseStatusException(
          HttpStatus.BAD_REQUEST, "width is %d, but must be from 16 to 2000.".formatted(width));
    }
  }
}

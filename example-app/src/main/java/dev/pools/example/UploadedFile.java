package dev.pools.example;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** An upload on the disk, so that uploads that wait for a worker need no memory. */
record UploadedFile(Path path) implements AutoCloseable {

  /** Blocks until the whole body has arrived. */
  static UploadedFile receive(InputStream body) throws IOException {
    UploadedFile file = new UploadedFile(Files.createTempFile("upload", null));
    try {
      Files.copy(body, file.path, StandardCopyOption.REPLACE_EXISTING);
      return file;
    } catch (IOException | RuntimeException incomplete) {
      file.close();
      throw incomplete;
    }
  }

  byte[] content() {
    try {
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes the file. */
  @Override
  public void close() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

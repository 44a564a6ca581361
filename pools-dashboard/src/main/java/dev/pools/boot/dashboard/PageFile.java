package dev.pools.boot.dashboard;

import org.springframework.util.MimeType;

/** A file of the page. Its bytes do not change. */
final class PageFile {

  private final byte[] content;
  private final MimeType type;

  PageFile(byte[] content, MimeType type) {
    this.content = content;
    this.type = type;
  }

  /** Its bytes, which the caller only reads. */
  byte[] content() {
    return content;
  }

  /** What it is. */
  MimeType type() {
    return type;
  }
}

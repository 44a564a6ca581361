package dev.pools.example;

import java.util.concurrent.atomic.AtomicLong;
import org.springframework.stereotype.Component;

/**
 * How many bytes the pictures and thumbnails have. The catalogue counts them in the database when
 * the application starts, and here from then on, so that a check reads no table. What several
 * threads store at the same time can exceed the limit by its own size.
 */
@Component
final class CatalogueSpace {

  /** What is stored, and how much may be stored. */
  record State(long bytes, long maxBytes) {}

  private final long maxBytes;
  private final AtomicLong bytes = new AtomicLong();

  CatalogueSpace(CatalogueProperties limits) {
    maxBytes = limits.maxSize().toBytes();
  }

  /** Sets what the database holds when the application starts. */
  void set(long stored) {
    bytes.set(stored);
  }

  /** Counts what was stored. */
  void add(long stored) {
    bytes.addAndGet(stored);
  }

  boolean has(long wanted) {
    return wanted <= maxBytes - bytes.get();
  }

  /**
   * Checks that there is space.
   *
   * @throws CatalogueFullException if there is not
   */
  void require(long wanted) {
    if (!has(wanted)) {
      throw CatalogueFullException.bytes(bytes.get(), maxBytes);
    }
  }

  State state() {
    return new State(bytes.get(), maxBytes);
  }
}

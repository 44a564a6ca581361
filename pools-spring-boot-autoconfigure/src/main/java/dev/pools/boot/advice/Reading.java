package dev.pools.boot.advice;

/** What one look at a pool has seen. */
interface Reading {

  /** When it was, for differences. */
  long atNanos();

  /** The largest size that the pool may have. */
  int limit();

  /** The size that the pool keeps without work. */
  int kept();

  /** How much of the size was used. */
  int used();

  /** Whether any work waited. */
  boolean hasWaiting();

  /** Whether the pool was open for work. */
  boolean isOpen();
}

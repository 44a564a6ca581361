package dev.pools.example;

import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * The memory for pictures that are decoded at the same time. A worker waits, first come, first
 * served, while its picture has no place in it, so more workers do not need more memory.
 *
 * <p>A worker that waits holds no memory of this and no connection, so it cannot block the workers
 * that it waits for.
 */
final class PictureMemory {

  private static final long UNIT = 1024;

  private final int units;
  private final Semaphore free;

  PictureMemory(long bytes) {
    units = (int) Math.min(Integer.MAX_VALUE, bytes / UNIT);
    free = new Semaphore(units, /* fair= */ true);
  }

  /**
   * Does the work when there is memory for it. A picture that needs more than all of it has all of
   * it.
   *
   * @throws CancellationException if the thread is interrupted while it waits
   */
  <R> R reserve(long bytes, Supplier<R> work) {
    int wanted = (int) Math.min(units, bytes / UNIT + 1);
    try {
      free.acquire(wanted);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new CancellationException("The picture was not decoded, because its task was stopped");
    }
    try {
      return work.get();
    } finally {
      free.release(wanted);
    }
  }

  /** Returns how many threads wait, as far as can be seen at this moment. */
  int waiting() {
    return free.getQueueLength();
  }
}

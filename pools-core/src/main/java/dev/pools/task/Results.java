package dev.pools.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The results of a map, in the order of its input. Places are given out by one thread at a time;
 * each is written by whoever has its result. The list is made after all that, as the map sees to.
 */
final class Results<R extends @Nullable Object> {

  private static final int SMALLEST_CHUNK = 16;
  private static final int LARGEST_CHUNK = 8192;

  /** Where one result goes. */
  static final class Place {
    private final @Nullable Object[] chunk;
    private final int index;

    private Place(@Nullable Object[] chunk, int index) {
      this.chunk = chunk;
      this.index = index;
    }

    void set(@Nullable Object result) {
      chunk[index] = result;
    }
  }

  private final List<@Nullable Object[]> chunks = new ArrayList<>();
  private @Nullable Object[] last = new Object[0];
  private int used;
  private int size;

  /** The place after those given out before. */
  Place next() {
    if (used == last.length) {
      last = new Object[Math.min(LARGEST_CHUNK, Math.max(SMALLEST_CHUNK, 2 * last.length))];
      chunks.add(last);
      used = 0;
    }
    size = Math.addExact(size, 1);
    return new Place(last, used++);
  }

  /** All results; cannot be changed. */
  @SuppressWarnings("unchecked")
  List<R> toList() {
    @Nullable Object[] all = new Object[size];
    int copied = 0;
    for (@Nullable Object[] chunk : chunks) {
      int length = Math.min(chunk.length, size - copied);
      System.arraycopy(chunk, 0, all, copied, length);
      copied += length;
    }
    return Collections.unmodifiableList((List<R>) Arrays.asList(all));
  }
}

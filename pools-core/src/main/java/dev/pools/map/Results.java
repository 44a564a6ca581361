package dev.pools.map;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The results of a map, in the order of its input. One thread at a time takes places; the thread
 * that has run an element writes its place. The map creates the list after all places have been
 * written.
 */
final class Results<R extends @Nullable Object> {

  private static final int SMALLEST_CHUNK = 16;
  private static final int LARGEST_CHUNK = 8192;

  /** The place of one result. */
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

  /** Takes the next place. */
  Place next() {
    if (used == last.length) {
      last = new Object[Math.min(LARGEST_CHUNK, Math.max(SMALLEST_CHUNK, 2 * last.length))];
      chunks.add(last);
      used = 0;
    }
    size = Math.addExact(size, 1);
    return new Place(last, used++);
  }

  /** All results, as a list that cannot be changed. */
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

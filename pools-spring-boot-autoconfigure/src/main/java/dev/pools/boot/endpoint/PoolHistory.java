package dev.pools.boot.endpoint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The figures of the last minutes of one pool, in a ring of a fixed size: one number for each
 * figure and sample. The first sample decides which figures there are. Safe for use by several
 * threads.
 */
final class PoolHistory {

  private final int capacity;
  private final long[] atMillis;
  private final Map<String, long[]> series = new LinkedHashMap<>();
  private int next;
  private int size;

  PoolHistory(int capacity) {
    this.capacity = capacity;
    this.atMillis = new long[capacity];
  }

  /** Adds a sample, and drops the oldest one if there is no room. */
  synchronized void add(long now, Map<String, Object> figures) {
    if (series.isEmpty()) {
      figures.forEach(
          (name, value) -> {
            if (value instanceof Number) {
              series.put(name, new long[capacity]);
            }
          });
    }
    atMillis[next] = now;
    series.forEach(
        (name, values) ->
            values[next] = figures.get(name) instanceof Number number ? number.longValue() : 0);
    next = (next + 1) % capacity;
    size = Math.min(size + 1, capacity);
  }

  /** The times of all samples, the oldest first, as milliseconds since 1970. */
  synchronized List<Long> times() {
    return inOrder(atMillis);
  }

  /** The times and all series of one moment. */
  synchronized Map<String, Object> shown(long intervalMillis) {
    Map<String, List<Long>> shown = new LinkedHashMap<>();
    series.forEach((name, values) -> shown.put(name, inOrder(values)));
    Map<String, Object> history = new LinkedHashMap<>();
    history.put("intervalMillis", intervalMillis);
    history.put("capacity", capacity);
    history.put("atMillis", inOrder(atMillis));
    history.put("series", shown);
    return history;
  }

  private List<Long> inOrder(long[] ring) {
    List<Long> ordered = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      ordered.add(ring[Math.floorMod(next - size + i, capacity)]);
    }
    return ordered;
  }
}

package dev.pools.boot.endpoint;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The latest events of one pool, not more than fit. Safe for use by several threads. */
final class PoolTimeline {

  private final int capacity;
  private final Deque<PoolEvent> events = new ArrayDeque<>();

  PoolTimeline(int capacity) {
    this.capacity = capacity;
  }

  synchronized void add(PoolEvent event) {
    if (events.size() == capacity) {
      events.removeFirst();
    }
    events.addLast(event);
  }

  /** All events, the latest first. */
  synchronized List<PoolEvent> latestFirst() {
    List<PoolEvent> latest = new ArrayList<>(events.size());
    events.descendingIterator().forEachRemaining(latest::add);
    return latest;
  }
}

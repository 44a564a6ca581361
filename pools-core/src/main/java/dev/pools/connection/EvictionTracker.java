package dev.pools.connection;

import dev.pools.internal.AfterUnlock;
import dev.pools.internal.OnHelperThread;
import dev.pools.internal.Time;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Tells which connections are older than the last request to replace all connections, and which of
 * these requests are not over. Guarded by the pool's lock.
 */
final class EvictionTracker<T> {

  /** A request that is not over while one of these places is taken. */
  private record Eviction<T>(Set<Slot<T>> places, int evicted, CompletableFuture<Integer> over) {}

  /** A generation older than all others. */
  private static final long LONG_OVER = -1;

  private final SlotTable<T> slots;
  private final AfterUnlock decisions;
  private final Time time;
  private final List<Eviction<T>> underway = new ArrayList<>();
  private long current;

  EvictionTracker(SlotTable<T> slots, AfterUnlock decisions, Time time) {
    this.slots = slots;
    this.decisions = decisions;
    this.time = time;
  }

  /** The generation of a place that is taken now. */
  long current() {
    return current;
  }

  /** The connection of this place must be closed as soon as it is not in use. */
  void evict(Slot<T> slot) {
    slot.generation = LONG_OVER;
  }

  /** Whether the connection of this place must be closed as soon as it is not in use. */
  boolean isOver(Slot<T> slot) {
    return slot.generation < current;
  }

  /**
   * Ends the present generation of connections.
   *
   * @return completes when the last of its places is given up, with the number of its connections;
   *     does not wait for calls of the factory that do not end
   */
  CompletableFuture<Integer> end() {
    current++;
    Set<Slot<T>> places = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Slot<T> slot : slots.all()) {
      if (slot.state() != Slot.State.CREATING || !slot.hopeless) {
        places.add(slot);
      }
    }
    if (places.isEmpty()) {
      return CompletableFuture.completedFuture(0);
    }
    Eviction<T> eviction = new Eviction<>(places, slots.size(), new CompletableFuture<>());
    underway.add(eviction);
    return eviction.over;
  }

  /** A place was given up, or requests no longer wait for its creation. May be called twice. */
  void left(Slot<T> slot) {
    for (Iterator<Eviction<T>> all = underway.iterator(); all.hasNext(); ) {
      Eviction<T> eviction = all.next();
      if (eviction.places.remove(slot) && eviction.places.isEmpty()) {
        all.remove();
        // User code may depend on it.
        decisions.serve(new OnHelperThread(time, () -> eviction.over.complete(eviction.evicted)));
      }
    }
  }
}

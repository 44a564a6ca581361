package dev.pools.connection;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/**
 * Which connections were begun before the pool was last asked to replace them all, and which of
 * these requests are not over. Guarded by the pool's lock.
 */
final class EvictionTracker<T> {

  /** A request that is not over while one of these places is taken. */
  private record Eviction<T>(Set<Slot<T>> places, int evicted, CompletableFuture<Integer> over) {}

  private final SlotTable<T> slots;
  private final BiConsumer<CompletableFuture<Integer>, Integer> completion;
  private final List<Eviction<T>> underway = new ArrayList<>();
  private long current;

  /**
   * @param completion completes a future after the lock
   */
  EvictionTracker(SlotTable<T> slots, BiConsumer<CompletableFuture<Integer>, Integer> completion) {
    this.slots = slots;
    this.completion = completion;
  }

  /** The generation of a place that is taken now. */
  long current() {
    return current;
  }

  /** Whether this place's connection is to be closed as soon as nobody uses it. */
  boolean isOver(Slot<T> slot) {
    return slot.generation < current;
  }

  /**
   * Ends the generation, and with it each that was ended before.
   *
   * @return completes when the last of its places is given up, with how many connections it had;
   *     calls of the factory that do not end are not waited for
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

  /**
   * A place has been given up, or what is made for it is not worth waiting for; said twice, too.
   */
  void left(Slot<T> slot) {
    for (Iterator<Eviction<T>> all = underway.iterator(); all.hasNext(); ) {
      Eviction<T> eviction = all.next();
      if (eviction.places.remove(slot) && eviction.places.isEmpty()) {
        all.remove();
        completion.accept(eviction.over, eviction.evicted);
      }
    }
  }
}

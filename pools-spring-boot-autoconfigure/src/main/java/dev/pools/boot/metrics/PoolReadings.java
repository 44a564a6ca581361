package dev.pools.boot.metrics;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots of one pool that its meters read. All meters that are read by one scrape share one
 * snapshot, so their values fit together. Safe for use by several threads.
 *
 * <p>A scrape is seen by what it does: one thread, inside one registry, reads each meter once. So a
 * snapshot is shared as long as the same thread reads meters that have not read it yet, and for no
 * longer than a second. A meter that is read on its own always takes a fresh snapshot.
 *
 * @param <S> the snapshot of a pool
 */
final class PoolReadings<S> {

  private static final long LONGEST_SCRAPE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** As many scrapes at a time, by several threads, find their snapshot again. */
  private static final int MOST_SCRAPES = 8;

  private static final class Snapshot<S> {
    private final long thread;
    private final Object registry;
    private final long takenNanos;
    private final @Nullable S stats;
    private final Set<Object> readBy = Collections.newSetFromMap(new IdentityHashMap<>());

    Snapshot(long thread, Object registry, long takenNanos, @Nullable S stats) {
      this.thread = thread;
      this.registry = registry;
      this.takenNanos = takenNanos;
      this.stats = stats;
    }
  }

  private final Supplier<@Nullable S> pool;
  private final LongSupplier nanoTime;

  /** The latest last. */
  private final Deque<Snapshot<S>> scrapes = new ArrayDeque<>();

  /**
   * @param pool reads the pool; null if the pool is gone, or has no readings
   */
  PoolReadings(Supplier<@Nullable S> pool) {
    this(pool, System::nanoTime);
  }

  PoolReadings(Supplier<@Nullable S> pool, LongSupplier nanoTime) {
    this.pool = pool;
    this.nanoTime = nanoTime;
  }

  /** The pool's numbers at present; null if it is gone, or has no readings. */
  @Nullable S now() {
    return pool.get();
  }

  /**
   * Returns the snapshot that a meter reads in the current scrape of this thread.
   *
   * @param registry the registry that reads its meters
   */
  synchronized @Nullable S inScrape(Object registry, Object meter) {
    long thread = Thread.currentThread().getId();
    long now = nanoTime.getAsLong();
    scrapes.removeIf(snapshot -> now - snapshot.takenNanos > LONGEST_SCRAPE_NANOS);
    for (Iterator<Snapshot<S>> known = scrapes.iterator(); known.hasNext(); ) {
      Snapshot<S> snapshot = known.next();
      if (snapshot.thread == thread && snapshot.registry == registry) {
        if (snapshot.readBy.add(meter)) {
          return snapshot.stats;
        }
        known.remove();
      }
    }
    Snapshot<S> taken = new Snapshot<>(thread, registry, now, pool.get());
    taken.readBy.add(meter);
    if (scrapes.size() == MOST_SCRAPES) {
      scrapes.removeFirst();
    }
    scrapes.addLast(taken);
    return taken.stats;
  }
}

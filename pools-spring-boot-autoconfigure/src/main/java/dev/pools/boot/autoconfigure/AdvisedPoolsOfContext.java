package dev.pools.boot.autoconfigure;

import dev.pools.boot.advice.AdvisedPool;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * What is known of each pool of one context for advice: the same for its health and for the
 * endpoint, so that each learns from the looks of the other.
 */
final class AdvisedPoolsOfContext {

  /** What identifies a pool. */
  private record Key(PoolKind kind, String name) {}

  private final LongSupplier nanoTime;

  // Guarded by this.
  private final Map<Key, AdvisedPool> known = new HashMap<>();

  AdvisedPoolsOfContext(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * The advice for a pool.
   *
   * @param settings the full name of a setting of the pool
   */
  AdvisedPool of(String name, AdvancedPool pool, UnaryOperator<String> settings) {
    return same(
        new Key(PoolKind.ADVANCED, name),
        pool,
        () -> new AdvisedPool(name, pool, settings, nanoTime));
  }

  /** As {@link #of(String, AdvancedPool, UnaryOperator)}. */
  AdvisedPool of(String name, ConnectionPool<?> pool, UnaryOperator<String> settings) {
    return same(
        new Key(PoolKind.CONNECTION, name),
        pool,
        () -> new AdvisedPool(name, pool, settings, nanoTime));
  }

  private synchronized AdvisedPool same(Key key, Object pool, Supplier<AdvisedPool> created) {
    AdvisedPool before = known.get(key);
    if (before != null && before.isOf(pool)) {
      return before;
    }
    AdvisedPool now = created.get();
    known.put(key, now);
    return now;
  }
}

package dev.pools.boot.autoconfigure;

import dev.pools.boot.advice.AdvisedPool;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * What is known of each pool of one context for advice: the same for its health, the endpoint and
 * the alarms, so that each learns from the looks of the others.
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

  /** That of this very context; a new one if the starter gives no advice in it. */
  static AdvisedPoolsOfContext of(ConfigurableListableBeanFactory context) {
    String name = AdvisedPoolsOfContext.class.getName();
    return context.containsLocalBean(name)
        ? context.getBean(name, AdvisedPoolsOfContext.class)
        : new AdvisedPoolsOfContext(System::nanoTime);
  }

  /** The names under which the settings of a pool can be changed. */
  static UnaryOperator<String> names(
      PoolKind kind,
      String pool,
      @Nullable CommonPoolProperties own,
      ConfigurableListableBeanFactory beans) {
    if (PoolBeanRegistrar.isOfTheUser(pool, beans)) {
      return setting -> PoolName.camel(setting) + " of its builder";
    }
    return own == null
        ? setting -> kind.defaults + "." + setting
        : setting -> kind.property(pool, setting);
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

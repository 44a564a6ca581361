package dev.pools.boot.autoconfigure;

import dev.pools.OptionChange;
import dev.pools.boot.alarm.PoolAlarmEvent;
import dev.pools.boot.endpoint.PoolEvent;
import dev.pools.boot.endpoint.PoolType;
import dev.pools.boot.endpoint.WatchedPool;
import dev.pools.boot.endpoint.WatchedPools;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * The pools that are beans of a context or of one of its parents. Of two pools with the same kind
 * and name, it has the one of the closer context. It creates no lazy pool.
 */
class PoolsOfContext implements WatchedPools, RefreshNotes {

  /** What identifies a pool. */
  private record Key(PoolType type, String name) {}

  private final ConfigurableListableBeanFactory beans;

  /** Of pools of contexts that have none of their own. */
  private final AdvisedPoolsOfContext ownAdvised = new AdvisedPoolsOfContext(System::nanoTime);

  /** The pools that were there at the last look. Guarded by this. */
  private Map<Key, WatchedPool> known = Map.of();

  PoolsOfContext(ConfigurableListableBeanFactory beans) {
    this.beans = beans;
  }

  @Override
  public synchronized List<WatchedPool> pools() {
    Map<Key, WatchedPool> found = new LinkedHashMap<>();
    BeanFactory next = beans;
    while (next instanceof ConfigurableListableBeanFactory factory) {
      addPools(factory, found);
      next = factory.getParentBeanFactory();
      if (next instanceof org.springframework.context.ConfigurableApplicationContext parent) {
        next = parent.getBeanFactory();
      }
    }
    known = found;
    return List.copyOf(found.values());
  }

  @Override
  public Runnable changing(Collection<?> pools) {
    List<WatchedPool> watched =
        pools().stream().filter(it -> pools.stream().anyMatch(it::isOf)).toList();
    watched.forEach(WatchedPool::beginChange);
    return () -> watched.forEach(WatchedPool::endChange);
  }

  @Override
  public void changed(Object pool, List<OptionChange> made) {
    Instant now = Instant.now();
    // The announcement has just looked; a look for each pool that changes would take too long.
    List<WatchedPool> watched = watching(known(), pool);
    (watched.isEmpty() ? watching(pools(), pool) : watched).forEach(it -> it.refreshed(now, made));
  }

  @Override
  public void rejected(String why) {
    Instant now = Instant.now();
    pools().forEach(watched -> watched.refreshRejected(now, why));
  }

  private static List<WatchedPool> watching(Collection<WatchedPool> all, Object pool) {
    return all.stream().filter(watched -> watched.isOf(pool)).toList();
  }

  private synchronized Collection<WatchedPool> known() {
    return known.values();
  }

  private void addPools(ConfigurableListableBeanFactory factory, Map<Key, WatchedPool> found) {
    for (String name : factory.getBeanNamesForType(AdvancedPool.class, false, false)) {
      if (factory.containsSingleton(name) && factory.getBean(name) instanceof AdvancedPool pool) {
        Key key = new Key(PoolType.ADVANCED, name);
        if (!found.containsKey(key)) {
          found.put(key, watched(key, pool, factory));
        }
      }
    }
    for (String name : factory.getBeanNamesForType(ConnectionPool.class, false, false)) {
      if (factory.containsSingleton(name)
          && factory.getBean(name) instanceof ConnectionPool<?> pool) {
        Key key = new Key(PoolType.CONNECTION, name);
        if (!found.containsKey(key)) {
          found.put(key, watched(key, pool, factory));
        }
      }
    }
  }

  private WatchedPool watched(Key key, Object pool, ConfigurableListableBeanFactory factory) {
    WatchedPool before = known.get(key);
    if (before != null && before.isOf(pool)) {
      return before;
    }
    PoolsBinding binding = local(factory);
    SettingOrigins settings = new SettingOrigins(factory, binding, kind(key.type));
    PoolIndicators indicators =
        new PoolIndicators(
            factory,
            binding == null ? new PoolsProperties() : binding.properties(),
            advised(factory));
    if (pool instanceof AdvancedPool tasks) {
      HealthIndicator health = indicators.judging(key.name, tasks);
      WatchedPool watched = new WatchedPool(key.name, tasks, health, settings::of);
      watched.showAdvice(indicators.advised(key.name, tasks));
      return withAlarms(watched, pool, factory);
    }
    ConnectionPool<?> connections = (ConnectionPool<?>) pool;
    HealthIndicator health = indicators.judging(key.name, connections);
    WatchedPool watched = new WatchedPool(key.name, connections, health, settings::of);
    watched.showAdvice(indicators.advised(key.name, connections));
    return withAlarms(watched, pool, factory);
  }

  /** That of the pool's own context; another one if the starter shows no pools in it. */
  private AdvisedPoolsOfContext advised(ConfigurableListableBeanFactory factory) {
    String name = AdvisedPoolsOfContext.class.getName();
    return factory.containsLocalBean(name)
        ? factory.getBean(name, AdvisedPoolsOfContext.class)
        : ownAdvised;
  }

  private static WatchedPool withAlarms(
      WatchedPool watched, Object pool, ConfigurableListableBeanFactory factory) {
    String name = AlarmedPoolsOfContext.class.getName();
    if (factory.containsLocalBean(name)) {
      AlarmedPoolsOfContext alarms = factory.getBean(name, AlarmedPoolsOfContext.class);
      watched.showAlarms(() -> alarms.alarmsOf(pool).stream().map(PoolsOfContext::event).toList());
    }
    return watched;
  }

  private static PoolEvent event(PoolAlarmEvent alarm) {
    return new PoolEvent(
        alarm.getAt(),
        alarm.isRaised() ? PoolEvent.Type.ALARM : PoolEvent.Type.ALARM_CLEARED,
        alarm.getMessage(),
        null);
  }

  private static PoolKind kind(PoolType type) {
    return type == PoolType.ADVANCED ? PoolKind.ADVANCED : PoolKind.CONNECTION;
  }

  /** The settings of this very context; null if the starter configures no pools in it. */
  private static @Nullable PoolsBinding local(ConfigurableListableBeanFactory factory) {
    String name = PoolsBinding.class.getName();
    return factory.containsLocalBean(name) ? factory.getBean(name, PoolsBinding.class) : null;
  }
}

package dev.pools.boot.autoconfigure;

import dev.pools.OptionChange;
import dev.pools.boot.alarm.PoolAlarmEvent;
import dev.pools.boot.endpoint.PoolEvent;
import dev.pools.boot.endpoint.PoolType;
import dev.pools.boot.endpoint.PoolWatch;
import dev.pools.boot.endpoint.UncreatedPool;
import dev.pools.boot.endpoint.WatchedPool;
import dev.pools.boot.endpoint.WatchedPools;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * The pools that are beans of a context or of one of its parents. Of two pools with the same kind
 * and name, it has the one of the closer context. It creates no lazy pool, and lists those apart.
 *
 * <p>A parent that samples its pools itself shares them: its endpoint and that of its child show
 * the same history and the same events. The pools of other parents are watched here.
 */
class PoolsOfContext implements WatchedPools, RefreshNotes {

  /** What identifies a pool. */
  private record Key(PoolType type, String name) {}

  private final ConfigurableListableBeanFactory beans;

  /** Of pools of contexts that have none of their own. */
  private final AdvisedPoolsOfContext ownAdvised = new AdvisedPoolsOfContext(System::nanoTime);

  /** The pools that are watched here and were there at the last look. Guarded by this. */
  private Map<Key, WatchedPool> known = Map.of();

  PoolsOfContext(ConfigurableListableBeanFactory beans) {
    this.beans = beans;
  }

  @Override
  public List<WatchedPool> pools() {
    PoolsOfContext above = sampledAbove();
    List<WatchedPool> own = ofThisContext();
    if (above == null) {
      return own;
    }
    Map<Key, WatchedPool> all = new LinkedHashMap<>();
    own.forEach(pool -> all.put(key(pool), pool));
    above.pools().forEach(pool -> all.putIfAbsent(key(pool), pool));
    return List.copyOf(all.values());
  }

  @Override
  public List<UncreatedPool> uncreated() {
    List<UncreatedPool> found = new ArrayList<>();
    List<ConfigurableListableBeanFactory> nearer = new ArrayList<>();
    for (ConfigurableListableBeanFactory factory : ContextChain.of(beans)) {
      for (UncreatedPool pool : UncreatedPools.of(factory)) {
        if (nearer.stream().noneMatch(hiding -> hiding.containsLocalBean(pool.name()))) {
          found.add(pool);
        }
      }
      nearer.add(factory);
    }
    return found;
  }

  /** The pools that are watched here: those that no parent samples. */
  synchronized List<WatchedPool> ofThisContext() {
    Map<Key, WatchedPool> found = new LinkedHashMap<>();
    for (ConfigurableListableBeanFactory factory : ContextChain.of(beans)) {
      if (factory != beans && isSampled(factory)) {
        break;
      }
      addPools(factory, found);
    }
    known = found;
    return List.copyOf(found.values());
  }

  /** The pools of the nearest parent that samples them; they include those of its own parents. */
  private @Nullable PoolsOfContext sampledAbove() {
    for (ConfigurableListableBeanFactory factory : ContextChain.above(beans)) {
      if (isSampled(factory)) {
        return factory.getBean(PoolsOfContext.class.getName(), PoolsOfContext.class);
      }
    }
    return null;
  }

  /** Nothing is created for the answer: the parent may be closed already. */
  private static boolean isSampled(ConfigurableListableBeanFactory factory) {
    return factory.containsSingleton(PoolsOfContext.class.getName())
        && Arrays.stream(factory.getBeanNamesForType(PoolWatch.class, false, false))
            .anyMatch(factory::containsSingleton);
  }

  private static Key key(WatchedPool pool) {
    return new Key(pool.type(), pool.name());
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

  /** A refresh of this context does not concern the pools of its parents. */
  @Override
  public void rejected(String why) {
    Instant now = Instant.now();
    for (WatchedPool watched : pools()) {
      Object own = beans.getSingleton(watched.name());
      if (own != null && watched.isOf(own)) {
        watched.refreshRejected(now, why);
      }
    }
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
    PoolsBinding binding = PoolsBinding.of(factory);
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
}

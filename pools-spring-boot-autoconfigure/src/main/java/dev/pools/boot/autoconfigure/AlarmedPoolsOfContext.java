package dev.pools.boot.autoconfigure;

import dev.pools.boot.alarm.AlarmOptions;
import dev.pools.boot.alarm.AlarmRule;
import dev.pools.boot.alarm.AlarmedPool;
import dev.pools.boot.alarm.AlarmedPools;
import dev.pools.boot.alarm.PoolAlarmEvent;
import dev.pools.boot.endpoint.PoolType;
import dev.pools.connection.ConnectionPool;
import dev.pools.internal.Durations;
import dev.pools.internal.Faults;
import dev.pools.task.AdvancedPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * The pools of one context, without those of its parents, that have alarms. Pools without settings
 * of their own have the alarms of the defaults. It creates no lazy pool.
 */
class AlarmedPoolsOfContext implements AlarmedPools {

  /** The pools of one look, and what is to be logged about them. */
  private record Found(List<AlarmedPool> pools, List<Runnable> reports) {}

  private final ConfigurableListableBeanFactory beans;
  private final PoolsProperties properties;
  private final AdvisedPoolsOfContext advised;

  /** The pools that were there at the last look. Guarded by this. */
  private List<AlarmedPool> known = List.of();

  /**
   * All pools that were there at the last look, with alarms or without, by their identity; null if
   * there was no look, or if nothing had alarms. A pool that is missing here was created after that
   * look, and is counted from its creation. Guarded by this.
   */
  private @Nullable Set<Object> seen;

  /** Checks the defaults, because it is possible that no configured pool uses them. */
  AlarmedPoolsOfContext(
      ConfigurableListableBeanFactory beans,
      PoolsProperties properties,
      AdvisedPoolsOfContext advised) {
    this.beans = beans;
    this.properties = properties;
    this.advised = advised;
    check(properties);
  }

  /**
   * Checks the alarms of the defaults.
   *
   * @throws InvalidPoolException if one is out of its range
   */
  static void check(PoolsProperties properties) {
    checked(PoolKind.ADVANCED.defaults, properties.getAdvanced().getDefaults().getAlarms());
    checked(PoolKind.CONNECTION.defaults, properties.getConnection().getDefaults().getAlarms());
  }

  /**
   * Checks the alarms of the defaults and of each pool that is not left out: the settings of one
   * that is have no effect.
   *
   * @throws InvalidPoolException if one is out of its range
   */
  static void checkAll(PoolsProperties properties) {
    check(properties);
    properties
        .getAdvanced()
        .getInstances()
        .forEach((pool, own) -> check(PoolKind.ADVANCED, pool, own, own.getAlarms()));
    properties
        .getConnection()
        .getInstances()
        .forEach((pool, own) -> check(PoolKind.CONNECTION, pool, own, own.getAlarms()));
  }

  private static void check(
      PoolKind kind, String pool, CommonPoolProperties own, AlarmProperties alarms) {
    if (own.isEnabled()) {
      checked(kind.property(pool, ""), alarms);
    }
  }

  /** Takes over the alarms of other settings. They count from the next look on. */
  synchronized void become(PoolsProperties other) {
    PoolsProperties.Advanced tasks = other.getAdvanced();
    PoolsProperties.Connection connections = other.getConnection();
    take(properties.getAdvanced().getDefaults().getAlarms(), tasks.getDefaults().getAlarms());
    take(
        properties.getConnection().getDefaults().getAlarms(),
        connections.getDefaults().getAlarms());
    takeAll(
        properties.getAdvanced().getInstances(),
        tasks.getInstances(),
        AdvancedPoolProperties::getAlarms);
    takeAll(
        properties.getConnection().getInstances(),
        connections.getInstances(),
        ConnectionPoolProperties::getAlarms);
  }

  /** A pool that the others lack, in any spelling, or that is left out there keeps its alarms. */
  private static <S extends CommonPoolProperties> void takeAll(
      Map<String, S> own, Map<String, S> others, Function<S, AlarmProperties> alarms) {
    Map<String, S> byName = new HashMap<>();
    others.forEach((pool, other) -> byName.put(PoolName.uniform(pool), other));
    own.forEach(
        (pool, settings) -> {
          S other = byName.get(PoolName.uniform(pool));
          if (other != null && other.isEnabled()) {
            take(alarms.apply(settings), alarms.apply(other));
          }
        });
  }

  /** The settings of a pool; null if it has none, or if they are of a pool that is left out. */
  private static <S extends CommonPoolProperties> @Nullable S own(
      Map<String, S> instances, String pool) {
    S own = instances.get(pool);
    return own != null && own.isEnabled() ? own : null;
  }

  private static void take(AlarmProperties own, AlarmProperties other) {
    BeanUtils.copyProperties(other, own);
  }

  private boolean hasAlarmsByItsSettings() {
    PoolsProperties.Advanced advanced = properties.getAdvanced();
    PoolsProperties.Connection connection = properties.getConnection();
    AlarmOptions ofTasks = checked(PoolKind.ADVANCED.defaults, advanced.getDefaults().getAlarms());
    AlarmOptions ofConnections =
        checked(PoolKind.CONNECTION.defaults, connection.getDefaults().getAlarms());
    return !ofTasks.isEmpty()
        || !ofConnections.isEmpty()
        || advanced.getInstances().entrySet().stream()
            .anyMatch(own -> isHere(own) && isAny(own.getValue().getAlarms()))
        || connection.getInstances().entrySet().stream()
            .anyMatch(own -> isHere(own) && isAny(own.getValue().getAlarms()));
  }

  /** A pool of a parent, which the parent watches, is not here. */
  private boolean isHere(Map.Entry<String, ? extends CommonPoolProperties> own) {
    return own.getValue().isEnabled()
        && (beans.getParentBeanFactory() == null || beans.containsLocalBean(own.getKey()));
  }

  private static AlarmOptions checked(Object prefix, AlarmProperties alarms) {
    try {
      return alarms.options();
    } catch (IllegalArgumentException fault) {
      throw new InvalidPoolException(
          Durations.withTyped("The property %s.%s".formatted(prefix, fault.getMessage())),
          "Change the property, or remove it.",
          fault);
    }
  }

  /** Settings that are out of their range are told at startup, and when the pools are found. */
  private static boolean isAny(AlarmProperties alarms) {
    try {
      return !alarms.options().isEmpty();
    } catch (IllegalArgumentException toldLater) {
      return true;
    }
  }

  @Override
  public synchronized boolean hasAlarms() {
    return hasAlarmsByItsSettings() || !known.isEmpty();
  }

  @Override
  public List<AlarmedPool> pools() {
    Found found = find();
    // Without the lock, because an appender may hang.
    found.reports.forEach(Runnable::run);
    return List.copyOf(found.pools);
  }

  private synchronized Found find() {
    Found found = new Found(new ArrayList<>(), new ArrayList<>());
    if (!hasAlarms()) {
      seen = null;
      return found;
    }
    Set<Object> present = Collections.newSetFromMap(new IdentityHashMap<>());
    PoolsProperties.Advanced advanced = properties.getAdvanced();
    for (String name : beans.getBeanNamesForType(AdvancedPool.class, false, false)) {
      if (beans.containsSingleton(name) && beans.getBean(name) instanceof AdvancedPool pool) {
        present.add(pool);
        AdvancedPoolProperties own = own(advanced.getInstances(), name);
        AlarmProperties alarms = (own == null ? advanced.getDefaults() : own).getAlarms();
        add(
            found,
            name,
            known(PoolType.ADVANCED, name, pool),
            alarms,
            options -> counted(created(name, pool, options, own, found), pool));
      }
    }
    PoolsProperties.Connection connection = properties.getConnection();
    for (String name : beans.getBeanNamesForType(ConnectionPool.class, false, false)) {
      if (beans.containsSingleton(name) && beans.getBean(name) instanceof ConnectionPool<?> pool) {
        present.add(pool);
        ConnectionPoolProperties own = own(connection.getInstances(), name);
        AlarmProperties alarms = (own == null ? connection.getDefaults() : own).getAlarms();
        add(
            found,
            name,
            known(PoolType.CONNECTION, name, pool),
            alarms,
            options -> counted(created(name, pool, options, own), pool));
      }
    }
    known = List.copyOf(found.pools);
    seen = present;
    return found;
  }

  /** Adds a pool that has alarms. A fault leaves it the alarms that it has, and hides no other. */
  private static void add(
      Found found,
      String name,
      @Nullable AlarmedPool before,
      AlarmProperties alarms,
      Function<AlarmOptions, AlarmedPool> created) {
    AlarmedPool now = before;
    try {
      AlarmOptions options = alarms.options();
      if (before != null) {
        before.become(options);
      } else if (!options.isEmpty()) {
        now = created.apply(options);
      }
    } catch (RuntimeException fault) {
      found.reports.add(
          () ->
              Faults.error(
                  AlarmedPoolsOfContext.class,
                  fault,
                  "Pool '{}': the settings of its alarms cannot be read, so it keeps those that it has",
                  name));
    }
    if (now != null) {
      found.pools.add(now);
    }
  }

  private @Nullable AlarmedPool known(PoolType type, String name, Object pool) {
    for (AlarmedPool candidate : known) {
      if (candidate.type() == type && candidate.name().equals(name) && candidate.isOf(pool)) {
        return candidate;
      }
    }
    return null;
  }

  /** An alarm that is added to a pool counts from then on; all of a new pool is counted. */
  private AlarmedPool counted(AlarmedPool alarmed, Object pool) {
    if (seen != null && !seen.contains(pool)) {
      alarmed.countFromZero();
    }
    return alarmed;
  }

  private AlarmedPool created(
      String name,
      AdvancedPool pool,
      AlarmOptions options,
      @Nullable AdvancedPoolProperties own,
      Found found) {
    UnaryOperator<String> names = names(PoolKind.ADVANCED, name, own);
    Map<String, Object> actual = pool.options();
    if (options.thresholds().containsKey(AlarmRule.STUCK_TASKS)
        && actual != null
        && Duration.ZERO.equals(actual.get("stuckAfter"))) {
      found.reports.add(
          () ->
              Faults.warn(
                  AlarmedPoolsOfContext.class,
                  null,
                  "Pool '{}': the setting {} has no effect, because no task is ever reported as"
                      + " stuck. Set stuck-after of the pool, too, for example to 1m.",
                  name,
                  names.apply("alarms.stuck-tasks")));
    }
    AlarmedPool alarmed = new AlarmedPool(name, pool, options, names);
    alarmed.explainBy(
        advised.of(name, pool, AdvisedPoolsOfContext.names(PoolKind.ADVANCED, name, own, beans)));
    return alarmed;
  }

  private AlarmedPool created(
      String name,
      ConnectionPool<?> pool,
      AlarmOptions options,
      @Nullable ConnectionPoolProperties own) {
    AlarmedPool alarmed =
        new AlarmedPool(name, pool, options, names(PoolKind.CONNECTION, name, own));
    alarmed.explainBy(
        advised.of(name, pool, AdvisedPoolsOfContext.names(PoolKind.CONNECTION, name, own, beans)));
    return alarmed;
  }

  /** The names under which the alarms of a pool can be changed. */
  private static UnaryOperator<String> names(
      PoolKind kind, String pool, @Nullable CommonPoolProperties own) {
    return own == null
        ? setting -> kind.defaults + "." + setting
        : setting -> kind.property(pool, setting);
  }

  /** The latest alarms of a pool, the oldest first. */
  synchronized List<PoolAlarmEvent> alarmsOf(Object pool) {
    for (AlarmedPool candidate : known) {
      if (candidate.isOf(pool)) {
        return candidate.recent();
      }
    }
    return List.of();
  }
}

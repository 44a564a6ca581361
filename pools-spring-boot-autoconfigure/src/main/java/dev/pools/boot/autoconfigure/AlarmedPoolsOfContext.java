package dev.pools.boot.autoconfigure;

import dev.pools.boot.alarm.AlarmOptions;
import dev.pools.boot.alarm.AlarmRule;
import dev.pools.boot.alarm.AlarmedPool;
import dev.pools.boot.alarm.AlarmedPools;
import dev.pools.boot.alarm.PoolAlarmEvent;
import dev.pools.boot.endpoint.PoolType;
import dev.pools.connection.ConnectionPool;
import dev.pools.internal.Faults;
import dev.pools.task.AdvancedPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * The pools of one context, without those of its parents, that have alarms. Pools without settings
 * of their own have the alarms of the defaults. It creates no lazy pool.
 */
class AlarmedPoolsOfContext implements AlarmedPools {

  private final ConfigurableListableBeanFactory beans;
  private final PoolsProperties properties;
  private final boolean hasAlarms;

  /** The pools that were there at the last look. Guarded by this. */
  private List<AlarmedPool> known = List.of();

  /** Checks the defaults, because it is possible that no configured pool uses them. */
  AlarmedPoolsOfContext(ConfigurableListableBeanFactory beans, PoolsProperties properties) {
    this.beans = beans;
    this.properties = properties;
    this.hasAlarms = hasAlarms(properties);
  }

  private static boolean hasAlarms(PoolsProperties properties) {
    PoolsProperties.Advanced advanced = properties.getAdvanced();
    PoolsProperties.Connection connection = properties.getConnection();
    AlarmOptions ofTasks = checked(PoolKind.ADVANCED, advanced.getDefaults().getAlarms());
    AlarmOptions ofConnections = checked(PoolKind.CONNECTION, connection.getDefaults().getAlarms());
    return !ofTasks.isEmpty()
        || !ofConnections.isEmpty()
        || advanced.getInstances().values().stream().anyMatch(own -> isAny(own.getAlarms()))
        || connection.getInstances().values().stream().anyMatch(own -> isAny(own.getAlarms()));
  }

  private static AlarmOptions checked(PoolKind kind, AlarmProperties alarms) {
    try {
      return alarms.options();
    } catch (IllegalArgumentException fault) {
      throw new InvalidPoolException(
          InvalidSetting.withPlainDurations(
              "The property %s.%s".formatted(kind.defaults, fault.getMessage())),
          "Change the property, or remove it.",
          fault);
    }
  }

  /** Settings that are out of their range are told when the pool is created. */
  private static boolean isAny(AlarmProperties alarms) {
    try {
      return !alarms.options().isEmpty();
    } catch (IllegalArgumentException toldLater) {
      return true;
    }
  }

  @Override
  public boolean hasAlarms() {
    return hasAlarms;
  }

  @Override
  public synchronized List<AlarmedPool> pools() {
    if (!hasAlarms) {
      return List.of();
    }
    List<AlarmedPool> found = new ArrayList<>();
    for (String name : beans.getBeanNamesForType(AdvancedPool.class, false, false)) {
      if (beans.containsSingleton(name) && beans.getBean(name) instanceof AdvancedPool pool) {
        AdvancedPoolProperties own = properties.getAdvanced().getInstances().get(name);
        AlarmOptions options =
            (own == null ? properties.getAdvanced().getDefaults() : own).getAlarms().options();
        if (!options.isEmpty()) {
          AlarmedPool before = known(PoolType.ADVANCED, name, pool);
          found.add(before == null ? created(name, pool, options, own) : before);
        }
      }
    }
    for (String name : beans.getBeanNamesForType(ConnectionPool.class, false, false)) {
      if (beans.containsSingleton(name) && beans.getBean(name) instanceof ConnectionPool<?> pool) {
        ConnectionPoolProperties own = properties.getConnection().getInstances().get(name);
        AlarmOptions options =
            (own == null ? properties.getConnection().getDefaults() : own).getAlarms().options();
        if (!options.isEmpty()) {
          AlarmedPool before = known(PoolType.CONNECTION, name, pool);
          found.add(
              before == null
                  ? new AlarmedPool(name, pool, options, names(PoolKind.CONNECTION, name, own))
                  : before);
        }
      }
    }
    known = found;
    return List.copyOf(found);
  }

  private @Nullable AlarmedPool known(PoolType type, String name, Object pool) {
    for (AlarmedPool candidate : known) {
      if (candidate.type() == type && candidate.name().equals(name) && candidate.isOf(pool)) {
        return candidate;
      }
    }
    return null;
  }

  private AlarmedPool created(
      String name, AdvancedPool pool, AlarmOptions options, @Nullable AdvancedPoolProperties own) {
    UnaryOperator<String> names = names(PoolKind.ADVANCED, name, own);
    Map<String, Object> actual = pool.options();
    if (options.thresholds().containsKey(AlarmRule.STUCK_TASKS)
        && actual != null
        && Duration.ZERO.equals(actual.get("stuckAfter"))) {
      Faults.warn(
          AlarmedPoolsOfContext.class,
          null,
          "The setting {} has no effect: no task of the pool '{}' is ever reported as stuck. Set"
              + " stuck-after of the pool, too, for example to 1m.",
          names.apply("alarms.stuck-tasks"),
          name);
    }
    return new AlarmedPool(name, pool, options, names);
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

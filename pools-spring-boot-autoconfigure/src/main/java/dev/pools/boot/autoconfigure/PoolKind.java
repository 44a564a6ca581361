package dev.pools.boot.autoconfigure;

import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** The two kinds of pools, and where their settings are. All fields are unmodifiable in effect. */
@SuppressWarnings("ImmutableEnumChecker")
enum PoolKind {
  /** Pools that run tasks. */
  ADVANCED("pools.advanced", AdvancedPoolProperties.class, AdvancedPool.class, "max-workers: 5"),

  /** Pools that share connections. */
  CONNECTION(
      "pools.connection", ConnectionPoolProperties.class, ConnectionPool.class, "max-size: 10");

  final String prefix;
  final Class<?> settings;
  final Class<?> pool;

  /** A setting with its value, as it is typed into yml. */
  final String example;

  /** The settings of one pool. */
  final SettingNames names;

  final ConfigurationPropertyName defaults;
  final ConfigurationPropertyName bases;
  final ConfigurationPropertyName instances;

  PoolKind(String prefix, Class<?> settings, Class<?> pool, String example) {
    this.prefix = prefix;
    this.settings = settings;
    this.pool = pool;
    this.example = example;
    this.names = SettingNames.of(settings);
    this.defaults = ConfigurationPropertyName.of(prefix + ".defaults");
    this.bases = ConfigurationPropertyName.of(prefix + ".bases");
    this.instances = ConfigurationPropertyName.of(prefix + ".instances");
  }

  /** The property of a pool, as it can be typed; of the pool as a whole if the setting is empty. */
  String property(String pool, String setting) {
    return PoolName.under(prefix + ".instances", pool) + (setting.isEmpty() ? "" : "." + setting);
  }
}

package dev.pools.boot.autoconfigure;

import dev.pools.boot.health.AdvancedPoolHealthIndicator;
import dev.pools.boot.health.ConnectionPoolHealthIndicator;
import dev.pools.boot.health.PoolsHealth;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.HealthContributor;

/** Health indicators by the settings of the pools; by the defaults for pools without settings. */
record PoolIndicators(PoolsProperties properties) implements PoolsHealth.Indicators {

  /** Checks the defaults, which no configured pool may have been made with. */
  PoolIndicators {
    try {
      properties.getConnection().getDefaults().getHealth().options();
    } catch (IllegalArgumentException fault) {
      throw new InvalidPoolException(
          "The property pools.connection.defaults." + fault.getMessage(),
          "Change the property, or leave it out.",
          fault);
    }
  }

  @Override
  public @Nullable HealthContributor of(String name, AdvancedPool pool) {
    AdvancedPoolSettings.Health settings =
        properties
            .getAdvanced()
            .getInstances()
            .getOrDefault(name, properties.getAdvanced().getDefaults())
            .getHealth();
    return settings.isEnabled() ? new AdvancedPoolHealthIndicator(name, pool) : null;
  }

  @Override
  public @Nullable HealthContributor of(String name, ConnectionPool<?> pool) {
    ConnectionPoolSettings.Health settings =
        properties
            .getConnection()
            .getInstances()
            .getOrDefault(name, properties.getConnection().getDefaults())
            .getHealth();
    return settings.isEnabled()
        ? new ConnectionPoolHealthIndicator(name, pool, settings.options())
        : null;
  }
}

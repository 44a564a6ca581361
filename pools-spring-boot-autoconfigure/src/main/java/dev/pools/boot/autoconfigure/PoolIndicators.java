package dev.pools.boot.autoconfigure;

import dev.pools.boot.advice.AdvisedPool;
import dev.pools.boot.health.AdvancedPoolHealthIndicator;
import dev.pools.boot.health.AdvisedHealthIndicator;
import dev.pools.boot.health.ConnectionPoolHealthIndicator;
import dev.pools.boot.health.PoolsHealth;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Health indicators and advice by the settings of the pools; by the defaults for pools without
 * settings.
 */
final class PoolIndicators implements PoolsHealth.Indicators {

  private final ConfigurableListableBeanFactory beans;
  private final PoolsProperties properties;
  private final AdvisedPoolsOfContext advised;

  /** Checks the defaults, because it is possible that no configured pool uses them. */
  PoolIndicators(
      ConfigurableListableBeanFactory beans,
      PoolsProperties properties,
      AdvisedPoolsOfContext advised) {
    this.beans = beans;
    this.properties = properties;
    this.advised = advised;
    check(PoolKind.ADVANCED, () -> properties.getAdvanced().getDefaults().getHealth().options());
    check(
        PoolKind.CONNECTION, () -> properties.getConnection().getDefaults().getHealth().options());
  }

  private static void check(PoolKind kind, Runnable options) {
    try {
      options.run();
    } catch (IllegalArgumentException fault) {
      throw new InvalidPoolException(
          "The property %s.%s".formatted(kind.defaults, fault.getMessage()),
          "Change the property, or remove it.",
          fault);
    }
  }

  @Override
  public @Nullable HealthContributor of(String name, AdvancedPool pool) {
    return advanced(name).isEnabled()
        ? new AdvisedHealthIndicator(judging(name, pool), advised(name, pool))
        : null;
  }

  @Override
  public @Nullable HealthContributor of(String name, ConnectionPool<?> pool) {
    return connection(name).isEnabled()
        ? new AdvisedHealthIndicator(judging(name, pool), advised(name, pool))
        : null;
  }

  /** Judges a pool, whether or not its health is shown. */
  HealthIndicator judging(String name, AdvancedPool pool) {
    return new AdvancedPoolHealthIndicator(
        name,
        pool,
        advanced(name).options(),
        names(PoolKind.ADVANCED, name, properties.getAdvanced().getInstances().get(name)));
  }

  /** The advice for a pool. */
  AdvisedPool advised(String name, AdvancedPool pool) {
    return advised.of(
        name,
        pool,
        names(PoolKind.ADVANCED, name, properties.getAdvanced().getInstances().get(name)));
  }

  /** As {@link #advised(String, AdvancedPool)}. */
  AdvisedPool advised(String name, ConnectionPool<?> pool) {
    return advised.of(
        name,
        pool,
        names(PoolKind.CONNECTION, name, properties.getConnection().getInstances().get(name)));
  }

  /** As {@link #judging(String, AdvancedPool)}. */
  HealthIndicator judging(String name, ConnectionPool<?> pool) {
    return new ConnectionPoolHealthIndicator(
        name,
        pool,
        connection(name).options(),
        names(PoolKind.CONNECTION, name, properties.getConnection().getInstances().get(name)));
  }

  private AdvancedPoolHealthProperties advanced(String name) {
    AdvancedPoolProperties own = properties.getAdvanced().getInstances().get(name);
    return (own == null ? properties.getAdvanced().getDefaults() : own).getHealth();
  }

  private ConnectionPoolProperties.Health connection(String name) {
    ConnectionPoolProperties own = properties.getConnection().getInstances().get(name);
    return (own == null ? properties.getConnection().getDefaults() : own).getHealth();
  }

  private UnaryOperator<String> names(
      PoolKind kind, String pool, @Nullable CommonPoolProperties own) {
    return AdvisedPoolsOfContext.names(kind, pool, own, beans);
  }
}

package dev.pools.boot.autoconfigure;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Checks the settings that no creation of a pool has checked, so that a wrong one stops the
 * application at startup nevertheless: those of pools that are created on their first use, and the
 * health, the alarms and the stop of pools that are beans of the application. It creates none of
 * these beans and opens nothing.
 */
class LazyPoolsCheck implements SmartInitializingSingleton {

  private final ConfigurableListableBeanFactory beans;
  private final PoolsBinding binding;
  private final AdvancedPoolFactory advanced;
  private final ConnectionPoolFactory connection;

  LazyPoolsCheck(
      ConfigurableListableBeanFactory beans,
      PoolsBinding binding,
      AdvancedPoolFactory advanced,
      ConnectionPoolFactory connection) {
    this.beans = beans;
    this.binding = binding;
    this.advanced = advanced;
    this.connection = connection;
  }

  @Override
  public void afterSingletonsInstantiated() {
    for (PoolName pool : binding.pools(PoolKind.ADVANCED)) {
      if (isLazy(PoolKind.ADVANCED, pool)) {
        advanced.check(pool.name());
      }
    }
    if (beans.containsBeanDefinition(PoolBeanRegistrar.DEFAULT_ADVANCED_POOL)
        && binding.pools(PoolKind.ADVANCED).isEmpty()
        && !beans.containsSingleton(PoolBeanRegistrar.DEFAULT_ADVANCED_POOL)) {
      advanced.check(PoolBeanRegistrar.DEFAULT_ADVANCED_POOL);
    }
    for (PoolName pool : binding.pools(PoolKind.CONNECTION)) {
      if (isLazy(PoolKind.CONNECTION, pool)) {
        connection.check(pool.name());
      }
    }
    for (PoolKind kind : PoolKind.values()) {
      binding.pools(kind).forEach(pool -> checkHealthAlarmsAndStop(kind, pool.name()));
    }
  }

  private void checkHealthAlarmsAndStop(PoolKind kind, String pool) {
    CommonPoolProperties settings = binding.settings(kind, pool);
    if (settings == null || !settings.isEnabled()) {
      return;
    }
    try {
      settings.checkHealthAlarmsAndStop();
    } catch (IllegalArgumentException fault) {
      throw new InvalidSetting(binding, kind, pool).refused(fault);
    }
  }

  private boolean isLazy(PoolKind kind, PoolName pool) {
    CommonPoolProperties settings = binding.settings(kind, pool.name());
    return settings != null
        && settings.isEnabled()
        && beans.containsBeanDefinition(pool.name())
        && !PoolBeanRegistrar.isOfTheUser(pool.name(), beans)
        && !beans.containsSingleton(pool.name());
  }
}

package dev.pools.boot.autoconfigure;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Checks the settings of pools that are created on their first use, so that a wrong setting stops
 * the application at startup nevertheless. It creates none of these beans and opens nothing.
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
  }

  private boolean isLazy(PoolKind kind, PoolName pool) {
    CommonPoolProperties settings = binding.settings(kind, pool.name());
    return settings != null
        && settings.isEnabled()
        && beans.containsBeanDefinition(pool.name())
        && !beans.containsSingleton(pool.name());
  }
}

package dev.pools.boot.autoconfigure;

import dev.pools.boot.endpoint.PoolMBeans;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;

/** Registers each pool with JMX from its creation to its destruction. */
class PoolsToManage implements DestructionAwareBeanPostProcessor, SmartInitializingSingleton {

  private final ConfigurableListableBeanFactory beans;
  private final ObjectProvider<PoolMBeans> registry;

  PoolsToManage(ConfigurableListableBeanFactory beans, ObjectProvider<PoolMBeans> registry) {
    this.beans = beans;
    this.registry = registry;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    if (bean instanceof AdvancedPool pool && !isPrototype(name)) {
      registry.getObject().add(name, pool);
    } else if (bean instanceof ConnectionPool<?> pool && !isPrototype(name)) {
      registry.getObject().add(name, pool);
    }
    return bean;
  }

  /** Spring never destroys a prototype, so its registration would last, and keep the pool. */
  private boolean isPrototype(String name) {
    return beans.containsBeanDefinition(name) && beans.getMergedBeanDefinition(name).isPrototype();
  }

  @Override
  public boolean requiresDestruction(Object bean) {
    return bean instanceof AdvancedPool || bean instanceof ConnectionPool<?>;
  }

  @Override
  public void postProcessBeforeDestruction(Object bean, String name) {
    registry.ifAvailable(registered -> registered.remove(bean));
  }

  /** Pools that were registered as they are have not been initialized by the context. */
  @Override
  public void afterSingletonsInstantiated() {
    for (Class<?> type : List.of(AdvancedPool.class, ConnectionPool.class)) {
      for (String name : beans.getBeanNamesForType(type, false, false)) {
        if (beans.containsSingleton(name) && !beans.containsBeanDefinition(name)) {
          postProcessAfterInitialization(beans.getBean(name), name);
        }
      }
    }
    // A pool that is created later is registered then. Until then a list shows that it is declared.
    if (!UncreatedPools.of(beans).isEmpty()) {
      registry.getObject().addUncreated(() -> UncreatedPools.of(beans));
    }
  }
}

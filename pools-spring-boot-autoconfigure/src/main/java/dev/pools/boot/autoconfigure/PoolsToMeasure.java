package dev.pools.boot.autoconfigure;

import dev.pools.boot.metrics.AdvancedPoolMetrics;
import dev.pools.boot.metrics.ConnectionPoolMetrics;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;

/**
 * Measures each pool from its creation to its destruction, including lazy pools, pools of the
 * user's own, and pools in scopes.
 */
class PoolsToMeasure implements DestructionAwareBeanPostProcessor, SmartInitializingSingleton {

  /** How Spring names a bean that a scoped proxy stands for. */
  private static final String SCOPED = "scopedTarget.";

  private final ConfigurableListableBeanFactory beans;
  private final ObjectProvider<AdvancedPoolMetrics> advanced;
  private final ObjectProvider<ConnectionPoolMetrics> connections;

  PoolsToMeasure(
      ConfigurableListableBeanFactory beans,
      ObjectProvider<AdvancedPoolMetrics> advanced,
      ObjectProvider<ConnectionPoolMetrics> connections) {
    this.beans = beans;
    this.advanced = advanced;
    this.connections = connections;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    if (bean instanceof AdvancedPool pool) {
      advanced.getObject().add(named(name), pool);
    } else if (bean instanceof ConnectionPool<?> pool) {
      connections.getObject().add(named(name), pool);
    }
    return bean;
  }

  @Override
  public boolean requiresDestruction(Object bean) {
    return bean instanceof AdvancedPool || bean instanceof ConnectionPool<?>;
  }

  @Override
  public void postProcessBeforeDestruction(Object bean, String name) {
    if (bean instanceof AdvancedPool pool) {
      advanced.ifAvailable(metrics -> metrics.remove(named(name), pool));
    } else if (bean instanceof ConnectionPool<?> pool) {
      connections.ifAvailable(metrics -> metrics.remove(named(name), pool));
    }
  }

  private static String named(String bean) {
    return bean.startsWith(SCOPED) ? bean.substring(SCOPED.length()) : bean;
  }

  /** Pools that were registered as they are have not been initialized by the context. */
  @Override
  public void afterSingletonsInstantiated() {
    for (String name : beans.getSingletonNames()) {
      Object bean = beans.containsBeanDefinition(name) ? null : beans.getSingleton(name);
      if (bean != null) {
        postProcessAfterInitialization(bean, name);
      }
    }
    bindToRegistriesOfTheParent();
  }

  /** Spring Boot binds to the registries of the context itself; a child context may have none. */
  private void bindToRegistriesOfTheParent() {
    if (beans.getParentBeanFactory() == null
        || beans.getBeanNamesForType(MeterRegistry.class, true, false).length > 0) {
      return;
    }
    List<MeterRegistry> inherited =
        beans.getBeanProvider(MeterRegistry.class).orderedStream().toList();
    List<MeterRegistry> composites =
        inherited.stream().filter(CompositeMeterRegistry.class::isInstance).toList();
    for (MeterRegistry registry : composites.isEmpty() ? inherited : composites) {
      advanced.getObject().bindTo(registry);
      connections.getObject().bindTo(registry);
    }
  }
}

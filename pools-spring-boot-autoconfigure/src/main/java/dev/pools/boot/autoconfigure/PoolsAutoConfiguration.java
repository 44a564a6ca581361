package dev.pools.boot.autoconfigure;

import dev.pools.boot.lifecycle.AdvancedPoolLifecycle;
import dev.pools.boot.lifecycle.ConnectionPoolLifecycle;
import dev.pools.boot.lifecycle.DestructionOrder;
import dev.pools.boot.lifecycle.KeepAlive;
import dev.pools.boot.lifecycle.PoolDestruction;
import dev.pools.task.AdvancedPool;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** Makes the configured pools, or one if none is, and lets them start and stop with the context. */
@AutoConfiguration
@ConditionalOnClass(AdvancedPool.class)
@ConditionalOnProperty(name = "pools.enabled", matchIfMissing = true)
@EnableConfigurationProperties
public final class PoolsAutoConfiguration {

  @Bean("dev.pools.boot.autoconfigure.PoolsBinding")
  static PoolsBinding poolsBinding(Environment environment, ConfigurableListableBeanFactory beans) {
    return new PoolsBinding(environment, PresentPools.of(beans));
  }

  @Bean("pools-dev.pools.boot.autoconfigure.PoolsProperties")
  static PoolsProperties poolsProperties(PoolsBinding binding) {
    return binding.properties();
  }

  @Bean
  static ConfigurationPropertiesBindHandlerAdvisor poolsBoundOnce(
      ObjectProvider<PoolsBinding> binding) {
    return handler -> new BoundOnce(handler, binding.getObject());
  }

  @Bean
  static PoolBeanRegistrar poolBeanRegistrar(PoolsBinding binding) {
    return new PoolBeanRegistrar(binding);
  }

  @Bean("dev.pools.boot.autoconfigure.PoolsInCreation")
  static PoolsInCreation poolsInCreation() {
    return new PoolsInCreation();
  }

  @Bean("dev.pools.boot.autoconfigure.AdvancedPoolFactory")
  static AdvancedPoolFactory advancedPoolMaker(
      ConfigurableListableBeanFactory beans,
      PoolsBinding binding,
      Environment environment,
      PoolsInCreation creations) {
    return new AdvancedPoolFactory(beans, binding, environment, creations);
  }

  @Bean("dev.pools.boot.autoconfigure.ConnectionPoolFactory")
  static ConnectionPoolFactory connectionPoolMaker(
      ConfigurableListableBeanFactory beans, PoolsBinding binding, PoolsInCreation creations) {
    return new ConnectionPoolFactory(beans, binding, creations);
  }

  @Bean
  static LazyPoolsCheck lazyPoolsCheck(
      ConfigurableListableBeanFactory beans,
      PoolsBinding binding,
      AdvancedPoolFactory advanced,
      ConnectionPoolFactory connection) {
    return new LazyPoolsCheck(beans, binding, advanced, connection);
  }

  @Bean
  static PoolDestruction poolDestruction(
      ObjectProvider<PoolsBinding> binding, Environment environment) {
    return new PoolDestruction(
        () -> PoolLifecycles.settings(binding.getObject(), PoolKind.ADVANCED),
        () -> PoolLifecycles.settings(binding.getObject(), PoolKind.CONNECTION),
        () -> PoolLifecycles.phaseTimeout(environment));
  }

  @Bean
  static DestructionOrder poolDestructionOrder(
      ApplicationContext context, ConfigurableListableBeanFactory beans) {
    return new DestructionOrder(context, beans);
  }

  @Bean("dev.pools.boot.autoconfigure.PoolLifecycles")
  static PoolLifecycles poolLifecycles(
      ApplicationContext context,
      PoolsBinding binding,
      PoolDestruction destruction,
      Environment environment) {
    return new PoolLifecycles(context, binding, destruction, environment);
  }

  @Bean
  @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
  AdvancedPoolLifecycle advancedPoolLifecycle(PoolLifecycles lifecycles) {
    return lifecycles.advanced();
  }

  @Bean
  @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
  ConnectionPoolLifecycle connectionPoolLifecycle(PoolLifecycles lifecycles) {
    return lifecycles.connection();
  }

  @Bean
  @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
  KeepAlive poolsKeepAlive(PoolLifecycles lifecycles) {
    return new KeepAlive(lifecycles::thatKeepAlive);
  }
}

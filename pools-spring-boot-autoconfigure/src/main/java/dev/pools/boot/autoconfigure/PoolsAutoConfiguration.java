package dev.pools.boot.autoconfigure;

import dev.pools.boot.lifecycle.AdvancedPoolLifecycle;
import dev.pools.boot.lifecycle.ConnectionPoolLifecycle;
import dev.pools.task.AdvancedPool;
import java.time.Duration;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
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
  static PoolsBinding poolsBinding(Environment environment) {
    return new PoolsBinding(environment);
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

  @Bean("dev.pools.boot.autoconfigure.AdvancedPoolMaker")
  static AdvancedPoolMaker advancedPoolMaker(
      ListableBeanFactory beans, PoolsBinding binding, Environment environment) {
    return new AdvancedPoolMaker(beans, binding, environment);
  }

  @Bean("dev.pools.boot.autoconfigure.ConnectionPoolMaker")
  static ConnectionPoolMaker connectionPoolMaker(
      ConfigurableListableBeanFactory beans, PoolsBinding binding) {
    return new ConnectionPoolMaker(beans, binding);
  }

  @Bean
  static LazyPoolsCheck lazyPoolsCheck(
      ConfigurableListableBeanFactory beans,
      PoolsBinding binding,
      AdvancedPoolMaker advanced,
      ConnectionPoolMaker connection) {
    return new LazyPoolsCheck(beans, binding, advanced, connection);
  }

  @Bean
  @ConditionalOnMissingBean
  AdvancedPoolLifecycle advancedPoolLifecycle(
      ApplicationContext context, PoolsProperties properties, Environment environment) {
    return new AdvancedPoolLifecycle(
        context, properties.getLifecycle().getPhase(), phaseTimeout(environment));
  }

  @Bean
  @ConditionalOnMissingBean
  ConnectionPoolLifecycle connectionPoolLifecycle(
      ApplicationContext context, PoolsProperties properties, Environment environment) {
    return new ConnectionPoolLifecycle(
        context,
        properties.getLifecycle().getPhase() - ConnectionPoolLifecycle.PHASES_LATER,
        phaseTimeout(environment));
  }

  /** What the context grants each phase. */
  private static Duration phaseTimeout(Environment environment) {
    return Binder.get(environment)
        .bind("spring.lifecycle.timeout-per-shutdown-phase", Duration.class)
        .orElse(Duration.ofSeconds(30));
  }
}

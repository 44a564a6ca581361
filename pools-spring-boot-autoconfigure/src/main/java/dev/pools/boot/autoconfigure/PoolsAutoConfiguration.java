package dev.pools.boot.autoconfigure;

import dev.pools.boot.lifecycle.AdvancedPoolLifecycle;
import dev.pools.boot.lifecycle.ConnectionPoolLifecycle;
import dev.pools.task.AdvancedPool;
import java.time.Duration;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** Makes the configured pools, or one if none is, and lets them start and stop with the context. */
@AutoConfiguration
@ConditionalOnClass(AdvancedPool.class)
@EnableConfigurationProperties(PoolsProperties.class)
public final class PoolsAutoConfiguration {

  @Bean
  static PoolBeanRegistrar poolBeanRegistrar(Environment environment) {
    return new PoolBeanRegistrar(environment);
  }

  @Bean("dev.pools.boot.autoconfigure.AdvancedPoolMaker")
  static AdvancedPoolMaker advancedPoolMaker(ListableBeanFactory beans, Environment environment) {
    return new AdvancedPoolMaker(beans, environment);
  }

  @Bean("dev.pools.boot.autoconfigure.ConnectionPoolMaker")
  static ConnectionPoolMaker connectionPoolMaker(
      ConfigurableListableBeanFactory beans, Environment environment) {
    return new ConnectionPoolMaker(beans, environment);
  }

  /** Lets {@link PoolsProperties} take pools that are given by their names alone. */
  @Bean
  static ConfigurationPropertiesBindHandlerAdvisor emptyPoolSettings() {
    return EmptySettingsHandler::new;
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

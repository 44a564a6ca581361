package dev.pools.boot.autoconfigure;

import dev.pools.boot.health.PoolsHealth;
import dev.pools.task.AdvancedPool;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** Shows the health of each pool under {@code pools}. */
@AutoConfiguration(after = PoolsAutoConfiguration.class)
@ConditionalOnClass({
  AdvancedPool.class,
  HealthContributor.class,
  ConditionalOnEnabledHealthIndicator.class
})
@ConditionalOnEnabledHealthIndicator("pools")
@ConditionalOnProperty(name = "pools.enabled", matchIfMissing = true)
@Import(AdviceConfiguration.class)
public final class PoolsHealthAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean(name = {"poolsHealthContributor", "poolsHealthIndicator"})
  PoolsHealth poolsHealthContributor(
      ConfigurableListableBeanFactory beans,
      PoolsProperties properties,
      AdvisedPoolsOfContext advised) {
    return new PoolsHealth(beans, new PoolIndicators(beans, properties, advised));
  }
}

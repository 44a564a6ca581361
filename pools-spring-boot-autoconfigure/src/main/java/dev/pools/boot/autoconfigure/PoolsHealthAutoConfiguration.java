package dev.pools.boot.autoconfigure;

import dev.pools.boot.health.PoolsHealth;
import dev.pools.task.AdvancedPool;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
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

  private static final String BEAN = "poolsHealthContributor";

  @Bean(BEAN)
  @ConditionalOnMissingBean(
      name = {"poolsHealthContributor", "poolsHealthIndicator"},
      search = SearchStrategy.CURRENT)
  @ConditionalOnNoneOfParent(names = {"poolsHealthContributor", "poolsHealthIndicator"})
  PoolsHealth poolsHealthContributor(
      ConfigurableListableBeanFactory beans,
      PoolsProperties properties,
      AdvisedPoolsOfContext advised) {
    return new PoolsHealth(beans, new PoolIndicators(beans, properties, advised), ofParents(beans));
  }

  /** Those that show their health themselves show that of their own parents, too. */
  private static List<PoolsHealth> ofParents(ConfigurableListableBeanFactory beans) {
    List<PoolsHealth> health = new ArrayList<>();
    for (ConfigurableListableBeanFactory parent : ContextChain.above(beans)) {
      if (parent.containsLocalBean(BEAN)) {
        health.add(parent.getBean(BEAN, PoolsHealth.class));
        return health;
      }
      PoolsBinding binding = PoolsBinding.of(parent);
      health.add(
          new PoolsHealth(
              parent,
              new PoolIndicators(
                  parent,
                  binding == null ? new PoolsProperties() : binding.properties(),
                  AdvisedPoolsOfContext.of(parent))));
    }
    return health;
  }
}

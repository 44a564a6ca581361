package dev.pools.boot.autoconfigure;

import dev.pools.boot.endpoint.EndpointRuntimeHints;
import dev.pools.boot.endpoint.KnownArguments;
import dev.pools.boot.endpoint.PoolValues;
import dev.pools.boot.endpoint.PoolWatch;
import dev.pools.boot.endpoint.PoolsEndpoint;
import dev.pools.boot.endpoint.PoolsEndpointWebExtension;
import dev.pools.boot.endpoint.WorkerDeaths;
import dev.pools.task.AdvancedPool;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;

/** Shows the pools at the endpoint {@code pools}, and samples them, if the endpoint is exposed. */
@AutoConfiguration(after = PoolsAutoConfiguration.class)
@ConditionalOnClass({
  AdvancedPool.class,
  HealthContributor.class,
  ConditionalOnAvailableEndpoint.class
})
@ConditionalOnProperty(name = "pools.enabled", matchIfMissing = true)
@ConditionalOnAvailableEndpoint(PoolsEndpoint.class)
@EnableConfigurationProperties(PoolsEndpointProperties.class)
@Import(AdviceConfiguration.class)
@ImportRuntimeHints(EndpointRuntimeHints.class)
public final class PoolsEndpointAutoConfiguration {

  @Bean("dev.pools.boot.autoconfigure.PoolsOfContext")
  @ConditionalOnMissingBean(
      name = "dev.pools.boot.autoconfigure.PoolsOfContext",
      search = SearchStrategy.CURRENT)
  static PoolsOfContext poolsOfContext(ConfigurableListableBeanFactory beans) {
    return new PoolsOfContext(beans);
  }

  @Bean
  @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
  @ConditionalOnNoneOfParent
  PoolsEndpoint poolsEndpoint(
      PoolsOfContext pools,
      PoolsEndpointProperties properties,
      ObjectProvider<SanitizingFunction> functions) {
    return new PoolsEndpoint(
        pools,
        new PoolValues(
            functions.orderedStream().toList(), properties.getShowValues(), properties.getRoles()));
  }

  @Bean
  @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
  @ConditionalOnNoneOfParent
  @ConditionalOnBean(PoolsEndpoint.class)
  @ConditionalOnAvailableEndpoint(endpoint = PoolsEndpoint.class, exposure = EndpointExposure.WEB)
  PoolsEndpointWebExtension poolsEndpointWebExtension(PoolsEndpoint endpoint) {
    return new PoolsEndpointWebExtension(endpoint);
  }

  @Bean
  static KnownArguments poolsKnownArguments() {
    return new KnownArguments();
  }

  @Bean
  WorkerDeaths poolsWorkerDeaths() {
    return new WorkerDeaths();
  }

  @Bean
  AdvancedPoolCustomizer advancedPoolWorkers(WorkerDeaths deaths) {
    return (name, builder) -> builder.listener(deaths.listenerFor(name));
  }

  @Bean
  @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
  PoolWatch poolsWatch(PoolsOfContext pools, WorkerDeaths deaths) {
    return new PoolWatch(pools::ofThisContext, deaths);
  }
}

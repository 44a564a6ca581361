package dev.pools.boot.autoconfigure;

import dev.pools.boot.metrics.AdvancedPoolMetrics;
import dev.pools.boot.metrics.ConnectionPoolMetrics;
import dev.pools.task.AdvancedPool;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;

/** Measures each pool, where there is a registry to measure in. */
@AutoConfiguration(
    after = PoolsAutoConfiguration.class,
    afterName = {
      "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
      "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration"
    })
@ConditionalOnClass({AdvancedPool.class, MeterRegistry.class})
@ConditionalOnBean(MeterRegistry.class)
@ConditionalOnProperty(name = "pools.enabled", matchIfMissing = true)
public final class PoolsMetricsAutoConfiguration {

  @Bean
  AdvancedPoolMetrics advancedPoolMetrics(PoolsProperties properties) {
    return new AdvancedPoolMetrics(
        properties.getMetrics().isExecutor(), properties.getMetrics().isOpenTelemetry());
  }

  @Bean
  AdvancedPoolCustomizer advancedPoolTimers(AdvancedPoolMetrics metrics) {
    return (name, builder) -> builder.listener(metrics.listenerFor(name));
  }

  @Bean
  ConnectionPoolMetrics connectionPoolMetrics(PoolsProperties properties) {
    return new ConnectionPoolMetrics(properties.getMetrics().isOpenTelemetry());
  }

  @Bean
  ConnectionPoolCustomizer connectionPoolTimers(ConnectionPoolMetrics metrics) {
    return (name, builder) -> builder.listener(metrics.listenerFor(name));
  }

  @Bean
  static PoolsToMeasure poolsToMeasure(
      ConfigurableListableBeanFactory beans,
      ObjectProvider<AdvancedPoolMetrics> advanced,
      ObjectProvider<ConnectionPoolMetrics> connections) {
    return new PoolsToMeasure(beans, advanced, connections);
  }
}

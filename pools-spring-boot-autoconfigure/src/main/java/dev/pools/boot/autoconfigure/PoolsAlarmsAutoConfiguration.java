package dev.pools.boot.autoconfigure;

import dev.pools.boot.alarm.AlarmWatch;
import dev.pools.boot.alarm.AlarmedPools;
import dev.pools.internal.Durations;
import dev.pools.task.AdvancedPool;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** Publishes alarms of the pools that have thresholds for them. */
@AutoConfiguration(after = PoolsAutoConfiguration.class)
@ConditionalOnClass(AdvancedPool.class)
@ConditionalOnProperty(name = "pools.enabled", matchIfMissing = true)
@Import(AdviceConfiguration.class)
public final class PoolsAlarmsAutoConfiguration {

  @Bean("dev.pools.boot.autoconfigure.AlarmedPoolsOfContext")
  static AlarmedPoolsOfContext alarmedPoolsOfContext(
      ConfigurableListableBeanFactory beans,
      PoolsProperties properties,
      AdvisedPoolsOfContext advised) {
    return new AlarmedPoolsOfContext(beans, properties, advised);
  }

  @Bean
  @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
  AlarmWatch poolsAlarmWatch(
      AlarmedPools pools, ApplicationEventPublisher context, PoolsProperties properties) {
    try {
      return new AlarmWatch(pools, context::publishEvent, properties.getAlarms().getInterval());
    } catch (IllegalArgumentException fault) {
      throw new InvalidPoolException(
          Durations.withTyped("The property pools.alarms." + fault.getMessage()),
          "Change the property, or remove it.",
          fault);
    }
  }
}

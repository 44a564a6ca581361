package dev.pools.boot.autoconfigure;

import dev.pools.boot.alarm.AlarmWatch;
import dev.pools.task.AdvancedPool;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** Changes the pools when Spring Cloud has changed the environment. */
@AutoConfiguration(after = PoolsAutoConfiguration.class)
@ConditionalOnClass({AdvancedPool.class, EnvironmentChangeEvent.class})
@ConditionalOnProperty(name = "pools.enabled", matchIfMissing = true)
public final class PoolsRefreshAutoConfiguration {

  @Bean
  static RefreshOnChange poolsRefreshOnChange(
      ConfigurableListableBeanFactory beans,
      Environment environment,
      PoolsBinding binding,
      PoolsInCreation creations,
      ObjectProvider<RefreshNotes> notes,
      ObjectProvider<AlarmedPoolsOfContext> alarms,
      ObjectProvider<AlarmWatch> watch,
      ConfigurableApplicationContext context) {
    return new RefreshOnChange(
        new PoolsRefresh(
            beans,
            environment,
            binding,
            creations,
            new RefreshReport(notes),
            alarms,
            watch,
            context));
  }
}

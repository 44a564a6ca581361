package dev.pools.boot.autoconfigure;

import dev.pools.boot.observation.LeaseObservationConvention;
import dev.pools.boot.observation.LeaseObservations;
import dev.pools.boot.observation.TaskObservationConvention;
import dev.pools.boot.observation.TaskObservations;
import dev.pools.task.AdvancedPool;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;

/** Observes the tasks and leases of the pools whose settings say so, where there is a registry. */
@AutoConfiguration(
    after = PoolsAutoConfiguration.class,
    afterName =
        "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnClass({AdvancedPool.class, ObservationRegistry.class})
@ConditionalOnBean(ObservationRegistry.class)
@ConditionalOnProperty(name = "pools.enabled", matchIfMissing = true)
public final class PoolsObservationAutoConfiguration {

  @Bean("dev.pools.boot.autoconfigure.TaskObserver")
  static TaskObserver taskObserver(
      ObjectProvider<ObservationRegistry> registry,
      ObjectProvider<TaskObservationConvention> convention) {
    return settings -> {
      ObservationRegistry observed = settings.isObservations() ? registry.getObject() : null;
      if (observed == null || observed.isNoop()) {
        return null;
      }
      TaskObservations observations = new TaskObservations(observed, convention.getIfAvailable());
      return new TaskObserver.Parts(observations, observations);
    };
  }

  @Bean
  static ConnectionPoolCustomizer connectionPoolObservations(
      PoolsBinding binding,
      ObjectProvider<ObservationRegistry> registry,
      ObjectProvider<LeaseObservationConvention> convention) {
    return (name, builder) -> {
      CommonPoolProperties settings = binding.settings(PoolKind.CONNECTION, name);
      boolean isOn =
          settings == null
              ? binding.properties().getConnection().getDefaults().isObservations()
              : settings.isObservations();
      ObservationRegistry observed = isOn ? registry.getObject() : null;
      if (observed != null && !observed.isNoop()) {
        builder.listener(new LeaseObservations(observed, name, convention.getIfAvailable()));
      }
    };
  }
}

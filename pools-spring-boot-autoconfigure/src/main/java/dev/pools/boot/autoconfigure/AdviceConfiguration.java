package dev.pools.boot.autoconfigure;

import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What health and endpoint have in common. Whichever of them exists brings it. */
@Configuration(proxyBeanMethods = false)
class AdviceConfiguration {

  @Bean("dev.pools.boot.autoconfigure.AdvisedPoolsOfContext")
  @ConditionalOnMissingBean
  static AdvisedPoolsOfContext advisedPoolsOfContext() {
    return new AdvisedPoolsOfContext(System::nanoTime);
  }
}

package dev.pools.boot.autoconfigure;

import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What health, endpoint and alarms have in common. Each of them brings it. */
@Configuration(proxyBeanMethods = false)
class AdviceConfiguration {

  @Bean("dev.pools.boot.autoconfigure.AdvisedPoolsOfContext")
  @ConditionalOnMissingBean(
      name = "dev.pools.boot.autoconfigure.AdvisedPoolsOfContext",
      search = SearchStrategy.CURRENT)
  static AdvisedPoolsOfContext advisedPoolsOfContext() {
    return new AdvisedPoolsOfContext(System::nanoTime);
  }
}

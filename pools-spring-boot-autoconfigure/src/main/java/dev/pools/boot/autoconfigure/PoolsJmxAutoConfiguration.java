package dev.pools.boot.autoconfigure;

import dev.pools.boot.endpoint.EndpointRuntimeHints;
import dev.pools.boot.endpoint.PoolMBeans;
import dev.pools.task.AdvancedPool;
import java.lang.management.ManagementFactory;
import javax.management.MBeanServer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.EndpointAccessResolver;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.util.ObjectUtils;

/** Shows each pool over JMX, with the access that the endpoint {@code pools} has. */
@AutoConfiguration(
    after = {PoolsAutoConfiguration.class, PoolsEndpointAutoConfiguration.class},
    afterName = "org.springframework.boot.autoconfigure.jmx.JmxAutoConfiguration")
@ConditionalOnClass({AdvancedPool.class, EndpointAccessResolver.class, HealthContributor.class})
@ConditionalOnProperty("pools.jmx.enabled")
@ImportRuntimeHints(EndpointRuntimeHints.class)
public final class PoolsJmxAutoConfiguration {

  @Bean("dev.pools.boot.autoconfigure.PoolsOfContext")
  @ConditionalOnMissingBean(
      name = "dev.pools.boot.autoconfigure.PoolsOfContext",
      search = SearchStrategy.CURRENT)
  static PoolsOfContext poolsOfContext(ConfigurableListableBeanFactory beans) {
    return new PoolsOfContext(beans);
  }

  @Bean
  static PoolMBeans poolMBeans(
      ApplicationContext context,
      PoolsOfContext pools,
      ObjectProvider<MBeanServer> server,
      ObjectProvider<EndpointAccessResolver> access) {
    EndpointAccessResolver resolver = access.getIfAvailable();
    Access allowed =
        resolver == null
            ? Access.READ_ONLY
            : resolver.accessFor(EndpointId.of("pools"), Access.READ_ONLY);
    return new PoolMBeans(
        server.getIfAvailable(ManagementFactory::getPlatformMBeanServer),
        context.getId() + "@" + ObjectUtils.getIdentityHexString(context),
        allowed == Access.UNRESTRICTED,
        pools);
  }

  @Bean
  static PoolsToManage poolsToManage(
      ConfigurableListableBeanFactory beans, ObjectProvider<PoolMBeans> registry) {
    return new PoolsToManage(beans, registry);
  }
}

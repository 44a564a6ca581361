package dev.pools.boot.autoconfigure;

import dev.pools.boot.endpoint.CrossSiteFilter;
import dev.pools.boot.endpoint.CrossSiteRequests;
import dev.pools.boot.endpoint.CrossSiteWebFilter;
import dev.pools.boot.endpoint.PoolsEndpoint;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.CorsEndpointProperties;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.cors.CorsConfiguration;

/**
 * Refuses requests of pages of other web sites that would change a pool. Spring Boot adds it to the
 * context of the endpoints, which has a web server of its own if Actuator has a port of its own.
 */
@ManagementContextConfiguration(proxyBeanMethods = false)
@ConditionalOnWebApplication
@ConditionalOnProperty(name = "pools.enabled", matchIfMissing = true)
@ConditionalOnAvailableEndpoint(endpoint = PoolsEndpoint.class, exposure = EndpointExposure.WEB)
class CrossSiteConfiguration {

  private static final EndpointId POOLS = EndpointId.of("pools");

  private static CrossSiteRequests requests(
      ObjectProvider<PathMappedEndpoints> paths, ObjectProvider<CorsEndpointProperties> cors) {
    return new CrossSiteRequests(
        () -> paths.getObject().getPath(POOLS), origin -> isAllowed(origin, cors.getIfAvailable()));
  }

  private static boolean isAllowed(String origin, @Nullable CorsEndpointProperties cors) {
    CorsConfiguration allowed = cors == null ? null : cors.toCorsConfiguration();
    return allowed != null && allowed.checkOrigin(origin) != null;
  }

  /** With Spring MVC or Jersey. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
  static class Servlet {
    @Bean
    FilterRegistrationBean<CrossSiteFilter> poolsCrossSiteFilter(
        ObjectProvider<PathMappedEndpoints> paths, ObjectProvider<CorsEndpointProperties> cors) {
      return new FilterRegistrationBean<>(new CrossSiteFilter(requests(paths, cors)));
    }
  }

  /** With WebFlux. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
  static class Reactive {
    @Bean
    CrossSiteWebFilter poolsCrossSiteFilter(
        ObjectProvider<PathMappedEndpoints> paths, ObjectProvider<CorsEndpointProperties> cors) {
      return new CrossSiteWebFilter(requests(paths, cors));
    }
  }
}

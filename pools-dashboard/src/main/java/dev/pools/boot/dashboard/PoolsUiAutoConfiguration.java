package dev.pools.boot.dashboard;

import dev.pools.boot.autoconfigure.PoolsEndpointAutoConfiguration;
import dev.pools.boot.endpoint.PoolsEndpoint;
import dev.pools.boot.endpoint.PoolsEndpointWebExtension;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.EndpointAccessResolver;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import reactor.core.publisher.Flux;

/**
 * Serves the live page of the pools, if it and the endpoint {@code pools} are exposed over HTTP.
 */
@AutoConfiguration(after = PoolsEndpointAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(endpoint = PoolsUiEndpoint.class, exposure = EndpointExposure.WEB)
@ConditionalOnBean({PoolsEndpoint.class, PoolsEndpointWebExtension.class})
@ConditionalOnWebApplication
@EnableConfigurationProperties(PoolsUiProperties.class)
@ImportRuntimeHints(PageRuntimeHints.class)
public final class PoolsUiAutoConfiguration {

  private static final EndpointId PAGE = EndpointId.of("poolsui");
  private static final EndpointId POOLS = EndpointId.of("pools");

  @Bean
  @ConditionalOnBean(PageResponses.class)
  LiveUpdates poolsUiLiveUpdates() {
    return new LiveUpdates();
  }

  @Bean
  @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
  @ConditionalOnBean(PageResponses.class)
  PoolsUiEndpoint poolsUiEndpoint(
      PoolsEndpoint pools,
      PoolsEndpointWebExtension parts,
      ObjectProvider<PathMappedEndpoints> paths,
      ObjectProvider<PoolTimes> times,
      EndpointAccessResolver access,
      PoolsUiProperties properties,
      LiveUpdates updates,
      PageResponses responses) {
    boolean open = access.accessFor(POOLS, Access.READ_ONLY) == Access.UNRESTRICTED;
    return new PoolsUiEndpoint(
        pools,
        parts,
        () -> PagePaths.between(path(paths, PAGE), path(paths, POOLS)),
        times.getIfAvailable(() -> PoolTimes.NONE),
        new PageSession(open, properties.isWriteWithoutCsrfToken()),
        updates,
        responses);
  }

  private static String path(ObjectProvider<PathMappedEndpoints> paths, EndpointId endpoint) {
    String path = paths.getObject().getPath(endpoint);
    if (path == null) {
      throw new IllegalStateException("The endpoint '" + endpoint + "' has no path.");
    }
    return path;
  }

  /** With Micrometer. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(MeterRegistry.class)
  static class Measured {
    @Bean
    PoolTimes poolsUiTimes(ObjectProvider<MeterRegistry> registries) {
      MeterRegistry registry = registries.getIfUnique();
      return registry == null ? PoolTimes.NONE : new MeasuredTimes(registry);
    }
  }

  /** With Spring MVC. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
  @ConditionalOnClass(SseEmitter.class)
  static class Servlet {
    @Bean
    PageResponses poolsUiResponses() {
      return new ServletResponses();
    }
  }

  /** With WebFlux. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
  @ConditionalOnClass({DispatcherHandler.class, Flux.class})
  static class Reactive {
    @Bean
    PageResponses poolsUiResponses() {
      return new ReactiveResponses();
    }

    @Bean
    ReactivePageFilter poolsUiFilter(ObjectProvider<PathMappedEndpoints> paths) {
      return new ReactivePageFilter(() -> path(paths, PAGE));
    }
  }
}

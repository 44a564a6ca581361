package dev.pools.example.guard;

import jakarta.servlet.Filter;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/**
 * Guards a web server. The application finds this class by its component scan. The file {@code
 * ManagementContextConfiguration.imports} adds it to the management port, which is a server of its
 * own.
 */
@Configuration(proxyBeanMethods = false)
public class GuardConfiguration {

  @Bean
  FilterRegistrationBean<SecurityHeaders> securityHeaders() {
    return inOrder(0, new SecurityHeaders());
  }

  @Bean
  FilterRegistrationBean<OwnPagesOnly> ownPagesOnly(GuardProperties properties) {
    return inOrder(1, new OwnPagesOnly(properties.hosts()));
  }

  @Bean
  FilterRegistrationBean<BodyLimits> bodyLimits(GuardProperties properties) {
    return inOrder(2, new BodyLimits(properties));
  }

  /** Each filter comes before all filters of Spring. */
  private static <F extends Filter> FilterRegistrationBean<F> inOrder(int order, F filter) {
    FilterRegistrationBean<F> bean = new FilterRegistrationBean<>(filter);
    bean.setOrder(Ordered.HIGHEST_PRECEDENCE + order);
    return bean;
  }

  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> requestsOfTomcat() {
    return server -> {
      server.addEngineValves(new LateRequests(), new UnreadBodies());
      server.addConnectorCustomizers(GuardConfiguration::leaveBodiesToTheApplication);
    };
  }

  private static void leaveBodiesToTheApplication(Connector connector) {
    // Tomcat would read forms by itself, without the limits of BodyLimits.
    connector.setParseBodyMethods("");
    // A client that waits for "100 Continue" is told to send its body only when the application
    // reads it. By default, Tomcat asks for the body before a filter can refuse the request.
    ((AbstractHttp11Protocol<?>) connector.getProtocolHandler())
        .setContinueResponseTiming("onRead");
  }
}

package dev.pools.boot.autoconfigure;

import dev.pools.connection.ConnectionFactory;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.function.Consumer;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.prometheus.PrometheusMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** An application with a pool of each kind, which Prometheus scrapes. */
record ScrapedContext(ApplicationContextRunner runner) {

  /** What a test does with the registry and the beans. */
  interface Check {
    void accept(PrometheusMeterRegistry registry, BeanFactory beans) throws Exception;
  }

  @Configuration(proxyBeanMethods = false)
  static class Factory {
    @Bean
    ConnectionFactory<StringBuilder> connections() {
      return arguments -> new StringBuilder();
    }
  }

  ScrapedContext() {
    this(
        new ApplicationContextRunner()
            .withConfiguration(
                AutoConfigurations.of(
                    MetricsAutoConfiguration.class,
                    CompositeMeterRegistryAutoConfiguration.class,
                    PrometheusMetricsExportAutoConfiguration.class,
                    PoolsAutoConfiguration.class,
                    PoolsMetricsAutoConfiguration.class))
            .withUserConfiguration(Factory.class)
            .withPropertyValues(
                "pools.advanced.instances.printer.queue-capacity=100",
                "pools.connection.instances.ledger.max-size=2"));
  }

  ScrapedContext with(String... properties) {
    return new ScrapedContext(runner.withPropertyValues(properties));
  }

  void run(Consumer<PrometheusMeterRegistry> test) {
    run((registry, beans) -> test.accept(registry));
  }

  void run(Check test) {
    runner.run(context -> test.accept(context.getBean(PrometheusMeterRegistry.class), context));
  }
}

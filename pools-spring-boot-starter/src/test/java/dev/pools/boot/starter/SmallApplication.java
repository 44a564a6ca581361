package dev.pools.boot.starter;

import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Uses a pool of each kind, says so, and ends. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class SmallApplication {

  @Bean
  ConnectionFactory<StringBuilder> ledgerConnectionFactory() {
    return arguments -> new StringBuilder("connection");
  }

  /** Starts it. */
  public static void main(String[] arguments) throws Exception {
    try (ConfigurableApplicationContext context =
        SpringApplication.run(
            SmallApplication.class,
            "--pools.advanced.instances.printer.max-workers=2",
            "--pools.connection.instances.ledger.max-size=2")) {
      AdvancedPool printer = context.getBean("printer", AdvancedPool.class);
      ConnectionPool<?> ledger = context.getBean("ledger", ConnectionPool.class);
      String used =
          printer.submit(() -> "task and " + ledger.use(connection -> connection.toString())).get();
      LoggerFactory.getLogger(SmallApplication.class)
          .info(
              "{}, health: {}, meters: {}",
              used,
              context.containsBean("poolsHealthContributor"),
              context.containsBean("advancedPoolMetrics"));
    }
  }
}

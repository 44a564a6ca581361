package dev.pools.example;

import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.HealthChecker;
import dev.pools.connection.JdbcReset;
import java.sql.Connection;
import java.sql.DriverManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Tells the pool {@code database} how to create, check and reset a connection. */
@Configuration(proxyBeanMethods = false)
class DatabaseConnections {

  private static final int CHECK_SECONDS = 2;

  @Bean
  ConnectionFactory<Connection> databaseConnectionFactory(
      DatabaseProperties properties, DatabaseFaults faults) {
    // Only for the playground; without it, return the lambda itself.
    return faults.around(
        arguments ->
            DriverManager.getConnection(
                properties.url(), properties.user(), properties.password()));
  }

  @Bean
  HealthChecker<Connection> databaseHealthChecker() {
    return connection -> connection.isValid(CHECK_SECONDS);
  }

  /** Rolls back open transactions and restores changed settings after each lease. */
  @Bean
  JdbcReset databaseJdbcReset() {
    return new JdbcReset();
  }
}

package dev.pools.example;

import dev.pools.connection.ConnectionCleaner;
import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.HealthChecker;
import dev.pools.connection.JdbcReset;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How the pool {@code database} opens, checks and closes its connections to the database. */
@Configuration(proxyBeanMethods = false)
class DatabaseConnections {

  private static final int CHECK_SECONDS = 2;

  /** A URL without a driver is refused here, as the application starts. */
  @Bean
  ConnectionFactory<Connection> databaseConnectionFactory(DatabaseSettings settings)
      throws SQLException {
    Driver driver = DriverManager.getDriver(settings.url());
    return arguments -> {
      Properties login = new Properties();
      login.setProperty("user", settings.user());
      login.setProperty("password", settings.password());
      Connection connection = driver.connect(settings.url(), login);
      if (connection == null) {
        throw new SQLException("The driver does not take the URL " + settings.url());
      }
      connection.setAutoCommit(false);
      return connection;
    };
  }

  /** The check may open a transaction, which the next user must not be in. */
  @Bean
  HealthChecker<Connection> databaseHealthChecker() {
    return connection -> {
      boolean valid = connection.isValid(CHECK_SECONDS);
      connection.rollback();
      return valid;
    };
  }

  /** Rolls back what a user has left open, and restores what they have changed. */
  @Bean
  JdbcReset databaseJdbcReset() {
    return new JdbcReset();
  }

  /** What close does with an open transaction is up to the driver, so none is left to it. */
  @Bean
  ConnectionCleaner<Connection> databaseConnectionCleaner() {
    return (connection, arguments) -> {
      try (connection) {
        if (!connection.isClosed()) {
          connection.rollback();
        }
      }
    };
  }
}

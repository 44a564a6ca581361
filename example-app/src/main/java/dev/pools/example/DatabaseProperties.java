package dev.pools.example;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The database that stores the catalogue.
 *
 * @param url a JDBC URL of H2 or PostgreSQL
 */
@ConfigurationProperties("example.database")
record DatabaseProperties(String url, String user, String password) {

  /** Leaves out the password, so that it does not reach a log. */
  @Override
  public String toString() {
    return url + " as " + user;
  }
}

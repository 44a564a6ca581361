package dev.pools.example;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Where the catalogue is kept.
 *
 * @param url a JDBC URL of H2 or PostgreSQL
 */
@ConfigurationProperties("example.database")
record DatabaseSettings(String url, String user, String password) {

  /** Without the password, so that it gets into no log. */
  @Override
  public String toString() {
    return url + " as " + user;
  }
}

package dev.pools.resilience;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** What an operator does at the server, past proxy and pool. */
final class SuperUser {

  private SuperUser() {}

  static void execute(PostgresServer server, String... statements) throws SQLException {
    try (Connection connection = server.connectDirectly();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** A table into which users of the pool may write. */
  static void createOrders(PostgresServer server) throws SQLException {
    execute(
        server,
        "drop table if exists orders",
        "create table orders (who text)",
        "grant all on orders to app");
  }

  /** Makes every session read-only that does not say otherwise itself, as on a standby. */
  static void makeReadOnly(PostgresServer server) throws SQLException {
    execute(
        server, "alter system set default_transaction_read_only = on", "select pg_reload_conf()");
  }

  /** Takes {@link #makeReadOnly} back. */
  static void makeWritable(PostgresServer server) throws SQLException {
    // A session may always decide for itself, or this statement would be refused.
    execute(
        server,
        "set default_transaction_read_only = off",
        "alter system reset default_transaction_read_only",
        "select pg_reload_conf()");
  }
}

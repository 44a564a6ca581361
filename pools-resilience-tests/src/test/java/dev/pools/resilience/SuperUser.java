package dev.pools.resilience;

import static org.awaitility.Awaitility.await;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * What an operator does at the server, past proxy and pool. The server only sends signals to its
 * processes and returns: each method waits until the signal has been heard.
 */
final class SuperUser {

  private static final Duration HEARD_WITHIN = Duration.ofSeconds(20);

  private static final Duration LOOK = Duration.ofMillis(2);

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

  /**
   * Ends all sessions of the pool, and returns when none of them is there any more.
   *
   * @return how many
   */
  static int killBackends(PostgresServer server) throws SQLException {
    String kill =
        "select array_agg(pid), count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'app'";
    String left = "select count(*) from pg_stat_activity where pid = any(?)";
    try (Connection superuser = server.connectDirectly();
        Statement statement = superuser.createStatement();
        ResultSet rows = statement.executeQuery(kill);
        PreparedStatement count = superuser.prepareStatement(left)) {
      rows.next();
      Array killed = rows.getArray(1);
      if (killed == null) {
        return 0;
      }
      count.setArray(1, killed);
      await().atMost(HEARD_WITHIN).pollInterval(LOOK).until(() -> number(count) == 0);
      return rows.getInt(2);
    }
  }

  private static long number(PreparedStatement query) throws SQLException {
    try (ResultSet rows = query.executeQuery()) {
      rows.next();
      return rows.getLong(1);
    }
  }

  /**
   * Makes every session read-only that does not say otherwise itself, as on a standby: new ones
   * when this returns, those that are open one after another.
   */
  static void makeReadOnly(PostgresServer server) throws SQLException {
    execute(
        server, "alter system set default_transaction_read_only = on", "select pg_reload_conf()");
    awaitReadOnly(server, "on");
  }

  /** Takes {@link #makeReadOnly} back. */
  static void makeWritable(PostgresServer server) throws SQLException {
    // A session may always decide for itself, or this statement would be refused.
    execute(
        server,
        "set default_transaction_read_only = off",
        "alter system reset default_transaction_read_only",
        "select pg_reload_conf()");
    awaitReadOnly(server, "off");
  }

  private static void awaitReadOnly(PostgresServer server, String value) {
    await().atMost(HEARD_WITHIN).pollInterval(LOOK).until(() -> value.equals(readOnly(server)));
  }

  private static String readOnly(PostgresServer server) throws SQLException {
    try (Connection connection = server.connectDirectly();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("show default_transaction_read_only")) {
      rows.next();
      return rows.getString(1);
    }
  }
}

package dev.pools.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.connection.ConnectionPool;
import dev.pools.connection.ConnectionPoolBuilder;
import dev.pools.connection.JdbcReset;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Users that leave transactions behind: open ones, failed ones, and ones that the server ends. */
@Tag("heavy")
class OpenTransactionsIT extends OutageTestBase {

  private static final Duration IDLE_IN_TRANSACTION = Duration.ofMillis(300);

  @Override
  String sessionOptions() {
    return "&options=-c%20idle_in_transaction_session_timeout=" + IDLE_IN_TRANSACTION.toMillis();
  }

  @Override
  ConnectionPoolBuilder<Connection> settings(ConnectionPoolBuilder<Connection> defaults) {
    return new JdbcReset().applyTo(defaults);
  }

  private static Object execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.execute(sql);
    }
  }

  @Test
  void aSessionThatTheServerEndsInsideOfATransactionIsMetByItsUserOnly() throws Exception {
    Load load = load();
    awaitService(load);
    int ended = 5;
    for (int i = 0; i < ended; i++) {
      assertThatThrownBy(
              () ->
                  pool.use(
                      connection -> {
                        connection.setAutoCommit(false);
                        execute(connection, "select 1");
                        letPass(IDLE_IN_TRANSACTION.multipliedBy(3));
                        return execute(connection, "select 1");
                      }))
          .isInstanceOf(SQLException.class);
    }
    load.end();

    assertEverybodyWasToldInTime(load, 0);
    assertThat(load.calls(call -> call.outcome() != Load.Outcome.SERVED)).isEmpty();
  }

  @Test
  void anOpenTransactionIsRolledBackBeforeTheNextUser() throws Exception {
    pool.resize(1, 1).get(10, TimeUnit.SECONDS);
    SuperUser.execute(
        server(),
        "drop table if exists accounts",
        "create table accounts (id int)",
        "grant all on accounts to app");
    pool.use(
        connection -> {
          connection.setAutoCommit(false);
          return execute(connection, "insert into accounts values (1)");
        });

    long left =
        pool.use(
            connection -> {
              assertThat(connection.getAutoCommit()).isTrue();
              execute(connection, "insert into accounts values (2)");
              try (Statement statement = connection.createStatement();
                  ResultSet rows = statement.executeQuery("select sum(id) from accounts")) {
                rows.next();
                return rows.getLong(1);
              }
            });

    assertThat(left).isEqualTo(2);
    letPass(IDLE_IN_TRANSACTION.multipliedBy(2));
    pool.use(connection -> execute(connection, "select 1"));
    assertThat(pool.stats().created()).as("the session has lived on").isEqualTo(1);
  }

  @Test
  void anAbortedTransactionDoesNotReachTheNextUser() throws Exception {
    pool.resize(1, 1).get(10, TimeUnit.SECONDS);
    for (int i = 0; i < 5; i++) {
      assertThatThrownBy(
              () ->
                  pool.use(
                      connection -> {
                        connection.setAutoCommit(false);
                        return execute(connection, "select 1 / 0");
                      }))
          .isInstanceOf(SQLException.class);

      pool.use(connection -> execute(connection, "select 1"));
    }
  }

  /** A pool of one connection for a test that needs another reset. */
  private ConnectionPool<Connection> other(boolean autoCommit, JdbcReset reset) {
    String url = PostgresServer.url(proxy.port(), "pool", answersWithin()) + sessionOptions();
    return reset
        .applyTo(
            ConnectionPool.<Connection>builder(
                () -> {
                  Connection connection = DriverManager.getConnection(url, "app", "app");
                  connection.setAutoCommit(autoCommit);
                  return connection;
                }))
        .maxSize(1)
        .build();
  }

  @Test
  void aConnectionWithoutAutoCommitIsIdleOutsideOfATransaction() throws Exception {
    try (ConnectionPool<Connection> other = other(/* autoCommit= */ false, new JdbcReset())) {
      for (int i = 0; i < 3; i++) {
        letPass(IDLE_IN_TRANSACTION.multipliedBy(2));
        other.use(
            connection -> {
              assertThat(connection.getAutoCommit()).isFalse();
              return execute(connection, "select 1");
            });
      }
      assertThat(other.stats().created()).as("the session has lived on").isEqualTo(1);
    }
  }

  @Test
  void theNextUserFindsASessionAsNew() throws Exception {
    JdbcReset reset = new JdbcReset("ROLLBACK", "DISCARD ALL");
    try (ConnectionPool<Connection> other = other(/* autoCommit= */ true, reset)) {
      String before = other.use(connection -> searchPath(connection));
      for (int i = 0; i < 3; i++) {
        other.use(
            connection -> {
              execute(connection, "begin");
              execute(connection, "set search_path to pg_catalog");
              return execute(connection, "create temporary table mine (id int)");
            });
        other.use(
            connection -> {
              execute(connection, "set search_path to pg_catalog, public");
              return execute(connection, "create temporary table mine (id int)");
            });
      }

      assertThat(other.<String>use(connection -> searchPath(connection))).isEqualTo(before);
      assertThat(other.stats().created()).as("the session has lived on").isEqualTo(1);
    }
  }

  private static String searchPath(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("show search_path")) {
      rows.next();
      return rows.getString(1);
    }
  }
}

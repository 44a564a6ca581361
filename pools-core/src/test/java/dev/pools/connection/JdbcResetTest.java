package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JdbcResetTest {

  private final List<Connection> made = new ArrayList<>();

  private ConnectionPool<Connection> pool(JdbcReset reset) {
    return reset
        .applyTo(
            ConnectionPool.<Connection>builder(
                () -> {
                  Connection connection = JdbcStub.connection();
                  made.add(connection);
                  return connection;
                }))
        .executor(Runnable::run)
        .maxSize(1)
        .build();
  }

  @Test
  void whateverAUserHasChanged_isRestored() throws Exception {
    try (ConnectionPool<Connection> pool = pool(new JdbcReset())) {
      pool.use(
          connection -> {
            connection.setAutoCommit(false);
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            connection.setSchema("tenant");
            connection.setCatalog("other");
            connection.setNetworkTimeout(Runnable::run, 7);
            return 1;
          });

      JdbcStub stub = JdbcStub.behind(made.get(0));
      assertThat(stub.settings)
          .containsAllEntriesOf(
              Map.of(
                  "AutoCommit",
                  true,
                  "ReadOnly",
                  false,
                  "TransactionIsolation",
                  Connection.TRANSACTION_READ_COMMITTED,
                  "Schema",
                  "public",
                  "Catalog",
                  "shop",
                  "NetworkTimeout",
                  0));
      assertThat(stub.calls.indexOf("rollback"))
          .as("before auto-commit, which would commit")
          .isPositive()
          .isLessThan(stub.calls.indexOf("setAutoCommit true"));
      assertThat(stub.calls).contains("clearWarnings");
    }
  }

  @Test
  void whatNobodyHasChanged_isNotSet() throws Exception {
    try (ConnectionPool<Connection> pool = pool(new JdbcReset())) {
      pool.use(connection -> 1);

      assertThat(JdbcStub.behind(made.get(0)).calls)
          .noneMatch(call -> call.startsWith("set") || call.equals("rollback"));
    }
  }

  @Test
  void statements_runBeforeTheSchemaIsLookedAt() throws Exception {
    try (ConnectionPool<Connection> pool = pool(new JdbcReset("ROLLBACK", "DISCARD ALL"))) {
      pool.use(connection -> 1);

      JdbcStub stub = JdbcStub.behind(made.get(0));
      assertThat(stub.children.get(0).calls)
          .containsExactly("execute ROLLBACK", "execute DISCARD ALL", "close");
      assertThat(stub.calls.indexOf("createStatement"))
          .isLessThan(stub.calls.lastIndexOf("getSchema"));
    }
  }

  @Test
  void resetThatFails_closesTheConnection() throws Exception {
    try (ConnectionPool<Connection> pool = pool(new JdbcReset())) {
      pool.use(
          connection -> {
            connection.setAutoCommit(false);
            JdbcStub.behind(made.get(0)).failing.add("rollback");
            return 1;
          });

      assertThat(pool.stats().retired()).containsEntry(RetireReason.RESET_FAILED, 1L);
      assertThat(JdbcStub.behind(made.get(0)).calls).contains("close");
    }
  }
}

package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
  void settingThatAUserChanged_isRestored() throws Exception {
    try (ConnectionPool<Connection> pool = pool(new JdbcReset())) {
      pool.use(
          connection -> {
            connection.setAutoCommit(false);
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            connection.setHoldability(ResultSet.CLOSE_CURSORS_AT_COMMIT);
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
                  "Holdability",
                  ResultSet.HOLD_CURSORS_OVER_COMMIT,
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
  void clientInfoAndTypeMap_areRestoredIfAUserHasChangedThem() throws Exception {
    Properties info = new Properties();
    info.setProperty("ApplicationName", "shop");
    Map<String, Class<?>> types = new HashMap<>(Map.of("money", Long.class));
    Connection connection = JdbcStub.connection();
    JdbcStub stub = JdbcStub.behind(connection);
    stub.settings.put("ClientInfo", info);
    stub.settings.put("TypeMap", types);
    JdbcReset reset = new JdbcReset();
    reset.remember(connection);

    reset.reset(connection);
    assertThat(stub.calls).noneMatch(call -> call.startsWith("set"));

    // Objects that the driver hands out are changed in place, too.
    info.setProperty("ApplicationName", "report of bob");
    info.setProperty("ClientUser", "bob");
    types.put("point", String.class);
    reset.reset(connection);

    assertThat(stub.settings)
        .containsEntry("ClientInfo", Map.of("ApplicationName", "shop"))
        .containsEntry("TypeMap", Map.of("money", Long.class));
  }

  @Test
  void driverThatDoesNotTellClientInfoOrTypeMap_isLeftAsItIs() throws Exception {
    Connection connection = JdbcStub.connection();
    JdbcStub stub = JdbcStub.behind(connection);
    stub.failing.addAll(List.of("getClientInfo", "getTypeMap"));
    JdbcReset reset = new JdbcReset();

    reset.remember(connection);
    reset.reset(connection);

    assertThat(stub.calls).noneMatch(call -> call.startsWith("set"));
  }

  @Test
  void settingThatTheDriverDoesNotSupport_isLeftAsItIs() throws Exception {
    Connection connection = JdbcStub.connection();
    JdbcStub stub = JdbcStub.behind(connection);
    stub.unsupported.addAll(
        List.of("getHoldability", "getSchema", "getCatalog", "getNetworkTimeout"));
    JdbcReset reset = new JdbcReset();

    reset.remember(connection);
    reset.reset(connection);

    assertThat(stub.calls).noneMatch(call -> call.startsWith("set"));
  }

  @Test
  void settingThatNoUserChanged_isNotSet() throws Exception {
    try (ConnectionPool<Connection> pool = pool(new JdbcReset())) {
      pool.use(connection -> 1);

      assertThat(JdbcStub.behind(made.get(0)).calls)
          .noneMatch(call -> call.startsWith("set") || call.equals("rollback"));
    }
  }

  @Test
  void connectionWithoutAutoCommit_hasNoOpenTransactionWhenItIsCreatedOrReset() throws Exception {
    JdbcReset reset = new JdbcReset();
    try (ConnectionPool<Connection> pool =
        ConnectionPool.<Connection>builder(
                () -> {
                  Connection connection = JdbcStub.connection();
                  made.add(connection);
                  connection.setAutoCommit(false);
                  return connection;
                })
            .onCreate(reset::remember)
            .onReturn(reset::reset)
            .executor(Runnable::run)
            .maxSize(1)
            .build()) {
      pool.use(connection -> 1);

      List<String> calls = JdbcStub.behind(made.get(0)).calls;
      assertThat(calls.indexOf("commit"))
          .as("after all questions")
          .isGreaterThan(calls.indexOf("getNetworkTimeout"));
      assertThat(calls.subList(calls.indexOf("commit") + 1, calls.size()))
          .containsSubsequence("rollback", "setAutoCommit true", "clearWarnings")
          .endsWith("setAutoCommit false");
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

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void resetRunsBesideTheHooksOfTheUser_whicheverIsSetFirst(boolean isFirst) throws Exception {
    List<String> seen = new ArrayList<>();
    ConnectionPoolBuilder<Connection> builder =
        ConnectionPool.<Connection>builder(
                () -> {
                  Connection connection = JdbcStub.connection();
                  made.add(connection);
                  return connection;
                })
            .executor(Runnable::run)
            .maxSize(1);
    if (isFirst) {
      new JdbcReset().applyTo(builder);
    }
    builder
        .onCreate(connection -> connection.setSchema("of the hook"))
        .onReturn(
            connection ->
                seen.add(connection.getSchema() + ", auto-commit " + connection.getAutoCommit()));
    if (!isFirst) {
      new JdbcReset().applyTo(builder);
    }
    try (ConnectionPool<Connection> pool = builder.build()) {
      pool.use(
          connection -> {
            connection.setSchema("of the user");
            connection.setAutoCommit(false);
            return 1;
          });

      assertThat(JdbcStub.behind(made.get(0)).calls).contains("rollback");
      assertThat(seen).containsExactly("of the hook, auto-commit true");
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

  @Test
  void driverWhoseConnectionsCannotBeCompared_isReset() throws Exception {
    List<Connection> inner = new ArrayList<>();
    JdbcReset reset = new JdbcReset();
    try (ConnectionPool<Connection> pool =
        reset
            .applyTo(
                ConnectionPool.<Connection>builder(
                    () -> {
                      Connection connection = JdbcStub.connection();
                      connection.setSchema("schema " + inner.size());
                      inner.add(connection);
                      return JdbcStub.around(connection);
                    }))
            .executor(Runnable::run)
            .minSize(2)
            .maxSize(2)
            .build()) {
      Lease<Connection> first = pool.acquire();
      Lease<Connection> second = pool.acquire();
      first.connection().setSchema("changed");
      second.connection().setSchema("changed, too");
      first.close();
      second.close();

      assertThat(inner)
          .extracting(connection -> JdbcStub.behind(connection).settings.get("Schema"))
          .containsExactly("schema 0", "schema 1");
      assertThat(pool.stats().retired()).containsEntry(RetireReason.RESET_FAILED, 0L);
    }
  }

  @Test
  void connectionThatIsCollected_isForgotten() throws Exception {
    JdbcReset reset = new JdbcReset();
    Connection kept = JdbcStub.connection();
    reset.remember(kept);
    reset.remember(kept);
    reset.remember(JdbcStub.connection());

    Awaitility.await()
        .until(
            () -> {
              System.gc();
              return reset.known() == 1;
            });

    reset.reset(kept);
  }

  @Test
  void connectionThatWasNotSeenNew_isRefused() {
    assertThatThrownBy(() -> new JdbcReset().reset(JdbcStub.connection()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("onCreate");
  }
}

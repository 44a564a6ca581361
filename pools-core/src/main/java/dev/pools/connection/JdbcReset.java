package dev.pools.connection;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Takes a JDBC connection that comes back to the state in which it was created, so that no user
 * meets what another has left: rolls an open transaction back, restores auto-commit, read-only,
 * isolation, holdability, schema, catalog, network time-out, client info (as the application name)
 * and type map where they differ, and clears warnings. What fails closes the connection. The client
 * info and the type map of a driver that does not tell them are left as they are.
 *
 * <pre>{@code
 * ConnectionPool<Connection> pool =
 *     new JdbcReset().applyTo(ConnectionPool.<Connection>builder(dataSource::getConnection)).build();
 * }</pre>
 *
 * <p>JDBC does not know all that a session keeps (temporary tables, session variables, a
 * transaction begun by the text {@code BEGIN}, a {@code search_path} of several schemas): give
 * statements for these, as {@code new JdbcReset("ROLLBACK", "DISCARD ALL")} for PostgreSQL. They
 * run after the transaction is rolled back and before the schema is looked at, which {@code DISCARD
 * ALL} has restored by then; without it, a changed schema is set back by {@code setSchema}, which
 * on PostgreSQL leaves a {@code search_path} with that schema alone.
 *
 * <p>Thread-safe; an instance may serve several pools.
 */
public final class JdbcReset {

  /** What a connection was like when it was created; null or -1 where the driver cannot say. */
  private record State(
      boolean autoCommit,
      boolean readOnly,
      int isolation,
      int holdability,
      @Nullable String schema,
      @Nullable String catalog,
      int networkTimeoutMillis,
      @Nullable Properties clientInfo,
      @Nullable Map<String, Class<?>> typeMap) {}

  private static final int UNKNOWN = -1;

  private final List<String> statements;
  private final Map<Connection, State> created = Collections.synchronizedMap(new WeakHashMap<>());

  /**
   * Describes a reset.
   *
   * @param statements what to execute besides, in this order
   */
  public JdbcReset(String... statements) {
    this.statements = List.of(statements);
  }

  /** Has a pool note the state of each new connection, and restore it after each lease. */
  public ConnectionPoolBuilder<Connection> applyTo(ConnectionPoolBuilder<Connection> builder) {
    return builder.onCreate(this::remember).onReturn(this::reset);
  }

  /**
   * Notes what this new connection is like: a hook for {@code onCreate}. Where auto-commit is off,
   * it then commits: else what prepared the connection, and the questions asked here, would leave a
   * transaction open until its first user comes.
   */
  public void remember(Connection connection) throws SQLException {
    created.put(
        Objects.requireNonNull(connection, "connection"),
        new State(
            connection.getAutoCommit(),
            connection.isReadOnly(),
            connection.getTransactionIsolation(),
            connection.getHoldability(),
            schemaOf(connection),
            connection.getCatalog(),
            networkTimeoutOf(connection),
            clientInfoOf(connection),
            typeMapOf(connection)));
    if (!connection.getAutoCommit()) {
      connection.commit();
    }
  }

  /**
   * Takes a connection back to the state that was noted: a hook for {@code onReturn}.
   *
   * @throws IllegalStateException if {@link #remember} has not seen this connection
   */
  public void reset(Connection connection) throws SQLException {
    State state = created.get(connection);
    if (state == null) {
      throw new IllegalStateException(
          "The state of this connection was not noted when it was created. Set onCreate to remember of the same JdbcReset, or use applyTo.");
    }
    if (connection.isClosed()) {
      throw new SQLException("The connection was closed by its user.", "08003");
    }
    if (!connection.getAutoCommit()) {
      connection.rollback();
      connection.setAutoCommit(true);
    }
    execute(connection);
    restore(connection, state);
    connection.clearWarnings();
    if (!state.autoCommit()) {
      connection.setAutoCommit(false);
    }
  }

  private void execute(Connection connection) throws SQLException {
    if (statements.isEmpty()) {
      return;
    }
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static void restore(Connection connection, State state) throws SQLException {
    if (connection.isReadOnly() != state.readOnly()) {
      connection.setReadOnly(state.readOnly());
    }
    if (connection.getTransactionIsolation() != state.isolation()) {
      connection.setTransactionIsolation(state.isolation());
    }
    if (connection.getHoldability() != state.holdability()) {
      connection.setHoldability(state.holdability());
    }
    String catalog = state.catalog();
    if (catalog != null && !catalog.equals(connection.getCatalog())) {
      connection.setCatalog(catalog);
    }
    String schema = state.schema();
    if (schema != null && !schema.equals(connection.getSchema())) {
      connection.setSchema(schema);
    }
    int timeout = state.networkTimeoutMillis();
    if (timeout != UNKNOWN && timeout != connection.getNetworkTimeout()) {
      connection.setNetworkTimeout(Runnable::run, timeout);
    }
    Properties clientInfo = state.clientInfo();
    if (clientInfo != null && !clientInfo.equals(clientInfoOf(connection))) {
      // All at once: what is missing is cleared. A driver may keep the object.
      connection.setClientInfo(copyOf(clientInfo));
    }
    Map<String, Class<?>> typeMap = state.typeMap();
    if (typeMap != null && !typeMap.equals(typeMapOf(connection))) {
      connection.setTypeMap(new HashMap<>(typeMap));
    }
  }

  /** A copy of its client info; null if the driver does not tell it. Drivers know it unasked. */
  private static @Nullable Properties clientInfoOf(Connection connection) {
    try {
      Properties known = connection.getClientInfo();
      return known == null ? null : copyOf(known);
    } catch (SQLException | UnsupportedOperationException | AbstractMethodError unknown) {
      return null;
    }
  }

  private static Properties copyOf(Properties properties) {
    Properties copy = new Properties();
    for (String name : properties.stringPropertyNames()) {
      copy.setProperty(name, properties.getProperty(name, ""));
    }
    return copy;
  }

  /** A copy of its type map, which some drivers hand out themselves; null if there is none. */
  private static @Nullable Map<String, Class<?>> typeMapOf(Connection connection) {
    try {
      Map<String, Class<?>> known = connection.getTypeMap();
      return known == null ? null : new HashMap<>(known);
    } catch (SQLException | UnsupportedOperationException | AbstractMethodError unknown) {
      return null;
    }
  }

  /** Its schema, if the driver knows schemas: some are older than JDBC 4.1. */
  private static @Nullable String schemaOf(Connection connection) throws SQLException {
    try {
      return connection.getSchema();
    } catch (SQLFeatureNotSupportedException | AbstractMethodError unknown) {
      return null;
    }
  }

  private static int networkTimeoutOf(Connection connection) throws SQLException {
    try {
      return connection.getNetworkTimeout();
    } catch (SQLFeatureNotSupportedException | AbstractMethodError unknown) {
      return UNKNOWN;
    }
  }
}

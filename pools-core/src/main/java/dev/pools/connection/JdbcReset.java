package dev.pools.connection;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Restores the state in which a JDBC connection was created when it is released, so that no user
 * gets what another has left in it: rolls an open transaction back, restores auto-commit,
 * read-only, isolation, holdability, schema, catalog, network timeout, client info (such as the
 * application name) and type map where they differ, and clears warnings. If a step fails, the pool
 * closes the connection. What the driver does not report stays as it is, if it is one of
 * holdability, schema, catalog, network timeout, client info and type map.
 *
 * <pre>{@code
 * ConnectionPool<Connection> pool =
 *     new JdbcReset().applyTo(ConnectionPool.<Connection>builder(dataSource::getConnection)).build();
 * }</pre>
 *
 * <p>JDBC does not know everything that a session keeps (temporary tables, session variables, a
 * transaction started by the text {@code BEGIN}, a {@code search_path} of several schemas). Give
 * statements for these, such as {@code new JdbcReset("ROLLBACK", "DISCARD ALL")} for PostgreSQL.
 * They run after the rollback and before the schema is compared, which {@code DISCARD ALL} has
 * restored by then. Without such a statement, {@code setSchema} restores a changed schema; on
 * PostgreSQL this leaves a {@code search_path} with that schema alone.
 *
 * <p>Thread-safe; an instance may serve several pools.
 */
public final class JdbcReset {

  /**
   * The state of a connection when it was created; null or -1 where the driver does not report it.
   */
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

  /**
   * A connection by its identity, held weakly. A driver's {@code equals} and {@code hashCode} are
   * not asked: they may take two connections for one, fail, or not return.
   */
  private static final class Known extends WeakReference<Connection> {

    private final int hash;

    /** To look a connection up. */
    Known(Connection connection) {
      super(connection);
      this.hash = System.identityHashCode(connection);
    }

    /** To be removed when the connection has been collected. */
    Known(Connection connection, ReferenceQueue<Connection> collected) {
      super(connection, collected);
      this.hash = System.identityHashCode(connection);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      if (this == other) {
        return true;
      }
      Connection connection = get();
      return connection != null && other instanceof Known known && known.get() == connection;
    }
  }

  private final List<String> statements;
  private final Map<Known, State> created = new ConcurrentHashMap<>();
  private final ReferenceQueue<Connection> collected = new ReferenceQueue<>();

  /**
   * Describes a reset.
   *
   * @param statements further statements to execute, in this order
   */
  public JdbcReset(String... statements) {
    this.statements = List.of(statements);
  }

  /**
   * Makes a pool note the state of each new connection, and restore it after each lease. It adds to
   * the hooks of the builder, whether they are set before or after this call: the state is noted
   * after {@code onCreate}, so it includes what that has prepared, and restored before {@code
   * onReturn}, which finds no open transaction. They share the time limits: {@code createTimeout}
   * and {@code hookTimeout}. A builder has one reset; another one replaces it.
   */
  public ConnectionPoolBuilder<Connection> applyTo(ConnectionPoolBuilder<Connection> builder) {
    return builder.resetBy(this::remember, this::reset);
  }

  /**
   * Notes the state of a new connection: a hook for {@code onCreate}. If auto-commit is off, it
   * then commits: the statements that prepared the connection, and the calls of this method, would
   * otherwise leave a transaction open until the first lease.
   */
  public void remember(Connection connection) throws SQLException {
    Objects.requireNonNull(connection, "connection");
    forgetCollected();
    created.put(
        new Known(connection, collected),
        new State(
            connection.getAutoCommit(),
            connection.isReadOnly(),
            connection.getTransactionIsolation(),
            holdabilityOf(connection),
            schemaOf(connection),
            catalogOf(connection),
            networkTimeoutOf(connection),
            clientInfoOf(connection),
            typeMapOf(connection)));
    if (!connection.getAutoCommit()) {
      connection.commit();
    }
  }

  /**
   * Restores the state that was noted: a hook for {@code onReturn}.
   *
   * @throws IllegalStateException if {@link #remember} has not seen this connection
   */
  public void reset(Connection connection) throws SQLException {
    State state = created.get(new Known(connection));
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

  private void forgetCollected() {
    for (Reference<?> gone = collected.poll(); gone != null; gone = collected.poll()) {
      created.remove(gone);
    }
  }

  /** How many connections it knows that have not been collected, for tests. */
  int known() {
    forgetCollected();
    return created.size();
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
    if (state.holdability() != UNKNOWN && connection.getHoldability() != state.holdability()) {
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
      // All at once: the driver clears what is missing. It may keep the object.
      connection.setClientInfo(copyOf(clientInfo));
    }
    Map<String, Class<?>> typeMap = state.typeMap();
    if (typeMap != null && !typeMap.equals(typeMapOf(connection))) {
      connection.setTypeMap(new HashMap<>(typeMap));
    }
  }

  /**
   * A copy of its client info; null if the driver does not report it. Drivers know it without
   * asking the server.
   */
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

  /**
   * A copy of its type map, because some drivers return their own object; null if there is none.
   */
  private static @Nullable Map<String, Class<?>> typeMapOf(Connection connection) {
    try {
      Map<String, Class<?>> known = connection.getTypeMap();
      return known == null ? null : new HashMap<>(known);
    } catch (SQLException | UnsupportedOperationException | AbstractMethodError unknown) {
      return null;
    }
  }

  /** Its schema, if the driver knows schemas: some drivers are older than JDBC 4.1. */
  private static @Nullable String schemaOf(Connection connection) throws SQLException {
    try {
      return connection.getSchema();
    } catch (SQLFeatureNotSupportedException
        | UnsupportedOperationException
        | AbstractMethodError unknown) {
      return null;
    }
  }

  private static @Nullable String catalogOf(Connection connection) throws SQLException {
    try {
      return connection.getCatalog();
    } catch (SQLFeatureNotSupportedException | UnsupportedOperationException unknown) {
      return null;
    }
  }

  private static int holdabilityOf(Connection connection) throws SQLException {
    try {
      return connection.getHoldability();
    } catch (SQLFeatureNotSupportedException | UnsupportedOperationException unknown) {
      return UNKNOWN;
    }
  }

  private static int networkTimeoutOf(Connection connection) throws SQLException {
    try {
      return connection.getNetworkTimeout();
    } catch (SQLFeatureNotSupportedException
        | UnsupportedOperationException
        | AbstractMethodError unknown) {
      return UNKNOWN;
    }
  }
}

package dev.pools.example;

import dev.pools.connection.ConnectionPool;
import dev.pools.connection.Lease;
import java.sql.Connection;
import java.util.function.Function;
import javax.sql.DataSource;
import org.springframework.core.io.Resource;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.datasource.init.DatabasePopulatorUtils;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Runs SQL with Spring's own tools on a leased connection.
 *
 * <p>Both methods block until the pool has a free connection, for at most its {@code
 * acquire-timeout}, and throw a {@link dev.pools.connection.ConnectionPoolException} if it has
 * none.
 */
@Component
class CatalogueDatabase {

  private final ConnectionPool<Connection> pool;

  CatalogueDatabase(ConnectionPool<Connection> database) {
    pool = database;
  }

  /**
   * Runs the work in one transaction, and rolls back if it throws.
   *
   * @throws org.springframework.dao.DataAccessException if a statement fails
   * @throws org.springframework.transaction.TransactionException if the transaction cannot be
   *     started, committed or rolled back
   */
  <R> R inTransaction(Function<JdbcClient, R> work) {
    return withDataSource(
        source ->
            new TransactionTemplate(new JdbcTransactionManager(source))
                .execute(status -> work.apply(JdbcClient.create(source))));
  }

  /**
   * Runs the statements of a script, each in its own transaction.
   *
   * @throws org.springframework.dao.DataAccessException if a statement fails
   */
  void runScript(Resource script) {
    var populator = new ResourceDatabasePopulator(script);
    withDataSource(
        source -> {
          DatabasePopulatorUtils.execute(populator, source);
          return script;
        });
  }

  private <R> R withDataSource(Function<DataSource, R> work) {
    try (Lease<Connection> lease = pool.acquire()) {
      // Only the lease may return the connection, so Spring must not close it.
      return work.apply(
          new SingleConnectionDataSource(lease.connection(), /* suppressClose= */ true));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DataAccessResourceFailureException("Interrupted while waiting for a connection", e);
    }
  }
}

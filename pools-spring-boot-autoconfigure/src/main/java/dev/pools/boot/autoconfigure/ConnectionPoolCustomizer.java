package dev.pools.boot.autoconfigure;

import dev.pools.connection.ConnectionPool;
import dev.pools.connection.ConnectionPoolBuilder;

/**
 * A bean that has a say in each configured {@link ConnectionPool}, after its settings are applied.
 */
@FunctionalInterface
public interface ConnectionPoolCustomizer {

  /**
   * Changes the builder of a pool.
   *
   * @param name the name of its bean
   */
  void customize(String name, ConnectionPoolBuilder<?> builder);
}

package dev.pools.boot.autoconfigure;

import dev.pools.task.AdvancedPool;
import dev.pools.task.AdvancedPoolBuilder;

/**
 * A bean that has a say in each configured {@link AdvancedPool}, after its settings are applied.
 */
@FunctionalInterface
public interface AdvancedPoolCustomizer {

  /**
   * Changes the builder of a pool.
   *
   * @param name the name of its bean
   */
  void customize(String name, AdvancedPoolBuilder builder);
}

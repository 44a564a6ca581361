package dev.pools.boot.autoconfigure;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * The pools of the ancestors of a context, those of the starter and those that are beans of the
 * application. A child context uses them, and creates no others with their names: two pools of one
 * name would compete for its meters, and share neither their threads nor their connections.
 */
final class InheritedPools {

  /** A pool of an ancestor, by the name of its bean there. */
  record Inherited(String name, ConfigurableListableBeanFactory context) {}

  private final List<ConfigurableListableBeanFactory> ancestors;
  private final Map<PoolKind, Map<String, Inherited>> known = new HashMap<>();

  InheritedPools(ConfigurableListableBeanFactory beans) {
    this.ancestors = ContextChain.above(beans);
  }

  /** The pool of the nearest ancestor that has one of this name, in any spelling. */
  @Nullable Inherited find(PoolKind kind, PoolName pool) {
    return known.computeIfAbsent(kind, this::look).get(PoolName.uniform(pool.name()));
  }

  private Map<String, Inherited> look(PoolKind kind) {
    Map<String, Inherited> found = new HashMap<>();
    for (ConfigurableListableBeanFactory ancestor : ancestors) {
      for (String name : ancestor.getBeanNamesForType(kind.pool, true, false)) {
        Inherited pool = new Inherited(name, ancestor);
        found.putIfAbsent(PoolName.uniform(name), pool);
        for (String alias : ancestor.getAliases(name)) {
          found.putIfAbsent(PoolName.uniform(alias), pool);
        }
      }
    }
    return found;
  }

  /** Returns the names of all pools that ancestors have, or have settings for. */
  static Set<String> names(PoolKind kind, ConfigurableListableBeanFactory beans) {
    Set<String> names = new HashSet<>();
    for (ConfigurableListableBeanFactory ancestor : ContextChain.above(beans)) {
      names.addAll(List.of(ancestor.getBeanNamesForType(kind.pool, true, false)));
      PoolsBinding binding = PoolsBinding.of(ancestor);
      if (binding != null) {
        binding.pools(kind).forEach(pool -> names.add(pool.name()));
      }
    }
    return names;
  }
}

package dev.pools.boot.autoconfigure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * The pools that are beans of the application itself: of bean methods, of factory beans and of
 * registered objects. Settings with the name of such a bean, in any spelling, are those of that
 * bean. They are found by the types of their definitions; no bean is created.
 */
final class PresentPools {

  /** For settings that are read without an application. */
  static final PresentPools NONE = new PresentPools(null);

  private final @Nullable ConfigurableListableBeanFactory beans;

  /** The names of beans by kind and by uniform name, as they were at the first question. */
  private final Map<PoolKind, Map<String, Collection<String>>> known =
      new EnumMap<>(PoolKind.class);

  private PresentPools(@Nullable ConfigurableListableBeanFactory beans) {
    this.beans = beans;
  }

  /** Those of one context, without its parents. */
  static PresentPools of(ConfigurableListableBeanFactory beans) {
    return new PresentPools(beans);
  }

  /** The beans that have this name in any spelling, or an alias that has it. */
  List<String> named(PoolKind kind, String name) {
    Map<String, Collection<String>> found = known.computeIfAbsent(kind, this::look);
    return new ArrayList<>(found.getOrDefault(PoolName.uniform(name), List.of()));
  }

  private Map<String, Collection<String>> look(PoolKind kind) {
    Map<String, Collection<String>> found = new HashMap<>();
    if (beans == null) {
      return found;
    }
    for (String bean : beans.getBeanNamesForType(kind.pool, true, false)) {
      add(found, bean, bean);
      for (String alias : beans.getAliases(bean)) {
        add(found, alias, bean);
      }
    }
    return found;
  }

  private static void add(Map<String, Collection<String>> found, String name, String bean) {
    found.computeIfAbsent(PoolName.uniform(name), ignored -> new LinkedHashSet<>()).add(bean);
  }
}

package dev.pools.boot.autoconfigure;

import dev.pools.connection.AsyncConnectionCleaner;
import dev.pools.connection.AsyncConnectionFactory;
import dev.pools.connection.AsyncConnectionHook;
import dev.pools.connection.AsyncHealthChecker;
import dev.pools.connection.ConnectionCleaner;
import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionHook;
import dev.pools.connection.HealthChecker;
import dev.pools.connection.JdbcReset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * The names of the beans that connection pools can be created with, also those of parent contexts,
 * by their types, as they are at the first question. Spring looks at each bean for each type that
 * it is asked for, and does not remember the answer of a look-up that must not create beans. This
 * looks at each bean once for all pools, and compares names once, so that each pool costs the same
 * however many there are. Safe for use by several threads.
 */
final class PartBeans {

  private static final List<Class<?>> TYPES =
      List.of(
          ConnectionFactory.class,
          AsyncConnectionFactory.class,
          HealthChecker.class,
          AsyncHealthChecker.class,
          ConnectionCleaner.class,
          AsyncConnectionCleaner.class,
          ConnectionHook.class,
          AsyncConnectionHook.class,
          JdbcReset.class);

  private final ConfigurableListableBeanFactory beans;
  private final Collection<PoolName> pools;

  /** Null until the first question. Two threads that ask at the same time both look. */
  private volatile @Nullable Map<Class<?>, Set<String>> names;

  /** The uniform names of beans. */
  private final Map<String, String> uniform = new ConcurrentHashMap<>();

  /** The uniform names that the beans of all pools would have, by suffix. */
  private final Map<String, Set<String>> ofPools = new ConcurrentHashMap<>();

  /**
   * Creates it.
   *
   * @param pools the names of all configured connection pools
   */
  PartBeans(ConfigurableListableBeanFactory beans, Collection<PoolName> pools) {
    this.beans = beans;
    this.pools = pools;
  }

  /** The beans that have one of these types, those of the first type first. */
  List<String> of(List<Class<?>> types) {
    Map<Class<?>, Set<String>> known = names;
    if (known == null) {
      known = look();
      names = known;
    }
    Set<String> found = new LinkedHashSet<>();
    for (Class<?> type : types) {
      found.addAll(known.getOrDefault(type, Set.of()));
    }
    return new ArrayList<>(found);
  }

  private Map<Class<?>, Set<String>> look() {
    Map<Class<?>, Set<String>> found = new LinkedHashMap<>();
    for (Class<?> type : TYPES) {
      found.put(type, new LinkedHashSet<>());
    }
    // It is too early to create these beans.
    for (String name :
        BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, Object.class, true, false)) {
      Class<?> type = beans.getType(name, false);
      if (type != null) {
        add(found, InjectableBeans.proxyOf(name, beans), type);
      }
    }
    return found;
  }

  private static void add(Map<Class<?>, Set<String>> names, String name, Class<?> found) {
    for (Map.Entry<Class<?>, Set<String>> type : names.entrySet()) {
      if (type.getKey().isAssignableFrom(found)) {
        type.getValue().add(name);
      }
    }
  }

  // ---- Names

  /** Whether a bean has the name of any pool with a suffix, in any spelling. */
  boolean isNamedAfterAnyPool(String bean, String suffix) {
    return ofPools.computeIfAbsent(suffix, this::uniformOfPools).contains(uniform(bean));
  }

  private Set<String> uniformOfPools(String suffix) {
    Set<String> all = new HashSet<>();
    for (PoolName pool : pools) {
      all.add(PoolName.uniform(pool.name() + suffix));
    }
    for (String pool : InheritedPools.names(PoolKind.CONNECTION, beans)) {
      all.add(PoolName.uniform(pool + suffix));
    }
    return all;
  }

  /** The form of a bean's name that all its spellings share. */
  String uniform(String bean) {
    return uniform.computeIfAbsent(bean, PoolName::uniform);
  }
}

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
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * The names of the beans that connection pools can be created with, by their types, as they are at
 * the first question. Spring looks at each bean for each type that it is asked for, and does not
 * remember the answer of a look-up that must not create beans. This looks at each bean once.
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

  /** Empty until the first question. */
  private final Map<Class<?>, Set<String>> names = new HashMap<>();

  PartBeans(ConfigurableListableBeanFactory beans) {
    this.beans = beans;
  }

  /** The beans that have one of these types, those of the first type first. */
  List<String> of(List<Class<?>> types) {
    if (names.isEmpty()) {
      look();
    }
    Set<String> found = new LinkedHashSet<>();
    for (Class<?> type : types) {
      found.addAll(names.getOrDefault(type, Set.of()));
    }
    return new ArrayList<>(found);
  }

  private void look() {
    for (Class<?> type : TYPES) {
      names.put(type, new LinkedHashSet<>());
    }
    // It is too early to create these beans.
    for (String name : beans.getBeanNamesForType(Object.class, true, false)) {
      Class<?> found = beans.getType(name, false);
      if (found != null) {
        add(proxyOf(name), found);
      }
    }
  }

  /** The scoped proxy that stands for a bean; any other bean is its own. */
  private String proxyOf(String bean) {
    if (ScopedProxyUtils.isScopedTarget(bean)) {
      String proxy = ScopedProxyUtils.getOriginalBeanName(bean);
      return beans.containsBean(proxy) ? proxy : bean;
    }
    return bean;
  }

  private void add(String name, Class<?> found) {
    for (Map.Entry<Class<?>, Set<String>> type : names.entrySet()) {
      if (type.getKey().isAssignableFrom(found)) {
        type.getValue().add(name);
      }
    }
  }
}

package dev.pools.boot.lifecycle;

import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.beans.factory.config.SingletonBeanRegistry;
import org.springframework.context.ApplicationContext;

/**
 * Finds the pools of a context that are initialized. Stopping or counting pools must not create
 * one.
 */
final class InitializedPools {

  private InitializedPools() {}

  /** Returns the pools of one type, by the names of their beans. */
  static <P> Map<String, P> of(ApplicationContext context, Class<P> type) {
    SingletonBeanRegistry made = (SingletonBeanRegistry) context.getAutowireCapableBeanFactory();
    Map<String, P> pools = new LinkedHashMap<>();
    for (String name : context.getBeanNamesForType(type, false, false)) {
      if (made.containsSingleton(name)) {
        P pool = context.getBean(name, type);
        if (isPool(pool)) {
          pools.put(name, pool);
        }
      }
    }
    return pools;
  }

  /** A mock, in a test of the application, answers null, and can be neither started nor stopped. */
  static boolean isPool(Object bean) {
    return bean instanceof AdvancedPool tasks
        ? tasks.stats() != null
        : !(bean instanceof ConnectionPool<?> connections) || connections.stats() != null;
  }
}

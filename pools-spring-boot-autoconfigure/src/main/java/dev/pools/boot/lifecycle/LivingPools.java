package dev.pools.boot.lifecycle;

import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.beans.factory.config.SingletonBeanRegistry;
import org.springframework.context.ApplicationContext;

/** The pools of a context that have been made. To stop one, or count it, none is made. */
final class LivingPools {

  private LivingPools() {}

  /** Those of one type, by the names of their beans. */
  static <P> Map<String, P> of(ApplicationContext context, Class<P> type) {
    SingletonBeanRegistry made = (SingletonBeanRegistry) context.getAutowireCapableBeanFactory();
    Map<String, P> pools = new LinkedHashMap<>();
    for (String name : context.getBeanNamesForType(type, false, false)) {
      if (made.containsSingleton(name)) {
        pools.put(name, context.getBean(name, type));
      }
    }
    return pools;
  }
}

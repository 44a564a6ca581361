package dev.pools.boot.autoconfigure;

import java.util.Map;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;

/**
 * The beans that one pool calls. Tells Spring of each that the pool depends on it. It and what it
 * needs itself are then destroyed after the pool.
 */
record NeededBeans(ConfigurableListableBeanFactory beans, String pool) {

  /** Returns the bean of this name. */
  Object get(String name) {
    Object bean = beans.getBean(name);
    beans.registerDependentBean(name, pool);
    return bean;
  }

  /** Returns all that Spring would inject of a class, as {@link InjectableBeans} does. */
  <T> Map<String, T> all(Class<T> type) {
    return all(type, ResolvableType.forRawClass(type));
  }

  /** Returns all that Spring would inject of a class whose generics fit. */
  <T> Map<String, T> all(Class<T> type, ResolvableType exact) {
    Map<String, T> all = InjectableBeans.of(beans, type, exact);
    all.keySet().forEach(name -> beans.registerDependentBean(name, pool));
    return all;
  }
}

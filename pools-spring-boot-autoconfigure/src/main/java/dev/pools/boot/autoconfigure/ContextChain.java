package dev.pools.boot.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ConfigurableApplicationContext;

/** A context and its ancestors, as bean factories. Many look-ups of Spring see one of them only. */
final class ContextChain {

  private ContextChain() {}

  /** Returns the factory and those of its ancestors, the nearest first. */
  static List<ConfigurableListableBeanFactory> of(ConfigurableListableBeanFactory beans) {
    List<ConfigurableListableBeanFactory> chain = new ArrayList<>();
    BeanFactory next = beans;
    while (next instanceof ConfigurableListableBeanFactory factory) {
      chain.add(factory);
      next = factory.getParentBeanFactory();
      if (next instanceof ConfigurableApplicationContext parent) {
        next = parent.getBeanFactory();
      }
    }
    return chain;
  }

  /** Returns the ancestors alone, the nearest first. */
  static List<ConfigurableListableBeanFactory> above(ConfigurableListableBeanFactory beans) {
    List<ConfigurableListableBeanFactory> chain = of(beans);
    return chain.subList(1, chain.size());
  }

  /** Returns how far away the context is that has this bean: 0 for the factory itself. */
  static int distance(String bean, ConfigurableListableBeanFactory beans) {
    List<ConfigurableListableBeanFactory> chain = of(beans);
    int distance = 0;
    while (distance < chain.size() && !chain.get(distance).containsLocalBean(bean)) {
      distance++;
    }
    return distance;
  }

  /** Returns the definition, here or in an ancestor; null if the bean was registered as it is. */
  static @Nullable BeanDefinition definition(String bean, ConfigurableListableBeanFactory beans) {
    try {
      return beans.getMergedBeanDefinition(bean);
    } catch (NoSuchBeanDefinitionException registeredAsItIs) {
      return null;
    }
  }
}

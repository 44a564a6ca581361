package dev.pools.boot.autoconfigure;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;

/**
 * The beans of one type that Spring would inject as a list, by their names and in that order, with
 * those of parent contexts. A look-up by type finds more: the bean behind a scoped proxy, which
 * would be used in addition to its proxy, and beans that their definitions exclude from injection.
 */
final class InjectableBeans {

  private InjectableBeans() {}

  /** Returns the beans of a class. Those that do not exist yet are created. */
  static <T> Map<String, T> of(ConfigurableListableBeanFactory beans, Class<T> type) {
    return of(beans, type, ResolvableType.forRawClass(type));
  }

  /**
   * Returns the beans of a class whose generics fit. Spring remembers which beans have a class. For
   * a type with generics it would look at all beans of the application each time.
   */
  static <T> Map<String, T> of(
      ConfigurableListableBeanFactory beans, Class<T> type, ResolvableType exact) {
    Map<String, T> found = new LinkedHashMap<>();
    for (String name : BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, type)) {
      String proxy = proxyOf(name, beans);
      if (!found.containsKey(proxy)
          && isCandidate(proxy, beans)
          && (!exact.hasGenerics() || beans.isTypeMatch(name, exact))) {
        Object bean = beans.getBean(proxy);
        // A bean method may have returned null, for which Spring has an object of its own.
        if (type.isInstance(bean)) {
          found.put(proxy, type.cast(bean));
        }
      }
    }
    return inOrder(found, beans);
  }

  /** Returns the scoped proxy that stands for a bean; any other bean is its own. */
  static String proxyOf(String bean, ConfigurableListableBeanFactory beans) {
    if (ScopedProxyUtils.isScopedTarget(bean)) {
      String proxy = ScopedProxyUtils.getOriginalBeanName(bean);
      return beans.containsBean(proxy) ? proxy : bean;
    }
    return bean;
  }

  /** Whether Spring injects the bean where nothing but its type is asked for. */
  static boolean isCandidate(String bean, ConfigurableListableBeanFactory beans) {
    BeanDefinition definition = ContextChain.definition(bean, beans);
    return definition == null
        || (definition.isAutowireCandidate()
            && !(definition instanceof AbstractBeanDefinition own && !own.isDefaultCandidate()));
  }

  // ---- Order

  private static <T> Map<String, T> inOrder(
      Map<String, T> found, ConfigurableListableBeanFactory beans) {
    if (found.size() < 2) {
      return found;
    }
    IdentityHashMap<Object, String> names = new IdentityHashMap<>();
    for (Map.Entry<String, T> entry : found.entrySet()) {
      names.put(entry.getValue(), entry.getKey());
    }
    List<Map.Entry<String, T>> entries = new ArrayList<>(found.entrySet());
    entries.sort(
        Map.Entry.comparingByValue(
            AnnotationAwareOrderComparator.INSTANCE.withSourceProvider(
                bean -> orderSources(bean, names.get(bean), beans))));
    Map<String, T> ordered = new LinkedHashMap<>();
    for (Map.Entry<String, T> entry : entries) {
      ordered.put(entry.getKey(), entry.getValue());
    }
    return ordered;
  }

  /** Where Spring looks for the order of a bean before it asks the bean itself. */
  private static Object[] orderSources(
      Object bean, @Nullable String name, ConfigurableListableBeanFactory beans) {
    List<Object> sources = new ArrayList<>();
    if (name != null
        && ContextChain.definition(name, beans) instanceof RootBeanDefinition definition) {
      if (definition.getAttribute(AbstractBeanDefinition.ORDER_ATTRIBUTE)
          instanceof Integer order) {
        sources.add((Ordered) () -> order);
      }
      Method method = definition.getResolvedFactoryMethod();
      if (method != null) {
        sources.add(method);
      }
      Class<?> type = definition.getTargetType();
      if (type != null && type != bean.getClass()) {
        sources.add(type);
      }
    }
    return sources.toArray();
  }
}

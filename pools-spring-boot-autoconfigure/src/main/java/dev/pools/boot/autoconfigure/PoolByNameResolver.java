package dev.pools.boot.autoconfigure;

import java.util.HashMap;
import java.util.Map;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanDefinitionHolder;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.DependencyDescriptor;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.annotation.ContextAnnotationAutowireCandidateResolver;

/**
 * Lets an injection point with the name of a pool get this pool, although pools are fallback beans:
 * {@code Executor printer} is the pool {@code printer}, and {@code Executor executor} is Spring
 * Boot's. Without it, the only bean that is no fallback would be injected into both. A qualifier
 * and a primary bean take precedence over the name, as usual.
 */
final class PoolByNameResolver extends ContextAnnotationAutowireCandidateResolver {

  private final ConfigurableListableBeanFactory beans;
  private final Map<String, String> pools;

  /**
   * Creates it.
   *
   * @param pools the names of the beans that are pools, by each of their names and aliases
   */
  PoolByNameResolver(ConfigurableListableBeanFactory beans, Map<String, String> pools) {
    this.beans = beans;
    this.pools = Map.copyOf(pools);
  }

  /** Returns the pools of the ancestors of a context, by each of their names and aliases. */
  static Map<String, String> poolsAbove(ConfigurableListableBeanFactory beans) {
    Map<String, String> above = new HashMap<>();
    for (ConfigurableListableBeanFactory ancestor : ContextChain.above(beans)) {
      if (ancestor instanceof DefaultListableBeanFactory factory
          && factory.getAutowireCandidateResolver() instanceof PoolByNameResolver resolver) {
        resolver.pools.forEach(above::putIfAbsent);
      }
    }
    return above;
  }

  @Override
  public boolean isAutowireCandidate(
      BeanDefinitionHolder candidate, DependencyDescriptor descriptor) {
    return super.isAutowireCandidate(candidate, descriptor)
        && (candidate.getBeanDefinition().isPrimary()
            || !isNamedAfterAnotherPool(candidate, descriptor));
  }

  private boolean isNamedAfterAnotherPool(
      BeanDefinitionHolder candidate, DependencyDescriptor descriptor) {
    String name = descriptor.usesStandardBeanLookup() ? descriptor.getDependencyName() : null;
    String pool = name == null ? null : pools.get(name);
    return pool != null
        && !pool.equals(candidate.getBeanName())
        && ContextChain.definition(pool, beans) != null
        && beans.isTypeMatch(pool, descriptor.getResolvableType())
        && super.isAutowireCandidate(holder(pool), descriptor);
  }

  private BeanDefinitionHolder holder(String pool) {
    BeanDefinition definition = beans.getMergedBeanDefinition(pool);
    return new BeanDefinitionHolder(definition, pool, beans.getAliases(pool));
  }
}

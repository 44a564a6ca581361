package dev.pools.boot.autoconfigure;

import dev.pools.boot.lifecycle.AdvancedPoolLifecycle;
import dev.pools.boot.lifecycle.ConnectionPoolLifecycle;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.ContextAnnotationAutowireCandidateResolver;
import org.springframework.core.ResolvableType;

/**
 * Defines a bean for each configured pool.
 *
 * <p>It runs when all other definitions are there, for two reasons. The type of a connection pool
 * is that of its factory, which may be any bean. And conditions on an {@code Executor} bean, such
 * as that on Spring Boot's own {@code applicationTaskExecutor}, must not see these pools: adding a
 * pool for some tasks does not ask for it to run all the others.
 *
 * <p>For the same reason a task pool is a fallback bean: where an {@code Executor} is injected,
 * each other bean of that type takes precedence.
 */
class PoolBeanRegistrar implements BeanDefinitionRegistryPostProcessor {

  /** The name of the pool that is there if none is configured. */
  static final String DEFAULT_ADVANCED_POOL = "advancedPool";

  /** The attribute of a connection pool's definition that has the name of its factory's bean. */
  private static final String FACTORY = PoolBeanRegistrar.class.getName() + ".factory";

  private static final Logger LOG = LoggerFactory.getLogger(PoolBeanRegistrar.class);

  private final PoolsBinding binding;

  /** The beans of configured task pools, by all their names. */
  private final Map<String, String> advancedPools = new HashMap<>();

  PoolBeanRegistrar(PoolsBinding binding) {
    this.binding = binding;
  }

  @Override
  public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
    if (registry instanceof ConfigurableListableBeanFactory beans
        && binding.properties().isEnabled()) {
      for (String warning : binding.warnings()) {
        LOG.warn(warning);
      }
      InheritedPools ofAncestors = new InheritedPools(beans);
      for (PoolName pool : binding.pools(PoolKind.ADVANCED)) {
        if (isFree(pool, PoolKind.ADVANCED, registry, beans, ofAncestors)) {
          register(pool, advancedPool(pool.name()), registry);
          registerLifecycle(pool, PoolKind.ADVANCED, AdvancedPoolLifecycle.class, registry);
        }
        String bean = beanOf(pool, registry, ofAncestors);
        if (bean != null) {
          advancedPools.put(pool.name(), bean);
          for (String alias : pool.aliases()) {
            advancedPools.put(alias, bean);
          }
        }
      }
      if (binding.pools(PoolKind.ADVANCED).isEmpty()) {
        registerDefault(registry, beans);
      }
      new ApplicationExecutorRegistrar(binding, advancedPools).register(registry, beans);
      PartBeans parts = new PartBeans(beans, binding.pools(PoolKind.CONNECTION));
      for (PoolName pool : binding.pools(PoolKind.CONNECTION)) {
        if (isFree(pool, PoolKind.CONNECTION, registry, beans, ofAncestors)) {
          register(pool, connectionPool(pool.name(), parts, beans), registry);
          registerLifecycle(pool, PoolKind.CONNECTION, ConnectionPoolLifecycle.class, registry);
        }
      }
    }
  }

  @Override
  public void postProcessBeanFactory(ConfigurableListableBeanFactory beans) {
    Map<String, String> named = PoolByNameResolver.poolsAbove(beans);
    named.putAll(advancedPools);
    if (!named.isEmpty()
        && beans instanceof DefaultListableBeanFactory factory
        && factory.getAutowireCandidateResolver().getClass()
            == ContextAnnotationAutowireCandidateResolver.class) {
      factory.setAutowireCandidateResolver(new PoolByNameResolver(factory, named));
    }
  }

  private static void register(
      PoolName pool, RootBeanDefinition definition, BeanDefinitionRegistry registry) {
    registry.registerBeanDefinition(pool.name(), definition);
    for (String alias : pool.aliases()) {
      if (!registry.isBeanNameInUse(alias)) {
        registry.registerAlias(pool.name(), alias);
      }
    }
  }

  /** A pool with a phase of its own starts and stops by itself. */
  private void registerLifecycle(
      PoolName pool, PoolKind kind, Class<?> lifecycle, BeanDefinitionRegistry registry) {
    CommonPoolProperties settings = binding.settings(kind, pool.name());
    if (settings == null || settings.getPhase() == null) {
      return;
    }
    RootBeanDefinition definition =
        madeBy(PoolLifecycles.class, kind.name().toLowerCase(Locale.ROOT), pool.name());
    definition.setTargetType(lifecycle);
    definition.setAutowireCandidate(false);
    registry.registerBeanDefinition(PoolLifecycles.beanName(kind, pool.name()), definition);
  }

  /** The name of the bean that opens a pool's connections; null if it is not known here. */
  static @Nullable String factoryOf(String pool, ConfigurableListableBeanFactory beans) {
    Object factory =
        beans.containsBeanDefinition(pool)
            ? beans.getBeanDefinition(pool).getAttribute(FACTORY)
            : null;
    return factory == null ? null : factory.toString();
  }

  /** Can be injected as a pool, but does not compete with other beans for an Executor. */
  private static void registerDefault(
      BeanDefinitionRegistry registry, ConfigurableListableBeanFactory beans) {
    if (BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, AdvancedPool.class, true, false)
                .length
            == 0
        && !registry.isBeanNameInUse(DEFAULT_ADVANCED_POOL)) {
      registry.registerBeanDefinition(DEFAULT_ADVANCED_POOL, advancedPool(DEFAULT_ADVANCED_POOL));
    }
  }

  private static RootBeanDefinition advancedPool(String name) {
    RootBeanDefinition pool = madeBy(AdvancedPoolFactory.class, name);
    pool.setTargetType(AdvancedPool.class);
    pool.setFallback(true);
    // PoolDestruction has closed the pool by then.
    pool.setDestroyMethodName("shutdown");
    return pool;
  }

  private RootBeanDefinition connectionPool(
      String name, PartBeans all, ConfigurableListableBeanFactory beans) {
    ConnectionPoolBeanResolver parts = new ConnectionPoolBeanResolver(beans, all, binding, name);
    ConnectionPoolProperties settings =
        binding
            .properties()
            .getConnection()
            .getInstances()
            .getOrDefault(name, new ConnectionPoolProperties());
    String factory = parts.factory(settings);
    ResolvableType connection = parts.connectionType(factory);
    // A part of the wrong type stops the application now, even if the pool is created later.
    parts.check(settings, connection);
    RootBeanDefinition pool = madeBy(ConnectionPoolFactory.class, name);
    pool.setTargetType(ResolvableType.forClassWithGenerics(ConnectionPool.class, connection));
    pool.setAttribute(FACTORY, factory);
    pool.setDestroyMethodName("close");
    return pool;
  }

  /** The bean of a task pool, here or in an ancestor; null if there is none. */
  private @Nullable String beanOf(
      PoolName pool, BeanDefinitionRegistry registry, InheritedPools ofAncestors) {
    if (registry.containsBeanDefinition(pool.name())) {
      return pool.name();
    }
    CommonPoolProperties settings = binding.settings(PoolKind.ADVANCED, pool.name());
    InheritedPools.Inherited inherited = ofAncestors.find(PoolKind.ADVANCED, pool);
    return inherited == null || settings == null || !settings.isEnabled() ? null : inherited.name();
  }

  /**
   * Whether the pool is enabled, and no bean has its name in any spelling. A pool bean of the user
   * with the same name replaces the configured pool, and so does a pool of an ancestor; any other
   * bean with that name is an error.
   */
  private boolean isFree(
      PoolName pool,
      PoolKind kind,
      BeanDefinitionRegistry registry,
      ConfigurableListableBeanFactory beans,
      InheritedPools ofAncestors) {
    CommonPoolProperties settings = binding.settings(kind, pool.name());
    if (settings == null || !settings.isEnabled()) {
      return false;
    }
    InheritedPools.Inherited inherited = ofAncestors.find(kind, pool);
    List<String> names = new ArrayList<>(List.of(pool.name()));
    names.addAll(pool.aliases());
    for (String name : names) {
      Class<?> taken = typeOf(name, registry, beans);
      if (taken == null) {
        continue;
      }
      if (kind.pool.isAssignableFrom(taken)) {
        warnOfShadowed(pool, name, beans);
        return false;
      }
      boolean ofOurs = taken == AdvancedPool.class || taken == ConnectionPool.class;
      if (inherited == null && (ofOurs || name.equals(pool.name()))) {
        throw taken(pool, kind, name, taken, beans);
      }
    }
    if (inherited != null) {
      InheritedSettings.warnOfDifferences(binding, kind, pool, inherited);
      addAliases(pool, inherited.name(), registry, beans);
    }
    return inherited == null;
  }

  /** The pool of an ancestor is injected by each name that it has here. */
  private static void addAliases(
      PoolName pool,
      String inherited,
      BeanDefinitionRegistry registry,
      ConfigurableListableBeanFactory beans) {
    List<String> names = new ArrayList<>(List.of(pool.name()));
    names.addAll(pool.aliases());
    for (String name : names) {
      if (!beans.containsBean(name) && !registry.isBeanNameInUse(name)) {
        registry.registerAlias(inherited, name);
      }
    }
  }

  private static @Nullable Class<?> typeOf(
      String name, BeanDefinitionRegistry registry, ConfigurableListableBeanFactory beans) {
    if (!registry.isBeanNameInUse(name)) {
      return null;
    }
    Class<?> type = beans.containsBean(name) ? beans.getType(name, false) : null;
    // A bean has the name, but its definition does not show its type.
    return type == null ? Object.class : type;
  }

  private static void warnOfShadowed(
      PoolName pool, String name, ConfigurableListableBeanFactory beans) {
    if (isGenerated(name, beans)) {
      return;
    }
    LOG.warn(
        "Pool '{}': the settings under {} have no effect on its options, because the bean '{}' of"
            + " the application itself is used in place of that pool. Remove the settings or the"
            + " bean, or give one of them another name.",
        pool.name(),
        UnknownSettings.typed(pool.property()),
        name);
  }

  /** Returns whether the application has a pool bean of its own with this name. */
  static boolean isOfTheUser(String pool, ConfigurableListableBeanFactory beans) {
    if (isGenerated(pool, beans)) {
      return false;
    }
    String maker =
        beans.containsBeanDefinition(pool)
            ? beans.getBeanDefinition(pool).getFactoryBeanName()
            : null;
    return !AdvancedPoolFactory.class.getName().equals(maker)
        && !ConnectionPoolFactory.class.getName().equals(maker);
  }

  /** Whether it was registered ahead of time, and so may be our own. */
  private static boolean isGenerated(String name, ConfigurableListableBeanFactory beans) {
    return beans.containsBeanDefinition(name)
        && beans.getBeanDefinition(name) instanceof AbstractBeanDefinition definition
        && definition.getInstanceSupplier()
            instanceof org.springframework.beans.factory.aot.BeanInstanceSupplier<?>;
  }

  private static InvalidPoolException taken(
      PoolName pool,
      PoolKind kind,
      String name,
      Class<?> taken,
      ConfigurableListableBeanFactory beans) {
    String holder = name;
    for (String alias : beans.getAliases(name)) {
      holder = beans.containsBeanDefinition(alias) ? alias : holder;
    }
    String by =
        taken == AdvancedPool.class
            ? "the pool of " + PoolKind.ADVANCED.property(holder, "")
            : "a bean of type " + taken.getName();
    return new InvalidPoolException(
        "The pool of %s cannot have the name '%s': %s has it."
            .formatted(kind.property(pool.name(), ""), name, by),
        "Rename one of the two.",
        null);
  }

  private static RootBeanDefinition madeBy(Class<?> maker, String name) {
    return madeBy(maker, "make", name);
  }

  /** Defines a bean that a method of a factory creates for the pool with this name. */
  static RootBeanDefinition madeBy(Class<?> maker, String method, String name) {
    RootBeanDefinition pool = new RootBeanDefinition();
    pool.setFactoryBeanName(maker.getName());
    pool.setFactoryMethodName(method);
    pool.getConstructorArgumentValues().addIndexedArgumentValue(0, name);
    pool.setRole(BeanDefinition.ROLE_APPLICATION);
    pool.setResourceDescription("the properties of the pool '" + name + "'");
    return pool;
  }
}

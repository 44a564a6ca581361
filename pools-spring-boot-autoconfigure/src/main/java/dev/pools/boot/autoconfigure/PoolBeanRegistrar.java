package dev.pools.boot.autoconfigure;

import dev.pools.connection.AsyncConnectionFactory;
import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import java.util.Map;
import java.util.Set;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;

/**
 * Makes a bean definition of each configured pool.
 *
 * <p>It runs when all other definitions are there, for two reasons. The type of a connection pool
 * is that of its factory, which may be any bean. And conditions on an {@code Executor} bean, such
 * as that on Spring Boot's own {@code applicationTaskExecutor}, must not see these pools: who adds
 * a pool for some of his tasks has not asked for it to run all the others.
 */
class PoolBeanRegistrar implements BeanDefinitionRegistryPostProcessor {

  /** The name of the pool that is there if none is configured. */
  static final String DEFAULT_ADVANCED_POOL = "advancedPool";

  private final Environment environment;

  PoolBeanRegistrar(Environment environment) {
    this.environment = environment;
  }

  @Override
  public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
    if (registry instanceof ConfigurableListableBeanFactory beans) {
      SettingsReader<AdvancedPoolSettings> advanced = SettingsReader.advanced(environment);
      Set<String> names = advanced.instances().keySet();
      for (String name : names) {
        if (isFree(name, AdvancedPool.class, advanced.property(name, ""), registry, beans)) {
          registry.registerBeanDefinition(name, advancedPool(name));
        }
      }
      if (names.isEmpty()) {
        registerDefault(registry, beans);
      }
      SettingsReader<ConnectionPoolSettings> connection = SettingsReader.connection(environment);
      Map<String, ConnectionPoolSettings> instances = connection.instances();
      instances.forEach(
          (name, settings) -> {
            if (isFree(
                name, ConnectionPool.class, connection.property(name, ""), registry, beans)) {
              PartFinder parts = new PartFinder(beans, name, instances.keySet());
              registry.registerBeanDefinition(name, connectionPool(name, settings, parts));
            }
          });
    }
  }

  /** It is there for whoever asks for a pool, and in the way of nobody who asks for an Executor. */
  private static void registerDefault(
      BeanDefinitionRegistry registry, ConfigurableListableBeanFactory beans) {
    if (beans.getBeanNamesForType(AdvancedPool.class, true, false).length == 0
        && !registry.isBeanNameInUse(DEFAULT_ADVANCED_POOL)) {
      RootBeanDefinition pool = advancedPool(DEFAULT_ADVANCED_POOL);
      pool.setFallback(true);
      registry.registerBeanDefinition(DEFAULT_ADVANCED_POOL, pool);
    }
  }

  private static RootBeanDefinition advancedPool(String name) {
    RootBeanDefinition pool = madeBy(AdvancedPoolMaker.class, name);
    pool.setTargetType(AdvancedPool.class);
    // It has been drained by then; what it still has must not hold the application up.
    pool.setDestroyMethodName("shutdownNow");
    return pool;
  }

  private static RootBeanDefinition connectionPool(
      String name, ConnectionPoolSettings settings, PartFinder parts) {
    String factory =
        parts.required(
            settings.getFactory(),
            "ConnectionFactory",
            "factory",
            ConnectionFactory.class,
            AsyncConnectionFactory.class);
    RootBeanDefinition pool = madeBy(ConnectionPoolMaker.class, name);
    pool.setTargetType(
        ResolvableType.forClassWithGenerics(ConnectionPool.class, parts.connectionType(factory)));
    pool.setDestroyMethodName("close");
    return pool;
  }

  /**
   * Whether no bean has this name yet. A pool of the user's own, of the same name, is in place of
   * ours; anything else of that name is a mistake.
   */
  private static boolean isFree(
      String name,
      Class<?> poolType,
      String property,
      BeanDefinitionRegistry registry,
      ConfigurableListableBeanFactory beans) {
    if (!registry.isBeanNameInUse(name)) {
      return true;
    }
    Class<?> taken = beans.containsBean(name) ? beans.getType(name, false) : null;
    if (taken == null || poolType.isAssignableFrom(taken)) {
      return false;
    }
    String by =
        taken == AdvancedPool.class
            ? "the pool of pools.advanced.instances." + name
            : "a bean of type " + taken.getName();
    throw new InvalidPoolException(
        "The pool of %s cannot have the name '%s': %s has it.".formatted(property, name, by),
        "Give one of the two another name.",
        null);
  }

  private static RootBeanDefinition madeBy(Class<?> maker, String name) {
    RootBeanDefinition pool = new RootBeanDefinition();
    pool.setFactoryBeanName(maker.getName());
    pool.setFactoryMethodName("make");
    pool.getConstructorArgumentValues().addIndexedArgumentValue(0, name);
    pool.setRole(BeanDefinition.ROLE_APPLICATION);
    pool.setResourceDescription("the properties of the pool '" + name + "'");
    return pool;
  }
}

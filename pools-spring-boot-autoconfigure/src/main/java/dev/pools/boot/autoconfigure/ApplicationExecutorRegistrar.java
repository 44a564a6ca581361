package dev.pools.boot.autoconfigure;

import dev.pools.boot.task.PoolTaskExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.type.MethodMetadata;
import org.springframework.scheduling.TaskScheduler;

/**
 * Replaces Spring Boot's own executor by the pool whose settings ask for it. All code that uses
 * that executor looks it up by its name.
 */
final class ApplicationExecutorRegistrar {

  private static final String BEAN = "applicationTaskExecutor";

  /** The name under which Spring looks for the executor of unqualified {@code @Async} methods. */
  private static final String OF_ASYNC = "taskExecutor";

  private static final String SETTING = "application-task-executor";

  private final PoolsBinding binding;
  private final Map<String, String> pools;

  /**
   * Creates it.
   *
   * @param pools the pools that are beans, by all their names
   */
  ApplicationExecutorRegistrar(PoolsBinding binding, Map<String, String> pools) {
    this.binding = binding;
    this.pools = pools;
  }

  void register(BeanDefinitionRegistry registry, ConfigurableListableBeanFactory beans) {
    List<String> chosen = new ArrayList<>();
    for (Map.Entry<String, AdvancedPoolProperties> pool :
        binding.properties().getAdvanced().getInstances().entrySet()) {
      AdvancedPoolProperties settings = pool.getValue();
      if (settings.isEnabled() && settings.isApplicationTaskExecutor()) {
        chosen.add(pool.getKey());
      }
    }
    if (chosen.size() > 1) {
      throw several(chosen);
    }
    if (chosen.isEmpty() || !pools.containsKey(chosen.get(0))) {
      return;
    }
    String pool = chosen.get(0);
    if (registry.isBeanNameInUse(BEAN)) {
      if (isOurs(beans)) {
        return;
      }
      if (!isOfBoot(registry)) {
        throw taken(pool, beans);
      }
      registry.removeBeanDefinition(BEAN);
    }
    registry.registerBeanDefinition(BEAN, executor(pool, beans));
    if (!registry.isBeanNameInUse(OF_ASYNC)) {
      registry.registerAlias(BEAN, OF_ASYNC);
    }
  }

  private RootBeanDefinition executor(String pool, ConfigurableListableBeanFactory beans) {
    RootBeanDefinition executor =
        PoolBeanRegistrar.madeBy(AdvancedPoolFactory.class, "applicationTaskExecutor", pool);
    executor.setTargetType(PoolTaskExecutor.class);
    executor.setDependsOn(pool);
    // Boot does not create its own executor if the user has one, so this one is not created either.
    executor.setFallback(hasOtherExecutor(beans));
    return executor;
  }

  private boolean hasOtherExecutor(ConfigurableListableBeanFactory beans) {
    for (String name : beans.getBeanNamesForType(Executor.class, true, false)) {
      if (!name.equals(BEAN)
          && !pools.containsKey(name)
          && InjectableBeans.isCandidate(name, beans)
          && !beans.isTypeMatch(name, TaskScheduler.class)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOurs(ConfigurableListableBeanFactory beans) {
    return beans.containsBean(BEAN) && beans.getType(BEAN, false) == PoolTaskExecutor.class;
  }

  private static boolean isOfBoot(BeanDefinitionRegistry registry) {
    BeanDefinition definition =
        registry.containsBeanDefinition(BEAN) ? registry.getBeanDefinition(BEAN) : null;
    MethodMetadata method =
        definition instanceof AnnotatedBeanDefinition annotated
            ? annotated.getFactoryMethodMetadata()
            : null;
    return method != null
        && method.getDeclaringClassName().startsWith("org.springframework.boot.autoconfigure.");
  }

  private InvalidPoolException several(List<String> chosen) {
    return new InvalidPoolException(
        "The pools %s all have %s: true, but an application has one executor."
            .formatted(String.join(" and ", chosen), SETTING),
        "Set it for one of them only: "
            + String.join(
                " or ", chosen.stream().map(ApplicationExecutorRegistrar::property).toList())
            + ".",
        null);
  }

  private static InvalidPoolException taken(String pool, ConfigurableListableBeanFactory beans) {
    Class<?> type = beans.containsBean(BEAN) ? beans.getType(BEAN, false) : null;
    return new InvalidPoolException(
        "The property %s is true, but the application has a bean '%s' of its own%s."
            .formatted(property(pool), BEAN, type == null ? "" : ", of type " + type.getName()),
        "Remove that bean, or the property.",
        null);
  }

  private static String property(String pool) {
    return PoolKind.ADVANCED.property(pool, SETTING);
  }
}

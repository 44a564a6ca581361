package dev.pools.boot.autoconfigure;

import dev.pools.boot.autoconfigure.AdvancedPoolProperties.Threads;
import dev.pools.boot.task.PoolTaskExecutor;
import dev.pools.task.AdvancedPool;
import dev.pools.task.AdvancedPoolBuilder;
import dev.pools.task.PoolListener;
import dev.pools.task.TaskDecorator;
import dev.pools.task.WorkerThreads;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.Environment;

/** Creates the configured task pools from their settings and the beans that customize them. */
class AdvancedPoolFactory {

  private final ConfigurableListableBeanFactory beans;
  private final PoolsBinding binding;
  private final Environment environment;
  private final PoolsInCreation creations;

  AdvancedPoolFactory(
      ConfigurableListableBeanFactory beans,
      PoolsBinding binding,
      Environment environment,
      PoolsInCreation creations) {
    this.beans = beans;
    this.binding = binding;
    this.environment = environment;
    this.creations = creations;
  }

  /** Creates the pool of this name, with the default settings if it has none of its own. */
  AdvancedPool make(String name) {
    return creations.create(name, () -> build(name));
  }

  private AdvancedPool build(String name) {
    NeededBeans needed = new NeededBeans(beans, name);
    AdvancedPoolBuilder builder = builder(name);
    TaskObserver.Parts observer = observer(needed);
    if (observer != null) {
      // The first to be told, so that other listeners are told inside of the observation.
      builder.listener(observer.listener());
    }
    decorate(builder, observer, needed);
    needed.all(PoolListener.class).values().forEach(builder::listener);
    PoolCustomizers<AdvancedPoolCustomizer> customizers =
        PoolCustomizers.of(needed.all(AdvancedPoolCustomizer.class));
    AdvancedPool pool =
        customizers.build(
            new InvalidSetting(binding, PoolKind.ADVANCED, name),
            customizer -> customizer.customize(name, builder),
            builder::build,
            () -> check(name));
    if (!customizers.ofTheUser().isEmpty()) {
      creations.noteCustomized(
          name, SettingOrigins.customized(PoolKind.ADVANCED, settings(name), pool.options()));
    }
    return pool;
  }

  /** Creates the executor of the application, which runs everything on the pool of this name. */
  PoolTaskExecutor applicationTaskExecutor(String name) {
    return new PoolTaskExecutor(beans.getBean(name, AdvancedPool.class));
  }

  /**
   * Creates a pool of the settings alone, and shuts it down.
   *
   * @throws InvalidPoolException if the settings are to blame
   */
  void check(String name) {
    AdvancedPoolBuilder builder = builder(name);
    try {
      builder.threads(WorkerThreads.daemon()).build().shutdownNow();
    } catch (IllegalArgumentException fault) {
      throw new InvalidSetting(binding, PoolKind.ADVANCED, name).refused(fault);
    }
  }

  private AdvancedPoolProperties settings(String name) {
    AdvancedPoolProperties own = binding.properties().getAdvanced().getInstances().get(name);
    return own == null ? binding.properties().getAdvanced().getDefaults() : own;
  }

  private TaskObserver.@Nullable Parts observer(NeededBeans needed) {
    for (TaskObserver observer : needed.all(TaskObserver.class).values()) {
      return observer.parts(settings(needed.pool()));
    }
    return null;
  }

  private AdvancedPoolBuilder builder(String name) {
    AdvancedPoolProperties settings = settings(name);
    AdvancedPoolBuilder builder = AdvancedPool.builder().name(name);
    try {
      settings.applyTo(builder, settings.threadsOr(usualThreads(environment)));
    } catch (IllegalArgumentException fault) {
      throw new InvalidSetting(binding, PoolKind.ADVANCED, name).refused(fault);
    }
    return builder;
  }

  /** Returns the value to use if the settings contain none. */
  static Threads usualThreads(Environment environment) {
    return environment.getProperty("spring.threads.virtual.enabled", boolean.class, false)
            && WorkerThreads.virtualSupported()
        ? Threads.VIRTUAL
        : Threads.PLATFORM;
  }

  /** Our decorators and Spring's, the first one outermost. */
  private static void decorate(
      AdvancedPoolBuilder builder, TaskObserver.@Nullable Parts observer, NeededBeans needed) {
    List<TaskDecorator> own = new ArrayList<>(needed.all(TaskDecorator.class).values());
    if (observer != null) {
      own.add(observer.decorator());
    }
    List<org.springframework.core.task.TaskDecorator> springs =
        List.copyOf(needed.all(org.springframework.core.task.TaskDecorator.class).values());
    if (own.isEmpty() && springs.isEmpty()) {
      return;
    }
    builder.taskDecorator(
        task -> {
          Runnable decorated = task;
          for (int i = springs.size() - 1; i >= 0; i--) {
            decorated = springs.get(i).decorate(decorated);
          }
          for (int i = own.size() - 1; i >= 0; i--) {
            decorated = own.get(i).decorate(decorated);
          }
          return decorated;
        });
  }
}

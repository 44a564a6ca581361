package dev.pools.boot.autoconfigure;

import dev.pools.boot.autoconfigure.AdvancedPoolSettings.Threads;
import dev.pools.task.AdvancedPool;
import dev.pools.task.PoolListener;
import dev.pools.task.TaskDecorator;
import dev.pools.task.WorkerThreads;
import java.util.List;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.env.Environment;

/** Makes the configured pools that run tasks, from their settings and the beans that have a say. */
class AdvancedPoolMaker {

  private final ListableBeanFactory beans;
  private final Environment environment;

  AdvancedPoolMaker(ListableBeanFactory beans, Environment environment) {
    this.beans = beans;
    this.environment = environment;
  }

  /** Makes the pool of this name, with the default settings if it has none of its own. */
  AdvancedPool make(String name) {
    SettingsReader<AdvancedPoolSettings> reader = SettingsReader.advanced(environment);
    AdvancedPoolSettings own = reader.instances().get(name);
    AdvancedPoolSettings settings = own == null ? reader.defaults() : own;
    try {
      AdvancedPool.Builder builder = AdvancedPool.builder().name(name);
      settings.applyTo(builder, settings.threadsOr(usualThreads(/* asked for */ own != null)));
      decorate(builder);
      beans.getBeanProvider(PoolListener.class).orderedStream().forEach(builder::listener);
      beans
          .getBeanProvider(AdvancedPoolCustomizer.class)
          .orderedStream()
          .forEach(customizer -> customizer.customize(name, builder));
      return builder.build();
    } catch (IllegalArgumentException fault) {
      throw reader.invalid(name, fault);
    }
  }

  /** A pool that nobody has asked for keeps no program alive that would otherwise end. */
  private Threads usualThreads(boolean askedFor) {
    if (environment.getProperty("spring.threads.virtual.enabled", boolean.class, false)
        && WorkerThreads.virtualSupported()) {
      return Threads.VIRTUAL;
    }
    return askedFor ? Threads.PLATFORM : Threads.DAEMON;
  }

  /** Our decorators and Spring's, the first one outermost. */
  private void decorate(AdvancedPool.Builder builder) {
    List<TaskDecorator> own = beans.getBeanProvider(TaskDecorator.class).orderedStream().toList();
    List<org.springframework.core.task.TaskDecorator> springs =
        beans
            .getBeanProvider(org.springframework.core.task.TaskDecorator.class)
            .orderedStream()
            .toList();
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

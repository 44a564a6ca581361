package dev.pools.boot.lifecycle;

import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.Lifecycle;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.scheduling.TaskScheduler;

/**
 * Makes Spring destroy the pools of a context after all beans that run code: executors, schedulers
 * and all beans that are started and stopped. Spring waits for their work when it destroys them,
 * and that work may need the pools, although these beans do not depend on them. Connection pools
 * are destroyed after task pools. The beans that a pool depends on, which are also those that it
 * calls, such as its connection factory, and all that these depend on, are destroyed after the pool
 * in any case.
 */
public final class DestructionOrder
    implements SmartInitializingSingleton, ApplicationListener<ContextClosedEvent> {

  /**
   * Stands for all task pools of a context. If each connection pool referred to each of them, many
   * pools would need the square of their number of references.
   */
  private static final String TASK_POOLS = DestructionOrder.class.getName() + ".taskPools";

  private final ApplicationContext context;
  private final ConfigurableListableBeanFactory beans;

  /** Creates it for the beans of a context. */
  public DestructionOrder(ApplicationContext context, ConfigurableListableBeanFactory beans) {
    this.context = context;
    this.beans = beans;
  }

  /** In case the start fails later. */
  @Override
  public void afterSingletonsInstantiated() {
    arrange();
  }

  /** With the beans that have been created since. */
  @Override
  public void onApplicationEvent(ContextClosedEvent event) {
    if (event.getApplicationContext() == context) {
      arrange();
    }
  }

  private void arrange() {
    List<String> running = new ArrayList<>();
    Set<String> tasks = new LinkedHashSet<>();
    List<String> connections = new ArrayList<>();
    for (String name : beans.getSingletonNames()) {
      Object bean = beans.getSingleton(name);
      if (bean instanceof ConnectionPool<?>) {
        connections.add(name);
      } else if (bean instanceof AdvancedPool) {
        tasks.add(name);
      } else if (bean instanceof Executor
          || bean instanceof TaskScheduler
          || bean instanceof Lifecycle) {
        running.add(name);
      }
    }
    // First the pools among each other, because that decides which beans a pool needs.
    for (String pool : tasks) {
      beans.registerDependentBean(TASK_POOLS, pool);
    }
    for (String pool : connections) {
      Set<String> needed = needed(pool);
      if (Collections.disjoint(tasks, needed)) {
        beans.registerDependentBean(pool, TASK_POOLS);
      } else {
        destroyAfter(pool, tasks, needed);
      }
    }
    for (String pool : connections) {
      destroyAfter(pool, running, needed(pool));
    }
    running.removeAll(needed(TASK_POOLS));
    for (String pool : tasks) {
      destroyAfter(pool, running, neededAlone(pool));
    }
  }

  private Set<String> needed(String bean) {
    Set<String> needed = new HashSet<>();
    addDependencies(bean, needed);
    return needed;
  }

  /** What a task pool needs, without that which all task pools need. */
  private Set<String> neededAlone(String pool) {
    Set<String> needed = new HashSet<>(Set.of(TASK_POOLS));
    addDependencies(pool, needed);
    return needed;
  }

  private void destroyAfter(String pool, Collection<String> others, Set<String> needed) {
    for (String other : others) {
      if (!needed.contains(other)) {
        beans.registerDependentBean(pool, other);
      }
    }
  }

  private void addDependencies(String bean, Set<String> all) {
    for (String dependency : beans.getDependenciesForBean(bean)) {
      if (all.add(dependency)) {
        addDependencies(dependency, all);
      }
    }
  }
}

package dev.pools.boot.autoconfigure;

import dev.pools.boot.autoconfigure.AdvancedPoolProperties.Threads;
import dev.pools.boot.lifecycle.AdvancedPoolLifecycle;
import dev.pools.boot.lifecycle.ConnectionPoolLifecycle;
import dev.pools.boot.lifecycle.PoolDestruction;
import dev.pools.boot.lifecycle.StopSettings;
import dev.pools.task.AdvancedPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.SingletonBeanRegistry;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.Environment;

/**
 * Creates the lifecycles that start and stop the pools: one for each kind, and one more for each
 * pool that has a phase of its own.
 */
class PoolLifecycles {

  private static final String LIFECYCLE = "dev.pools.boot.lifecycle.";

  private final ApplicationContext context;

  /** The beans that exist. A context that is closed gives no access to them any more. */
  private final SingletonBeanRegistry created;

  private final PoolsBinding binding;
  private final PoolDestruction destruction;
  private final Duration phaseTimeout;

  PoolLifecycles(
      ApplicationContext context,
      PoolsBinding binding,
      PoolDestruction destruction,
      Environment environment) {
    this.context = context;
    this.created = (SingletonBeanRegistry) context.getAutowireCapableBeanFactory();
    this.binding = binding;
    this.destruction = destruction;
    this.phaseTimeout = phaseTimeout(environment);
  }

  /** The time limit of the context for each phase. */
  static Duration phaseTimeout(Environment environment) {
    return Binder.get(environment)
        .bind("spring.lifecycle.timeout-per-shutdown-phase", Duration.class)
        .orElse(Duration.ofSeconds(30));
  }

  /** The name of the lifecycle of a pool that has a phase of its own. */
  static String beanName(PoolKind kind, String pool) {
    return LIFECYCLE + kind.name().toLowerCase(Locale.ROOT) + "." + pool;
  }

  /** For the pool of this name. */
  AdvancedPoolLifecycle advanced(String pool) {
    return advanced(phase(PoolKind.ADVANCED, pool), pool::equals);
  }

  /** For all that have no phase of their own. */
  AdvancedPoolLifecycle advanced() {
    return advanced(commonPhase(PoolKind.ADVANCED), usesCommon(PoolKind.ADVANCED));
  }

  private AdvancedPoolLifecycle advanced(int phase, Predicate<String> covers) {
    return new AdvancedPoolLifecycle(
        context, phase, phaseTimeout, settings(binding, PoolKind.ADVANCED), destruction, covers);
  }

  /** For the pool of this name. */
  ConnectionPoolLifecycle connection(String pool) {
    return connection(phase(PoolKind.CONNECTION, pool), pool::equals);
  }

  /** For all that have no phase of their own. */
  ConnectionPoolLifecycle connection() {
    return connection(commonPhase(PoolKind.CONNECTION), usesCommon(PoolKind.CONNECTION));
  }

  private ConnectionPoolLifecycle connection(int phase, Predicate<String> covers) {
    return new ConnectionPoolLifecycle(
        context, phase, phaseTimeout, settings(binding, PoolKind.CONNECTION), covers);
  }

  private Predicate<String> usesCommon(PoolKind kind) {
    return pool -> !context.containsLocalBean(beanName(kind, pool));
  }

  private int phase(PoolKind kind, String pool) {
    CommonPoolProperties settings = binding.settings(kind, pool);
    Integer own = settings == null ? null : settings.getPhase();
    return own == null ? commonPhase(kind) : own;
  }

  private int commonPhase(PoolKind kind) {
    int phase = binding.properties().getLifecycle().getPhase();
    return kind == PoolKind.ADVANCED ? phase : later(phase);
  }

  /** The phase of connection pools: the first one if there is none so early. */
  private static int later(int phase) {
    return Math.max(phase, Integer.MIN_VALUE + ConnectionPoolLifecycle.PHASES_LATER)
        - ConnectionPoolLifecycle.PHASES_LATER;
  }

  /** How pools of one kind stop. */
  static StopSettings.Source settings(PoolsBinding binding, PoolKind kind) {
    return bean -> {
      CommonPoolProperties own = binding.settings(kind, bean);
      if (own != null) {
        return own.stop(kind.property(bean, ""));
      }
      return kind == PoolKind.ADVANCED && bean.equals(PoolBeanRegistrar.DEFAULT_ADVANCED_POOL)
          ? binding.properties().getAdvanced().getDefaults().stop(kind.prefix + ".defaults")
          : StopSettings.NONE;
    };
  }

  /** The pools that exist and whose tasks keep the JVM running. */
  List<AdvancedPool> thatKeepAlive() {
    List<AdvancedPool> pools = new ArrayList<>();
    binding
        .properties()
        .getAdvanced()
        .getInstances()
        .forEach((name, settings) -> add(name, settings, pools));
    add(
        PoolBeanRegistrar.DEFAULT_ADVANCED_POOL,
        binding.properties().getAdvanced().getDefaults(),
        pools);
    return pools;
  }

  private void add(String name, AdvancedPoolProperties settings, List<AdvancedPool> pools) {
    @Nullable Object bean = created.getSingleton(name);
    if (bean instanceof AdvancedPool pool && settings.getThreads() != Threads.DAEMON) {
      pools.add(pool);
    }
  }
}

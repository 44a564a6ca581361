package dev.pools.boot.lifecycle;

import dev.pools.connection.ConnectionPool;
import dev.pools.connection.ConnectionPoolStats;
import dev.pools.internal.Durations;
import dev.pools.internal.Faults;
import dev.pools.task.AdvancedPool;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.MergedBeanDefinitionPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;

/**
 * Ends each pool when its bean is destroyed, and so after all beans that depend on it: a pool that
 * runs tasks finishes the tasks submitted since its phase, and a connection pool waits for its
 * leases, each within its limit. It ends the pools of the application's own beans, too, before
 * their own destroy methods are called.
 */
public final class PoolDestruction
    implements DestructionAwareBeanPostProcessor, MergedBeanDefinitionPostProcessor {

  /** How long the application waits for the leases of a pool whose settings do not say. */
  public static final Duration STANDARD_LEASE_TIMEOUT = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(PoolDestruction.class);

  private final Supplier<StopSettings.Source> tasks;
  private final Supplier<StopSettings.Source> connections;
  private final Supplier<Duration> phaseTimeout;
  private final StopTimes times = new StopTimes();

  /**
   * Creates it.
   *
   * @param tasks how each pool stops that runs tasks; asked when the first pool is destroyed
   * @param connections how each pool of connections stops; asked likewise
   * @param phaseTimeout how long the context waits for a phase; asked likewise
   */
  public PoolDestruction(
      Supplier<StopSettings.Source> tasks,
      Supplier<StopSettings.Source> connections,
      Supplier<Duration> phaseTimeout) {
    this.tasks = tasks;
    this.connections = connections;
    this.phaseTimeout = phaseTimeout;
  }

  /** The time that the lifecycles of the context have used. */
  StopTimes times() {
    return times;
  }

  /**
   * A task pool is shut down without a further wait, as Spring does with other executor services:
   * its {@code close()} would wait for a task that never ends.
   */
  @Override
  public void postProcessMergedBeanDefinition(
      RootBeanDefinition definition, Class<?> type, String name) {
    String method = definition.getDestroyMethodName();
    if (AdvancedPool.class.isAssignableFrom(type)
        && (method == null || method.equals(AbstractBeanDefinition.INFER_METHOD))) {
      definition.setDestroyMethodName("shutdown");
    }
  }

  @Override
  public boolean requiresDestruction(Object bean) {
    return (bean instanceof AdvancedPool || bean instanceof ConnectionPool<?>)
        && InitializedPools.isPool(bean);
  }

  @Override
  public void postProcessBeforeDestruction(Object bean, String name) {
    if (bean instanceof AdvancedPool pool) {
      end(name, pool);
    } else if (bean instanceof ConnectionPool<?> pool) {
      end(name, pool);
    }
  }

  private void end(String name, AdvancedPool pool) {
    if (pool.isTerminated()) {
      return;
    }
    StopSettings settings = tasks.get().of(name);
    Duration phase = phaseTimeout.get();
    StopLimit limit =
        settings.waits() ? StopLimit.of(settings, phase) : StopLimit.none(settings, phase);
    Duration left = limit.after(times.of(pool));
    pool.shutdown();
    TaskStop stop = new TaskStop(name, pool, limit);
    boolean waits = !stop.isIdle();
    if (waits && !left.isZero()) {
      stop.announce(left);
    }
    try {
      stop.idle().get(StopLimit.nanos(left), TimeUnit.NANOSECONDS);
      if (waits) {
        stop.finished();
      }
      stop.awaitThreads();
    } catch (TimeoutException late) {
      stop.cutOff();
    } catch (InterruptedException e) {
      stop.cutOff();
      Thread.currentThread().interrupt();
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private void end(String name, ConnectionPool<?> pool) {
    StopSettings settings = connections.get().of(name);
    Duration own = settings.stopTimeout();
    Duration limit = own == null ? STANDARD_LEASE_TIMEOUT : own;
    ConnectionPoolStats before = pool.stats();
    if (before.inUse() > 0) {
      LOG.info(
          "Pool '{}' waits for {} leased connections before it closes, for up to {}",
          name,
          before.inUse(),
          Durations.text(limit));
    }
    long since = System.nanoTime();
    try {
      pool.close(limit);
    } catch (RuntimeException fault) {
      Faults.warn(PoolDestruction.class, fault, "Pool '{}' could not be closed", name);
    }
    Duration took = Duration.ofNanos(System.nanoTime() - since);
    if (before.inUse() > 0 && took.compareTo(limit) >= 0) {
      LOG.warn(
          "Pool '{}' has closed before all of its {} leased connections were released. The limit"
              + " is {} (now {}). To wait longer, raise it",
          name,
          before.inUse(),
          settings.stopProperty() == null ? "its stop timeout" : settings.stopProperty(),
          Durations.typed(limit));
    }
  }
}

package dev.pools.boot.health;

import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;

/**
 * The health of all pools that are beans, each under its name, also those of parent contexts. It
 * reads the pools that exist when it is called, and creates no lazy one. Each pool keeps its
 * indicator, which also uses earlier readings.
 */
public final class PoolsHealth implements CompositeHealthContributor {

  /** Chooses the indicators. */
  public interface Indicators {

    /** The indicator of a task pool; null if its health is not shown. */
    default @Nullable HealthContributor of(String name, AdvancedPool pool) {
      return new AdvancedPoolHealthIndicator(name, pool);
    }

    /** The indicator of a connection pool; null if its health is not shown. */
    default @Nullable HealthContributor of(String name, ConnectionPool<?> pool) {
      return new ConnectionPoolHealthIndicator(name, pool);
    }
  }

  /** The indicator of a pool, as long as it is this pool. */
  private record Judged(Object pool, @Nullable HealthContributor indicator) {}

  private final ConfigurableListableBeanFactory beans;
  private final Indicators indicators;
  private final List<PoolsHealth> ofParents;
  private final Map<String, Judged> known = new ConcurrentHashMap<>();

  /**
   * Shows the health of each pool, by the default options.
   *
   * @param beans where the pools are
   */
  public PoolsHealth(ConfigurableListableBeanFactory beans) {
    this(beans, new Indicators() {});
  }

  /**
   * Shows the health of the pools that have an indicator.
   *
   * @param beans where the pools are
   */
  public PoolsHealth(ConfigurableListableBeanFactory beans, Indicators indicators) {
    this(beans, indicators, List.of());
  }

  /**
   * As the other constructor, with the pools of parent contexts: a child uses them, too. Of two
   * pools of one name, the one of the nearer context is shown.
   *
   * @param ofParents the health of the parents, the nearest first
   */
  public PoolsHealth(
      ConfigurableListableBeanFactory beans, Indicators indicators, List<PoolsHealth> ofParents) {
    this.beans = beans;
    this.indicators = indicators;
    this.ofParents = List.copyOf(ofParents);
  }

  @Override
  public @Nullable HealthContributor getContributor(String name) {
    return contributors().get(name);
  }

  @Override
  public Stream<Entry> stream() {
    return contributors().entrySet().stream()
        .map(entry -> new Entry(entry.getKey(), entry.getValue()));
  }

  private Map<String, HealthContributor> contributors() {
    Map<String, HealthContributor> shown = new TreeMap<>();
    for (String name : beans.getBeanNamesForType(AdvancedPool.class, false, false)) {
      if (beans.containsSingleton(name) && beans.getBean(name) instanceof AdvancedPool pool) {
        show(shown, name, pool);
      }
    }
    for (String name : beans.getBeanNamesForType(ConnectionPool.class, false, false)) {
      if (beans.containsSingleton(name) && beans.getBean(name) instanceof ConnectionPool<?> pool) {
        show(shown, name, pool);
      }
    }
    for (PoolsHealth parent : ofParents) {
      parent
          .contributors()
          .forEach(
              (name, health) -> {
                if (!beans.containsLocalBean(name)) {
                  shown.putIfAbsent(name, health);
                }
              });
    }
    return shown;
  }

  private void show(Map<String, HealthContributor> shown, String name, Object pool) {
    HealthContributor indicator =
        known
            .compute(
                name,
                (ignored, before) ->
                    before != null && before.pool() == pool
                        ? before
                        : new Judged(pool, indicator(name, pool)))
            .indicator();
    if (indicator != null) {
      shown.put(name, indicator);
    }
  }

  private @Nullable HealthContributor indicator(String name, Object pool) {
    return pool instanceof AdvancedPool tasks
        ? indicators.of(name, tasks)
        : indicators.of(name, (ConnectionPool<?>) pool);
  }
}

package dev.pools.boot.health;

import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;

/**
 * The health of all pools that are beans, each under its name. Looks at those that have been made,
 * whenever it is asked, and so makes no lazy one.
 */
public final class PoolsHealth implements CompositeHealthContributor {

  private final ConfigurableListableBeanFactory beans;

  /**
   * Makes it.
   *
   * @param beans where the pools are
   */
  public PoolsHealth(ConfigurableListableBeanFactory beans) {
    this.beans = beans;
  }

  @Override
  public @Nullable HealthContributor getContributor(String name) {
    return names().contains(name) ? indicator(name) : null;
  }

  @Override
  public Stream<Entry> stream() {
    return names().stream().map(name -> new Entry(name, indicator(name)));
  }

  private List<String> names() {
    List<String> names = new ArrayList<>();
    for (Class<?> type : List.of(AdvancedPool.class, ConnectionPool.class)) {
      for (String name : beans.getBeanNamesForType(type, false, false)) {
        if (beans.containsSingleton(name)) {
          names.add(name);
        }
      }
    }
    return names;
  }

  private HealthContributor indicator(String name) {
    return beans.getBean(name) instanceof AdvancedPool tasks
        ? new AdvancedPoolHealthIndicator(name, tasks)
        : new ConnectionPoolHealthIndicator(name, beans.getBean(name, ConnectionPool.class));
  }
}

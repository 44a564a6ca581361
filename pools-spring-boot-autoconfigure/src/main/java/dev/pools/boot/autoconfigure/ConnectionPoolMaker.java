package dev.pools.boot.autoconfigure;

import dev.pools.connection.AsyncConnectionFactory;
import dev.pools.connection.AsyncHealthChecker;
import dev.pools.connection.ConnectionCleaner;
import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.ConnectionPoolListener;
import dev.pools.connection.HealthChecker;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;

/** Makes the configured pools that share connections, from their settings and the user's beans. */
class ConnectionPoolMaker {

  private final ConfigurableListableBeanFactory beans;
  private final PoolsBinding binding;

  ConnectionPoolMaker(ConfigurableListableBeanFactory beans, PoolsBinding binding) {
    this.beans = beans;
    this.binding = binding;
  }

  /** Makes the pool of this name. */
  ConnectionPool<?> make(String name) {
    ConnectionPoolSettings settings = settings(name);
    PartFinder parts = new PartFinder(beans, name, binding.pools(PoolKind.CONNECTION));
    String factory = parts.factory(settings);
    ConnectionPool.Builder<Object> builder = builderFor(beans.getBean(factory)).name(name);
    ResolvableType connection = parts.connectionType(factory);
    addHealthChecker(builder, parts.healthChecker(settings, connection));
    addCleaner(builder, parts.cleaner(settings, connection));
    addListeners(builder, connection);
    apply(name, settings, builder, connection);
    InvalidSetting invalid = new InvalidSetting(binding, PoolKind.CONNECTION, name);
    PoolCustomizers<ConnectionPoolCustomizer> customizers =
        PoolCustomizers.of(beans, ConnectionPoolCustomizer.class);
    for (int i = 0; i < customizers.beans().size(); i++) {
      try {
        customizers.beans().get(i).customize(name, builder);
      } catch (IllegalArgumentException fault) {
        throw invalid.customized(List.of(customizers.names().get(i)), fault);
      }
    }
    try {
      return builder.build();
    } catch (IllegalArgumentException fault) {
      check(name);
      throw invalid.customized(customizers.ofTheUser(), fault);
    }
  }

  /**
   * Makes a pool of the settings alone, and throws it away. It opens nothing.
   *
   * @throws InvalidPoolException if the settings are to blame
   */
  void check(String name) {
    ConnectionPoolSettings settings = settings(name);
    PartFinder parts = new PartFinder(beans, name, binding.pools(PoolKind.CONNECTION));
    ConnectionPool.Builder<Object> builder =
        ConnectionPool.builder(
                (ConnectionFactory<Object>)
                    arguments -> {
                      throw new IllegalStateException("this pool opens nothing");
                    })
            .name(name);
    apply(name, settings, builder, parts.connectionType(parts.factory(settings)));
    try {
      builder.build().close();
    } catch (IllegalArgumentException fault) {
      throw new InvalidSetting(binding, PoolKind.CONNECTION, name).refused(fault);
    }
  }

  private ConnectionPoolSettings settings(String name) {
    ConnectionPoolSettings own = binding.properties().getConnection().getInstances().get(name);
    return own == null ? binding.properties().getConnection().getDefaults() : own;
  }

  private void apply(
      String name,
      ConnectionPoolSettings settings,
      ConnectionPool.Builder<Object> builder,
      ResolvableType connection) {
    try {
      settings.applyTo(builder);
      if (settings.isGuard()) {
        guard(builder, connection);
      }
    } catch (IllegalArgumentException fault) {
      throw new InvalidSetting(binding, PoolKind.CONNECTION, name).refused(fault);
    }
  }

  // The types of all parts were compared when they were chosen.

  @SuppressWarnings("unchecked")
  private static ConnectionPool.Builder<Object> builderFor(Object factory) {
    return factory instanceof AsyncConnectionFactory<?> async
        ? ConnectionPool.asyncBuilder((AsyncConnectionFactory<Object>) async)
        : ConnectionPool.builder((ConnectionFactory<Object>) factory);
  }

  @SuppressWarnings("unchecked")
  private void addHealthChecker(ConnectionPool.Builder<Object> builder, @Nullable String bean) {
    if (bean == null) {
      return;
    }
    if (beans.getBean(bean) instanceof AsyncHealthChecker<?> async) {
      builder.asyncHealthChecker((AsyncHealthChecker<Object>) async);
    } else {
      builder.healthChecker((HealthChecker<Object>) beans.getBean(bean));
    }
  }

  @SuppressWarnings("unchecked")
  private void addCleaner(ConnectionPool.Builder<Object> builder, @Nullable String bean) {
    if (bean != null) {
      builder.cleaner((ConnectionCleaner<Object>) beans.getBean(bean));
    }
  }

  @SuppressWarnings("unchecked")
  private static void guard(ConnectionPool.Builder<Object> builder, ResolvableType connection) {
    Class<?> type = connection.toClass();
    if (!type.isInterface()) {
      throw new IllegalArgumentException(
          "guard is true, but the connections are of %s, and only an interface can be guarded. Let the factory be one of an interface, or guard nothing."
              .formatted(type));
    }
    builder.guard((Class<Object>) type);
  }

  @SuppressWarnings("unchecked")
  private void addListeners(ConnectionPool.Builder<Object> builder, ResolvableType connection) {
    beans
        .getBeanProvider(
            ResolvableType.forClassWithGenerics(ConnectionPoolListener.class, connection))
        .orderedStream()
        .forEach(listener -> builder.listener((ConnectionPoolListener<Object>) listener));
  }
}

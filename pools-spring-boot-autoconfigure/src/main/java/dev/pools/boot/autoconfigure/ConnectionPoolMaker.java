package dev.pools.boot.autoconfigure;

import dev.pools.connection.AsyncConnectionFactory;
import dev.pools.connection.AsyncHealthChecker;
import dev.pools.connection.ConnectionCleaner;
import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.ConnectionPoolListener;
import dev.pools.connection.HealthChecker;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;

/** Makes the configured pools that share connections, from their settings and the user's beans. */
class ConnectionPoolMaker {

  private final ConfigurableListableBeanFactory beans;
  private final Environment environment;

  ConnectionPoolMaker(ConfigurableListableBeanFactory beans, Environment environment) {
    this.beans = beans;
    this.environment = environment;
  }

  /** Makes the pool of this name. */
  ConnectionPool<?> make(String name) {
    SettingsReader<ConnectionPoolSettings> reader = SettingsReader.connection(environment);
    Map<String, ConnectionPoolSettings> instances = reader.instances();
    ConnectionPoolSettings settings =
        instances.containsKey(name) ? instances.get(name) : reader.defaults();
    PartFinder parts = new PartFinder(beans, name, instances.keySet());
    String factory =
        parts.required(
            settings.getFactory(),
            "ConnectionFactory",
            "factory",
            ConnectionFactory.class,
            AsyncConnectionFactory.class);
    ConnectionPool.Builder<Object> builder = builderFor(beans.getBean(factory)).name(name);
    ResolvableType connection = parts.connectionType(factory);
    addHealthChecker(builder, settings.getHealthChecker(), parts, connection);
    addCleaner(builder, settings.getCleaner(), parts, connection);
    addListeners(builder, connection);
    try {
      settings.applyTo(builder);
      if (settings.isGuard()) {
        guard(builder, connection);
      }
      beans
          .getBeanProvider(ConnectionPoolCustomizer.class)
          .orderedStream()
          .forEach(customizer -> customizer.customize(name, builder));
      return builder.build();
    } catch (IllegalArgumentException fault) {
      throw reader.invalid(name, fault);
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
  private void addHealthChecker(
      ConnectionPool.Builder<Object> builder,
      @Nullable String given,
      PartFinder parts,
      ResolvableType connection) {
    String bean =
        parts.optional(
            given,
            "HealthChecker",
            "health-checker",
            connection,
            HealthChecker.class,
            AsyncHealthChecker.class);
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
  private void addCleaner(
      ConnectionPool.Builder<Object> builder,
      @Nullable String given,
      PartFinder parts,
      ResolvableType connection) {
    String bean =
        parts.optional(given, "ConnectionCleaner", "cleaner", connection, ConnectionCleaner.class);
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

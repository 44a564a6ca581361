package dev.pools.boot.autoconfigure;

import dev.pools.connection.AsyncConnectionCleaner;
import dev.pools.connection.AsyncConnectionFactory;
import dev.pools.connection.AsyncConnectionHook;
import dev.pools.connection.AsyncHealthChecker;
import dev.pools.connection.ConnectionCleaner;
import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionHook;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.ConnectionPoolBuilder;
import dev.pools.connection.ConnectionPoolListener;
import dev.pools.connection.HealthChecker;
import dev.pools.connection.JdbcReset;
import java.sql.Connection;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;

/** Creates the configured connection pools from their settings and the user's beans. */
class ConnectionPoolFactory {

  private final ConfigurableListableBeanFactory beans;
  private final PoolsBinding binding;
  private final PoolsInCreation creations;

  /** The beans to choose from, once there are no further definitions; null until then. */
  private volatile @Nullable PartBeans candidates;

  ConnectionPoolFactory(
      ConfigurableListableBeanFactory beans, PoolsBinding binding, PoolsInCreation creations) {
    this.beans = beans;
    this.binding = binding;
    this.creations = creations;
  }

  /** Creates the pool of this name. */
  ConnectionPool<?> make(String name) {
    return creations.create(name, () -> build(name));
  }

  private ConnectionPool<?> build(String name) {
    NeededBeans needed = new NeededBeans(beans, name);
    ConnectionPoolProperties settings = settings(name);
    ConnectionPoolBeanResolver parts = partsOf(name);
    String factory = parts.factory(settings);
    ConnectionPoolBuilder<Object> builder = builderFor(needed.get(factory)).name(name);
    ResolvableType connection = parts.connectionType(factory);
    addHealthChecker(needed, builder, parts.healthChecker(settings, connection));
    addCleaner(needed, builder, parts.cleaner(settings, connection));
    addHooks(needed, builder, parts, settings, connection);
    addListeners(needed, builder, connection);
    apply(name, settings, builder, connection);
    PoolCustomizers<ConnectionPoolCustomizer> customizers =
        PoolCustomizers.of(needed.all(ConnectionPoolCustomizer.class));
    ConnectionPool<?> pool =
        customizers.build(
            new InvalidSetting(binding, PoolKind.CONNECTION, name),
            customizer -> customizer.customize(name, builder),
            builder::build,
            () -> check(name));
    if (!customizers.ofTheUser().isEmpty()) {
      creations.noteCustomized(
          name, SettingOrigins.customized(PoolKind.CONNECTION, settings, pool.options()));
    }
    return pool;
  }

  /**
   * Creates a pool of the settings alone, and closes it. It opens no connection.
   *
   * @throws InvalidPoolException if the settings are to blame
   */
  void check(String name) {
    ConnectionPoolProperties settings = settings(name);
    ConnectionPoolBeanResolver parts = partsOf(name);
    ConnectionPoolBuilder<Object> builder =
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

  private ConnectionPoolBeanResolver partsOf(String pool) {
    PartBeans known = candidates;
    if (known == null) {
      known = new PartBeans(beans, binding.pools(PoolKind.CONNECTION));
      if (beans.isConfigurationFrozen()) {
        candidates = known;
      }
    }
    return new ConnectionPoolBeanResolver(beans, known, binding, pool);
  }

  private ConnectionPoolProperties settings(String name) {
    ConnectionPoolProperties own = binding.properties().getConnection().getInstances().get(name);
    return own == null ? binding.properties().getConnection().getDefaults() : own;
  }

  private void apply(
      String name,
      ConnectionPoolProperties settings,
      ConnectionPoolBuilder<Object> builder,
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
  private static ConnectionPoolBuilder<Object> builderFor(Object factory) {
    return factory instanceof AsyncConnectionFactory<?> async
        ? ConnectionPool.asyncBuilder((AsyncConnectionFactory<Object>) async)
        : ConnectionPool.builder((ConnectionFactory<Object>) factory);
  }

  @SuppressWarnings("unchecked")
  private static void addHealthChecker(
      NeededBeans needed, ConnectionPoolBuilder<Object> builder, @Nullable String bean) {
    if (bean == null) {
      return;
    }
    Object checker = needed.get(bean);
    if (checker instanceof AsyncHealthChecker<?> async) {
      builder.asyncHealthChecker((AsyncHealthChecker<Object>) async);
    } else {
      builder.healthChecker((HealthChecker<Object>) checker);
    }
  }

  @SuppressWarnings("unchecked")
  private static void addCleaner(
      NeededBeans needed, ConnectionPoolBuilder<Object> builder, @Nullable String bean) {
    if (bean == null) {
      return;
    }
    Object cleaner = needed.get(bean);
    if (cleaner instanceof AsyncConnectionCleaner<?> async) {
      builder.asyncCleaner((AsyncConnectionCleaner<Object>) async);
    } else {
      builder.cleaner((ConnectionCleaner<Object>) cleaner);
    }
  }

  @SuppressWarnings("unchecked")
  private static void addHooks(
      NeededBeans needed,
      ConnectionPoolBuilder<Object> builder,
      ConnectionPoolBeanResolver parts,
      ConnectionPoolProperties settings,
      ResolvableType connection) {
    AsyncConnectionHook<Object> onCreate = hook(needed, parts.onCreate(settings, connection));
    AsyncConnectionHook<Object> onAcquire = hook(needed, parts.onAcquire(settings, connection));
    AsyncConnectionHook<Object> onReturn = hook(needed, parts.onReturn(settings, connection));
    String reset = parts.jdbcReset(settings, connection);
    if (reset != null) {
      ConnectionPoolBuilder<?> jdbc = builder;
      ((JdbcReset) needed.get(reset)).applyTo((ConnectionPoolBuilder<Connection>) jdbc);
    }
    if (onCreate != null) {
      builder.asyncOnCreate(onCreate);
    }
    if (onAcquire != null) {
      builder.asyncOnAcquire(onAcquire);
    }
    if (onReturn != null) {
      builder.asyncOnReturn(onReturn);
    }
  }

  @SuppressWarnings("unchecked")
  private static @Nullable AsyncConnectionHook<Object> hook(
      NeededBeans needed, @Nullable String bean) {
    if (bean == null) {
      return null;
    }
    Object hook = needed.get(bean);
    return hook instanceof AsyncConnectionHook<?> async
        ? (AsyncConnectionHook<Object>) async
        : asynchronous((ConnectionHook<Object>) hook);
  }

  private static AsyncConnectionHook<Object> asynchronous(ConnectionHook<Object> hook) {
    return connection -> {
      hook.run(connection);
      return CompletableFuture.completedFuture(null);
    };
  }

  @SuppressWarnings("unchecked")
  private static void guard(ConnectionPoolBuilder<Object> builder, ResolvableType connection) {
    Class<?> type = connection.toClass();
    if (!type.isInterface()) {
      throw new IllegalArgumentException(
          "guard is true, but the type of the connections is %s, and only an interface can be guarded. Declare the factory with an interface as its type, or set guard to false."
              .formatted(type));
    }
    builder.guard((Class<Object>) type);
  }

  @SuppressWarnings("unchecked")
  private static void addListeners(
      NeededBeans needed, ConnectionPoolBuilder<Object> builder, ResolvableType connection) {
    ResolvableType type =
        ResolvableType.forClassWithGenerics(ConnectionPoolListener.class, connection);
    needed
        .all(ConnectionPoolListener.class, type)
        .values()
        .forEach(listener -> builder.listener((ConnectionPoolListener<Object>) listener));
  }
}

package dev.pools.connection;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A driver's objects without a database: they lead to one another, and keep what is set. */
final class JdbcStub implements InvocationHandler {

  /** What only this driver's connections can do. */
  public interface Vendor {
    void vendorCall() throws SQLException;
  }

  /** What was called, in order, with its arguments if there is one only. */
  final List<String> calls = new CopyOnWriteArrayList<>();

  /** By the names of their setters, without the set. */
  final Map<String, Object> settings = new ConcurrentHashMap<>();

  final Set<String> failing = ConcurrentHashMap.newKeySet();
  final Set<String> unsupported = ConcurrentHashMap.newKeySet();
  final List<JdbcStub> children = new CopyOnWriteArrayList<>();

  /** As many drivers do, it knows what it has opened. */
  private final List<Object> opened = new CopyOnWriteArrayList<>();

  volatile @Nullable Object lastArgument;
  private final @Nullable Object parent;

  private JdbcStub(@Nullable Object parent) {
    this.parent = parent;
  }

  static Connection connection() {
    Connection connection = (Connection) of(Connection.class, null);
    Map<String, Object> settings = behind(connection).settings;
    settings.put("AutoCommit", true);
    settings.put("ReadOnly", false);
    settings.put("TransactionIsolation", Connection.TRANSACTION_READ_COMMITTED);
    settings.put("Holdability", ResultSet.HOLD_CURSORS_OVER_COMMIT);
    settings.put("Schema", "public");
    settings.put("Catalog", "shop");
    settings.put("NetworkTimeout", 0);
    settings.put("TypeMap", Map.of());
    return connection;
  }

  /**
   * A driver's connection around another one, as of a proxy that measures calls. Its equality must
   * never be asked.
   */
  static Connection around(Connection inner) {
    return (Connection)
        Proxy.newProxyInstance(
            JdbcStub.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (object, method, arguments) -> {
              if (method.getName().equals("equals") || method.getName().equals("hashCode")) {
                throw new AssertionError("Connections are told apart by identity.");
              }
              try {
                return method.invoke(inner, arguments);
              } catch (InvocationTargetException thrown) {
                throw Objects.requireNonNullElse(thrown.getCause(), thrown);
              }
            });
  }

  private static Object of(Class<?> type, @Nullable Object parent) {
    Class<?>[] types =
        type == Connection.class ? new Class<?>[] {type, Vendor.class} : new Class<?>[] {type};
    return Proxy.newProxyInstance(JdbcStub.class.getClassLoader(), types, new JdbcStub(parent));
  }

  static JdbcStub behind(Object object) {
    return (JdbcStub) Proxy.getInvocationHandler(object);
  }

  @Override
  public @Nullable Object invoke(
      Object object, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    String name = method.getName();
    Object first = arguments == null ? null : arguments[0];
    if (method.getDeclaringClass() == Object.class) {
      return switch (name) {
        case "equals" -> object == first;
        case "hashCode" -> System.identityHashCode(object);
        default -> "stub";
      };
    }
    calls.add(arguments != null && arguments.length == 1 ? name + " " + first : name);
    if (failing.contains(name)) {
      throw new SQLException(name + " failed");
    }
    if (unsupported.contains(name)) {
      throw new SQLFeatureNotSupportedException(name);
    }
    lastArgument = arguments == null ? null : arguments[arguments.length - 1];
    if (first instanceof Class<?> type && name.equals("isWrapperFor")) {
      return type.isInstance(object);
    }
    if (first instanceof Class<?> type && name.equals("unwrap")) {
      if (type.isInstance(object)) {
        return object;
      }
      throw new SQLException("It is no wrapper of " + type);
    }
    if (name.startsWith("set") && arguments != null && first != null) {
      Object value = name.equals("setNetworkTimeout") ? lastArgument : first;
      settings.put(name.substring(3), value);
      return null;
    }
    Object set =
        settings.get(
            name.startsWith("is") ? name.substring(2) : name.substring(Math.min(3, name.length())));
    if (arguments == null && set != null) {
      return set;
    }
    boolean leadsBack = name.equals("getConnection") || name.equals("getStatement");
    return leadsBack && method.getReturnType().isInstance(parent)
        ? parent
        : made(method.getReturnType(), object);
  }

  private @Nullable Object made(Class<?> type, Object object) {
    if (type.isInterface()) {
      Object child = of(type, object);
      children.add(behind(child));
      opened.add(child);
      return child;
    }
    if (type == boolean.class) {
      return false;
    }
    return type == int.class ? (Object) 0 : type == long.class ? (Object) 0L : null;
  }
}

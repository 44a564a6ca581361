package dev.pools.example;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** Sends the calls of a connection and its statements through the {@link DatabaseFaults}. */
final class FaultyCalls implements InvocationHandler {

  private final Object target;
  private final DatabaseFaults faults;
  private final long session;
  private final @Nullable Connection connection;

  private FaultyCalls(
      Object target, DatabaseFaults faults, long session, @Nullable Connection connection) {
    this.target = target;
    this.faults = faults;
    this.session = session;
    this.connection = connection;
  }

  /** Returns the connection with faults. */
  static Connection of(Connection connection, DatabaseFaults faults, long session) {
    return (Connection) proxy(Connection.class, new FaultyCalls(connection, faults, session, null));
  }

  private static Object proxy(Class<?> type, FaultyCalls calls) {
    return Proxy.newProxyInstance(FaultyCalls.class.getClassLoader(), new Class<?>[] {type}, calls);
  }

  @Override
  public @Nullable Object invoke(
      Object self, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    return switch (method.getName()) {
      case "equals" -> arguments != null && self == arguments[0];
      case "hashCode" -> System.identityHashCode(self);
      case "toString", "close", "isClosed", "abort" -> send(method, arguments);
      case "isValid" -> isValid(method, arguments);
      default -> sendUnlessBroken(self, method, arguments);
    };
  }

  private @Nullable Object sendUnlessBroken(
      Object self, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    if (reachesTheDatabase(method.getName())) {
      faults.call(session);
    } else {
      faults.requireAlive(session);
    }
    Object answer = send(method, arguments);
    // The answer of a call during which the database breaks is lost.
    faults.requireAlive(session);
    return withFaults(self, method, answer);
  }

  private static boolean reachesTheDatabase(String method) {
    return method.startsWith("execute") || method.equals("commit") || method.equals("rollback");
  }

  private Object isValid(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    try {
      faults.call(session);
    } catch (SQLException broken) {
      return false;
    }
    return Boolean.TRUE.equals(send(method, arguments));
  }

  private @Nullable Object withFaults(Object self, Method method, @Nullable Object answer) {
    if (answer instanceof Statement && Statement.class.isAssignableFrom(method.getReturnType())) {
      return proxy(
          method.getReturnType(), new FaultyCalls(answer, faults, session, (Connection) self));
    }
    return answer instanceof Connection && connection != null ? connection : answer;
  }

  private @Nullable Object send(Method method, @Nullable Object @Nullable [] arguments)
      throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException failure) {
      throw failure.getCause() == null ? failure : failure.getCause();
    }
  }
}

package dev.pools.connection;

import dev.pools.internal.Faults;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Leases an object of the connection's interface instead of the connection. The object passes each
 * call on to the connection until the lease ends, and none afterwards.
 *
 * <p>No call returns a way around the object: a result that is the connection is replaced by the
 * object, and a result that leads to a connection (a statement, a result set) by another object
 * that depends on the same lease. Types are examined once for each class.
 */
final class ConnectionGuard<T> {

  private final String pool;
  private final Class<T> type;
  private final boolean opensStatements;

  /**
   * Creates the guard.
   *
   * @throws IllegalArgumentException if no object can implement this type
   */
  ConnectionGuard(String pool, Class<T> type) {
    this.pool = pool;
    this.type = type;
    this.opensStatements = OpenStatements.comeFrom(type);
    if (!type.isInterface() || type.isSealed()) {
      throw new IllegalArgumentException(
          "guard is %s, but must be an interface that is not sealed. Let the pool's connections be of one, or guard nothing."
              .formatted(type.getName()));
    }
    Method[] methods = type.getMethods();
    if (!Arrays.stream(methods).allMatch(InterfaceCalls::isOpen)
        && !Arrays.stream(methods).allMatch(Method::trySetAccessible)) {
      throw new IllegalArgumentException(
          "guard is %s, but its methods cannot be called from here: it is not public, or the %s does not open it. Make it public and open or export its package to dev.pools."
              .formatted(type.getName(), type.getModule()));
    }
    // Creates the class now, and fails now if that is impossible.
    proxy(
        (object, method, arguments) -> {
          throw new AssertionError();
        });
  }

  private T proxy(InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  /** The object for one lease of a connection; it must be {@link #bind bound} to the lease. */
  T before(T connection) {
    Handler<T> handler = new Handler<>(this, connection, null, /* isConnection= */ true);
    T object = proxy(handler);
    handler.self = object;
    return object;
  }

  /** From now on its calls depend on this lease. */
  void bind(Lease<T> lease) {
    Handler<T> handler = Objects.requireNonNull(handler(lease.leased()));
    if (opensStatements) {
      handler.opened = new OpenStatements(lease.epoch());
      lease.slot().opened = handler.opened;
    }
    handler.lease = lease;
  }

  /** The connection behind an object of this pool; otherwise the object itself. */
  T behind(T object) {
    Handler<T> ours = handler(object);
    return ours != null && ours.isConnection ? type.cast(ours.root.target) : object;
  }

  /** The lease of this object, if it is an object of this pool and stands for the connection. */
  @Nullable Lease<T> leaseOf(T object) {
    Handler<T> ours = handler(object);
    return ours != null && ours.isConnection ? ours.root.lease : null;
  }

  private @Nullable Handler<T> handler(Object object) {
    if (Proxy.isProxyClass(object.getClass())
        && Proxy.getInvocationHandler(object) instanceof Handler<?> handler
        && handler.guard == this) {
      // A guard creates only objects of its own type.
      @SuppressWarnings("unchecked")
      Handler<T> ours = (Handler<T>) handler;
      return ours;
    }
    return null;
  }

  // ---- What leads back to the connection

  /** The interfaces of a class if one of them can lead back to a connection; otherwise none. */
  private final ClassValue<Class<?>[]> leadingBack =
      new ClassValue<>() {
        @Override
        protected Class<?>[] computeValue(Class<?> of) {
          Set<Class<?>> all = new LinkedHashSet<>();
          for (Class<?> at = of; at != null; at = at.getSuperclass()) {
            addInterfaces(at, all);
          }
          boolean leads = all.stream().anyMatch(one -> leadsBack(one, new HashSet<>()));
          return leads ? all.toArray(Class<?>[]::new) : new Class<?>[0];
        }
      };

  private static void addInterfaces(Class<?> from, Set<Class<?>> all) {
    for (Class<?> one : from.getInterfaces()) {
      if (all.add(one)) {
        addInterfaces(one, all);
      }
    }
  }

  /** Whether an object of this type leads to a connection, in any number of steps. */
  private boolean leadsBack(Class<?> from, Set<Class<?>> seen) {
    if (type.isAssignableFrom(from)) {
      return true;
    }
    if (!from.isInterface() || !seen.add(from)) {
      return false;
    }
    for (Method method : from.getMethods()) {
      if (leadsBack(method.getReturnType(), seen)) {
        return true;
      }
    }
    return false;
  }

  /** An object in place of a result, or the result itself if no object can replace it. */
  private Object inPlaceOf(Object result, Class<?> asType, Handler<T> root, boolean isConnection) {
    Class<?>[] all = leadingBack.get(result.getClass());
    if (all.length == 0) {
      return result;
    }
    Set<Class<?>> shown = new LinkedHashSet<>();
    if (asType.isInterface()) {
      shown.add(asType);
    }
    ClassLoader loader = result.getClass().getClassLoader();
    for (Class<?> one : all) {
      if (!one.isSealed() && InterfaceCalls.isOpen(one) && isVisible(one, loader)) {
        shown.add(one);
      }
    }
    Handler<T> handler = new Handler<>(this, result, root, isConnection);
    try {
      return Proxy.newProxyInstance(loader, shown.toArray(Class<?>[]::new), handler);
    } catch (IllegalArgumentException notTogether) {
      return asType.isInterface() && !asType.isSealed()
          ? Proxy.newProxyInstance(asType.getClassLoader(), new Class<?>[] {asType}, handler)
          : result;
    }
  }

  private static boolean isVisible(Class<?> one, @Nullable ClassLoader from) {
    try {
      return Class.forName(one.getName(), false, from) == one;
    } catch (ClassNotFoundException | LinkageError absent) {
      return false;
    }
  }

  private static final class Handler<T> implements InvocationHandler {

    private final ConnectionGuard<T> guard;
    private final Object target;

    /** The handler of the connection: this one, or the one whose calls have led to this target. */
    private final Handler<T> root;

    /**
     * Whether it stands for the connection: before the connection itself, or before what the
     * connection has been unwrapped to, which shows the same session as another type.
     */
    private final boolean isConnection;

    // Written once, before the user gets the object. They also refer to the lease: it is not
    // forgotten while the object is in use.
    private @Nullable T self;
    private @Nullable Lease<T> lease;
    private @Nullable OpenStatements opened;

    Handler(
        ConnectionGuard<T> guard, Object target, @Nullable Handler<T> root, boolean isConnection) {
      this.guard = guard;
      this.target = target;
      this.root = root == null ? this : root;
      this.isConnection = isConnection;
    }

    boolean isRoot() {
      return root == this;
    }

    @Override
    public @Nullable Object invoke(
        Object object, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
      if (method.getDeclaringClass() == Object.class) {
        return ofAnyObject(object, method, arguments);
      }
      if (isOver()) {
        return afterTheLease(method);
      }
      if (isConnection && isClose(method)) {
        Objects.requireNonNull(root.lease).close();
        return null;
      }
      if (isOfTypeAskedFor(object, method, arguments)) {
        return method.getName().equals("unwrap") ? object : (Object) true;
      }
      if (isConnection && mayEnd(method)) {
        Objects.requireNonNull(root.lease).doubt();
      }
      return passOn(object, method, arguments);
    }

    /** The answer to a call after the end of the lease. */
    private @Nullable Object afterTheLease(Method method) {
      if (isClose(method)) {
        return null;
      }
      if (isQuestionWhetherClosed(method)) {
        return true;
      }
      throw new IllegalStateException(
          "%s was not called: this lease of pool '%s' has ended, and its connection may be someone else's by now. Use a connection only until its lease is closed."
              .formatted(method.getName(), guard.pool));
    }

    /** Whether the call asks for a type that this object has, so that it need not be passed on. */
    private static boolean isOfTypeAskedFor(
        Object object, Method method, @Nullable Object @Nullable [] arguments) {
      return asksForType(method)
          && arguments != null
          && arguments[0] instanceof Class<?> wanted
          && wanted.isInstance(object);
    }

    /**
     * Calls the method of the target; or runs it on this object, if it is a default method that the
     * target inherits: then all that its code calls, keeps and returns is guarded. A failure also
     * says something about the connection.
     */
    private @Nullable Object passOn(
        Object object, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
      InterfaceCalls.DefaultMethod inherited =
          asksForType(method) ? null : InterfaceCalls.inherited(target, method, object);
      try {
        return inherited == null
            ? guardedResult(
                noted(InterfaceCalls.call(target, method, unguarded(arguments)), method),
                method,
                arguments)
            : InterfaceCalls.call(object, inherited, arguments);
      } catch (Throwable failure) {
        Lease<T> during = root.lease;
        if (during != null) {
          during.hasFailed(failure);
        }
        throw failure;
      }
    }

    /** The result of a call, which is closed with the lease if it is a statement. */
    private @Nullable Object noted(@Nullable Object result, Method method) {
      OpenStatements opened = root.opened;
      if (opened == null) {
        return result;
      }
      if (isClose(method)) {
        opened.closed(target);
      } else if (result != null && !opened.note(result, target, method.getName())) {
        throw tooLate((AutoCloseable) result, method);
      }
      return result;
    }

    /** The lease has ended during a call, which has opened something for no user. */
    private IllegalStateException tooLate(AutoCloseable opened, Method method) {
      IllegalStateException late =
          new IllegalStateException(
              "What %s has opened is closed: this lease of pool '%s' has ended meanwhile. Close a lease after the last call of its connection."
                  .formatted(method.getName(), guard.pool));
      try {
        opened.close();
      } catch (Throwable failure) {
        late.addSuppressed(failure);
      }
      return late;
    }

    /** Whether the call asks for a type, which may be the class of the target. */
    private static boolean asksForType(Method method) {
      return method.getParameterCount() == 1
          && (method.getName().equals("unwrap") || method.getName().equals("isWrapperFor"))
          && method.getParameterTypes()[0] == Class.class;
    }

    /** The result of a call, guarded if it leads to a connection. */
    private @Nullable Object guardedResult(
        @Nullable Object result, Method method, @Nullable Object @Nullable [] arguments) {
      if (method.getReturnType() == Object.class
          && method.getName().equals("unwrap")
          && arguments != null
          && arguments.length == 1
          && arguments[0] instanceof Class<?> wanted) {
        return guarded(result, wanted, /* leadsToConnection= */ true);
      }
      return guarded(result, method.getReturnType(), /* leadsToConnection= */ !isRoot());
    }

    private static boolean isClose(Method method) {
      return isMethod(method, "close", void.class);
    }

    /** Whether the call may end the connection without the pool, which then has to check it. */
    private static boolean mayEnd(Method method) {
      return method.getName().equals("close") || method.getName().equals("abort");
    }

    private static boolean isQuestionWhetherClosed(Method method) {
      return isMethod(method, "isClosed", boolean.class);
    }

    /** Whether it is the method of this name and result that has no parameters. */
    private static boolean isMethod(Method method, String name, Class<?> result) {
      return method.getParameterCount() == 0
          && method.getName().equals(name)
          && method.getReturnType() == result;
    }

    /** The arguments, with the object behind in place of each object of this pool. */
    private @Nullable Object @Nullable [] unguarded(@Nullable Object @Nullable [] arguments) {
      for (int i = 0; arguments != null && i < arguments.length; i++) {
        Object argument = arguments[i];
        Handler<T> ours = argument == null ? null : guard.handler(argument);
        if (ours != null && !ours.isRoot()) {
          arguments[i] = ours.target;
        }
      }
      return arguments;
    }

    /**
     * The result; or an object in front of it, if it leads to a connection.
     *
     * @param leadsToConnection whether a result of the guarded type is the connection, even if it
     *     is another object
     */
    private @Nullable Object guarded(
        @Nullable Object result, Class<?> asType, boolean leadsToConnection) {
      if (result == null || !(asType.isInterface() || asType == Object.class)) {
        return result;
      }
      boolean isTheConnection =
          result == root.target || (leadsToConnection && guard.type.isInstance(result));
      if (isTheConnection && asType.isInstance(root.self)) {
        // Otherwise a chain of calls would lead past the guard.
        return root.self;
      }
      return guard.inPlaceOf(result, asType, root, isTheConnection);
    }

    private boolean isOver() {
      return root.lease == null || root.lease.isClosed();
    }

    /** These never fail, and never change: the object may be in a set, or in a log message. */
    private Object ofAnyObject(
        Object object, Method method, @Nullable Object @Nullable [] arguments) {
      return switch (method.getName()) {
        case "equals" -> arguments != null && isSame(object, arguments[0]);
        case "hashCode" -> System.identityHashCode(target == root.target ? root.self : target);
        default ->
            isOver() ? textWhenOver() : isConnection ? Faults.describeObject(target) : text();
      };
    }

    /** Two results may be in front of one object. */
    private boolean isSame(Object object, @Nullable Object other) {
      if (object == other) {
        return true;
      }
      Handler<T> ours = other == null ? null : guard.handler(other);
      return ours != null && ours.root == root && ours.target == target;
    }

    private String textWhenOver() {
      String what = isConnection ? "a connection" : "an object";
      return what + " of pool '" + guard.pool + "' whose lease has ended";
    }

    /** Complete: it may be the text of a statement or of a value. */
    private String text() {
      try {
        return String.valueOf(target.toString());
      } catch (Throwable faulty) {
        return Faults.describeObject(target);
      }
    }
  }
}

package dev.pools.connection;

import dev.pools.internal.Faults;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Leases out, instead of a connection, an object of its interface that passes everything on to it
 * until the lease ends, and nothing afterwards.
 */
final class Guard<T> {

  private final String pool;
  private final Class<T> type;

  /** Whether anybody may call the interface's methods, so that they need not be opened to us. */
  private final boolean isOpen;

  /**
   * Makes it.
   *
   * @throws IllegalArgumentException if there can be no other object of this type
   */
  Guard(String pool, Class<T> type) {
    this.pool = pool;
    this.type = type;
    if (!type.isInterface() || type.isSealed()) {
      throw new IllegalArgumentException(
          "guard is %s, but must be an interface that is not sealed. Let the pool's connections be of one, or guard nothing."
              .formatted(type.getName()));
    }
    this.isOpen = Arrays.stream(type.getMethods()).allMatch(Guard::isOpen);
    if (!isOpen && !Arrays.stream(type.getMethods()).allMatch(Method::trySetAccessible)) {
      throw new IllegalArgumentException(
          "guard is %s, but its methods cannot be called from here: it is not public, or the %s does not open it. Make it public and open or export its package to dev.pools."
              .formatted(type.getName(), type.getModule()));
    }
    // Makes its class now, and fails now if that cannot be.
    proxy(
        (object, method, arguments) -> {
          throw new AssertionError();
        });
  }

  private static boolean isOpen(Method method) {
    Class<?> declaring = method.getDeclaringClass();
    return Modifier.isPublic(declaring.getModifiers())
        && declaring.getModule().isExported(declaring.getPackageName(), Guard.class.getModule());
  }

  private T proxy(InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  /** What stands before a connection for one lease, which it must be {@link #bind bound} to. */
  T before(T connection) {
    return proxy(new Handler<>(this, connection));
  }

  /** Whatever is called on it from now on depends on this lease. */
  void bind(Lease<T> lease) {
    Objects.requireNonNull(handler(lease.leased())).lease = lease;
  }

  /** The connection behind, if this is one of ours; or else the object itself. */
  T behind(T object) {
    Handler<T> ours = handler(object);
    return ours == null ? object : ours.connection;
  }

  /** The lease that this object is of, if it is one of ours. */
  @Nullable Lease<T> leaseOf(T object) {
    Handler<T> ours = handler(object);
    return ours == null ? null : ours.lease;
  }

  private @Nullable Handler<T> handler(T object) {
    if (Proxy.isProxyClass(object.getClass())
        && Proxy.getInvocationHandler(object) instanceof Handler<?> handler
        && handler.guard == this) {
      // A guard makes none but those of its own type.
      @SuppressWarnings("unchecked")
      Handler<T> ours = (Handler<T>) handler;
      return ours;
    }
    return null;
  }

  private static final class Handler<T> implements InvocationHandler {

    private final Guard<T> guard;
    private final T connection;

    // Written once, before the object gets to its user. It also holds the lease: while somebody
    // can use the one, the other is not forgotten.
    private @Nullable Lease<T> lease;

    Handler(Guard<T> guard, T connection) {
      this.guard = guard;
      this.connection = connection;
    }

    @Override
    public @Nullable Object invoke(
        Object object, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
      if (method.getDeclaringClass() == Object.class) {
        return ofAnyObject(object, method, arguments);
      }
      if (isOver()) {
        throw new IllegalStateException(
            "%s was not called: this lease of pool '%s' has ended, and its connection may be someone else's by now. Use a connection only until its lease is closed."
                .formatted(method.getName(), guard.pool));
      }
      if (!guard.isOpen) {
        method.setAccessible(true);
      }
      try {
        Object result = method.invoke(connection, arguments);
        // Else whoever chains calls would come past the guard.
        return result == connection && method.getReturnType().isInstance(object) ? object : result;
      } catch (InvocationTargetException thrown) {
        Throwable failure = Objects.requireNonNullElse(thrown.getCause(), thrown);
        if (lease != null) {
          lease.hasFailed(failure);
        }
        throw failure;
      }
    }

    private boolean isOver() {
      return lease == null || lease.isClosed();
    }

    /** These never fail, and never change: the object may be in a set, or in a line of a log. */
    private Object ofAnyObject(
        Object object, Method method, @Nullable Object @Nullable [] arguments) {
      return switch (method.getName()) {
        case "equals" -> arguments != null && object == arguments[0];
        case "hashCode" -> System.identityHashCode(object);
        default ->
            isOver()
                ? "a connection of pool '" + guard.pool + "' whose lease has ended"
                : Faults.describeObject(connection);
      };
    }
  }
}

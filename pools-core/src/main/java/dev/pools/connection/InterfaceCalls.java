package dev.pools.connection;

import static java.util.Objects.requireNonNullElse;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Calls methods of interfaces on an object behind a proxy, or on the proxy.
 *
 * <p>A default method that the object's class inherits runs on the proxy: its code is not the
 * object's own, and whatever it calls, keeps or returns must be the proxy. Code of the class runs
 * on the object, also where it replaces a default method. What a class inherits is examined once
 * for each of its methods.
 */
final class InterfaceCalls {

  private static final ClassValue<Boolean> IS_OPEN =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> declaring) {
          return Modifier.isPublic(declaring.getModifiers())
              && declaring
                  .getModule()
                  .isExported(declaring.getPackageName(), InterfaceCalls.class.getModule());
        }
      };

  /** By the class of an object and a method of its interfaces. Empty: code of the class runs. */
  private static final ClassValue<Map<Method, Optional<DefaultMethod>>> INHERITED =
      new ClassValue<>() {
        @Override
        protected Map<Method, Optional<DefaultMethod>> computeValue(Class<?> of) {
          return new ConcurrentHashMap<>();
        }
      };

  private static final Object[] NO_ARGUMENTS = {};

  /**
   * A default method of an interface.
   *
   * @param code calls it on an object with an array of arguments; null if the JDK can call it
   */
  record DefaultMethod(Method method, @Nullable MethodHandle code) {

    /**
     * Whether it can run on this proxy, which may show fewer interfaces than the object behind it.
     */
    private boolean belongsTo(Object proxy) {
      return method.getDeclaringClass().isInstance(proxy);
    }

    private @Nullable Object call(Object proxy, @Nullable Object @Nullable [] arguments)
        throws Throwable {
      @Nullable Object[] all = arguments == null ? NO_ARGUMENTS : arguments;
      return code == null
          ? InvocationHandler.invokeDefault(proxy, method, all)
          : code.invoke(proxy, all);
    }
  }

  private InterfaceCalls() {}

  /** Whether any code may call the methods of this type, so they need not be opened. */
  static boolean isOpen(Class<?> declaring) {
    return IS_OPEN.get(declaring);
  }

  static boolean isOpen(Method method) {
    return isOpen(method.getDeclaringClass());
  }

  /** Calls a method of the target. Throws what the method throws. */
  static @Nullable Object call(
      Object target, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    if (!isOpen(method)) {
      method.setAccessible(true);
    }
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException thrown) {
      throw requireNonNullElse(thrown.getCause(), thrown);
    }
  }

  /** Calls a default method on a proxy. Throws what the method throws. */
  static @Nullable Object call(
      Object proxy, DefaultMethod method, @Nullable Object @Nullable [] arguments)
      throws Throwable {
    return method.call(proxy, arguments);
  }

  /**
   * The default method that a call runs on the target because its class inherits it, if the proxy
   * can run it instead; otherwise null.
   */
  static @Nullable DefaultMethod inherited(Object target, Method called, Object proxy) {
    Map<Method, Optional<DefaultMethod>> known = INHERITED.get(target.getClass());
    Optional<DefaultMethod> found = known.get(called);
    if (found == null) {
      found = Optional.ofNullable(find(target, called));
      known.put(called, found);
    }
    DefaultMethod method = found.orElse(null);
    return method != null && method.belongsTo(proxy) ? method : null;
  }

  private static @Nullable DefaultMethod find(Object target, Method called) {
    try {
      Method runs = target.getClass().getMethod(called.getName(), called.getParameterTypes());
      if (!runs.isDefault()) {
        return null;
      }
      return new DefaultMethod(runs, isOpen(runs) ? null : code(runs));
    } catch (ReflectiveOperationException | LinkageError unknown) {
      // Another method of the class may name a type that is absent. The call goes to the target.
      return null;
    }
  }

  /** A default method of an interface that the JDK lets only code of its own package call. */
  private static MethodHandle code(Method method) throws IllegalAccessException {
    Class<?> declaring = method.getDeclaringClass();
    InterfaceCalls.class.getModule().addReads(declaring.getModule());
    return MethodHandles.privateLookupIn(declaring, MethodHandles.lookup())
        .unreflectSpecial(method, declaring)
        .asFixedArity()
        .asSpreader(Object[].class, method.getParameterCount())
        .asType(MethodType.methodType(Object.class, Object.class, Object[].class));
  }
}

package dev.pools;

import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds methods, and a way to call them from here. */
final class Access {

  private Access() {}

  /** The only public method of that name. */
  static Method only(Class<?> type, String name) {
    Collection<Method> found = publicMethods(type, name, /* bridges= */ false);
    if (found.isEmpty()) {
      // A class that inherits from one that is not public has nothing but bridges to its methods.
      found = publicMethods(type, name, /* bridges= */ true);
    }
    if (found.size() == 1) {
      return found.iterator().next();
    }
    throw new IllegalArgumentException(
        found.isEmpty()
            ? none(type, name)
            : "%s has several public methods '%s': %s. Pass the Method that is meant."
                .formatted(type.getName(), name, found.stream().map(Signature::of).toList()));
  }

  /** One for each list of parameters: several types may declare it, with narrower results. */
  private static Collection<Method> publicMethods(Class<?> type, String name, boolean bridges) {
    Map<List<Class<?>>, Method> byParameters = new LinkedHashMap<>();
    for (Method method : type.getMethods()) {
      if (method.getName().equals(name) && method.isBridge() == bridges) {
        byParameters.merge(
            List.of(method.getParameterTypes()),
            method,
            (a, b) -> a.getReturnType().isAssignableFrom(b.getReturnType()) ? b : a);
      }
    }
    return byParameters.values();
  }

  private static String none(Class<?> type, String name) {
    String hint;
    if (Arrays.stream(type.getDeclaredMethods()).anyMatch(m -> m.getName().equals(name))) {
      hint = "it is not public: make it so, or pass the Method";
    } else {
      Set<String> names = new HashSet<>();
      for (Method method : type.getMethods()) {
        names.add(method.getName());
      }
      String closest = ClosestName.to(name, names);
      hint = closest == null ? "look at its spelling" : "did you mean '" + closest + "'?";
    }
    return "%s has no public method '%s': %s".formatted(type.getName(), name, hint);
  }

  /**
   * The method itself if it can be called from here, or else the one that it overrides in a type
   * that is open to everyone, as with an object of a class that is not public behind an interface
   * that is.
   */
  static Method open(@Nullable Object receiver, Method method, Signature signature) {
    if (method.canAccess(receiver) || method.trySetAccessible()) {
      return method;
    }
    for (Class<?> type : superTypes(method.getDeclaringClass())) {
      Method overridden = declared(type, method);
      if (overridden != null && receiver != null && overridden.canAccess(receiver)) {
        return overridden;
      }
    }
    throw closed(method, signature);
  }

  private static @Nullable Method declared(Class<?> type, Method method) {
    try {
      return type.getDeclaredMethod(method.getName(), method.getParameterTypes());
    } catch (NoSuchMethodException another) {
      return null;
    }
  }

  private static List<Class<?>> superTypes(Class<?> type) {
    List<Class<?>> all = new ArrayList<>();
    Class<?> superclass = type.getSuperclass();
    if (superclass != null) {
      all.add(superclass);
      all.addAll(superTypes(superclass));
    }
    for (Class<?> extended : type.getInterfaces()) {
      all.add(extended);
      all.addAll(superTypes(extended));
    }
    return all;
  }

  /** Says that a method or constructor cannot be called from here, and how it could be. */
  static <M extends AccessibleObject & Member> IllegalArgumentException closed(
      M member, Signature signature) {
    Class<?> type = member.getDeclaringClass();
    return new IllegalArgumentException(
        "%s cannot be called from here: it or its class %s is not public, and the %s does not open package %s. Make both public, or open the package to dev.pools."
            .formatted(signature, type.getName(), type.getModule(), type.getPackageName()));
  }
}

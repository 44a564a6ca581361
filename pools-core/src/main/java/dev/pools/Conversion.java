package dev.pools;

import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which values Java takes for a parameter: boxing, and widening of primitives (JLS 5.3). */
final class Conversion {

  /** To which primitive types a value of a box may be widened, its own apart (JLS 5.1.2). */
  private static final Map<Class<?>, Set<Class<?>>> WIDER =
      Map.of(
          Byte.class, Set.of(short.class, int.class, long.class, float.class, double.class),
          Short.class, Set.of(int.class, long.class, float.class, double.class),
          Character.class, Set.of(int.class, long.class, float.class, double.class),
          Integer.class, Set.of(long.class, float.class, double.class),
          Long.class, Set.of(float.class, double.class),
          Float.class, Set.of(double.class));

  private Conversion() {}

  /** Whether a parameter of this type takes the value. */
  static boolean fits(@Nullable Object value, Class<?> type) {
    if (value == null) {
      return !type.isPrimitive();
    }
    return boxed(type).isInstance(value)
        || WIDER.getOrDefault(value.getClass(), Set.of()).contains(type);
  }

  /** The type itself, or the box of a primitive one. */
  static Class<?> boxed(Class<?> type) {
    return MethodType.methodType(type).wrap().returnType();
  }

  /** The values, which must fit, in an array of that component type. */
  static Object arrayOf(Class<?> component, List<?> values) {
    Object array = Array.newInstance(component, values.size());
    for (int i = 0; i < values.size(); i++) {
      Array.set(array, i, values.get(i));
    }
    return array;
  }
}

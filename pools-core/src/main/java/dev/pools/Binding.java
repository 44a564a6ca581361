package dev.pools;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A method, a constructor or a record that takes {@link Arguments}: first those by position, from
 * the left, then those by parameter name.
 *
 * <pre>{@code
 * record Thumbnail(String picture, int width) {}
 *
 * Binding<Thumbnail> thumbnail = Binding.toRecord(Thumbnail.class);
 * thumbnail.apply(Arguments.of("cat.png").and("width", 200)); // new Thumbnail("cat.png", 200)
 * }</pre>
 *
 * <ul>
 *   <li>Every parameter must be given exactly once, in a type that Java itself would take: boxed or
 *       not, and with primitive widening (an {@code Integer} for a {@code long}). Null fits every
 *       type that is not primitive.
 *   <li>A variable number of values ({@code int... sizes}) is given as such at the end of those by
 *       position; or as an array, by position or by name; or as a {@code List} by name. It may be
 *       left out. A null by position is a value, not an array.
 *   <li>The names of methods' and constructors' parameters are there only if their class was
 *       compiled with {@code javac -parameters}; those of a record's components always are. Without
 *       names, arguments can be given by position.
 * </ul>
 *
 * <p>Immutable: any thread may use it, if the target allows that.
 *
 * @param <R> what is returned
 */
public final class Binding<R extends @Nullable Object> implements ArgumentsFunction<R> {

  /** The call itself, with a value for each parameter. */
  @FunctionalInterface
  private interface Call {
    @Nullable Object with(@Nullable Object[] values) throws ReflectiveOperationException;
  }

  private final Signature signature;
  private final Call call;
  private final Class<?> returns;

  private Binding(Signature signature, Call call, Class<?> returns) {
    this.signature = signature;
    this.call = call;
    this.returns = returns;
  }

  /**
   * Binds to a method of an object. The target of a static method does not matter.
   *
   * @throws IllegalArgumentException if the target is not of the method's class, or the method
   *     cannot be called from here: says how to make it callable
   */
  public static Binding<?> toMethod(Object target, Method method) {
    Objects.requireNonNull(target, "target");
    if (!Modifier.isStatic(method.getModifiers())
        && !method.getDeclaringClass().isInstance(target)) {
      throw new IllegalArgumentException(
          "%s cannot be called on a %s: the target must be a %s."
              .formatted(
                  Signature.of(method),
                  target.getClass().getName(),
                  method.getDeclaringClass().getName()));
    }
    return ofMethod(target, method);
  }

  /**
   * Binds to the only public method of that name that an object has.
   *
   * @throws IllegalArgumentException if there is none, or several, or it cannot be called from here
   */
  public static Binding<?> toMethod(Object target, String methodName) {
    return toMethod(target, Access.only(target.getClass(), methodName));
  }

  /**
   * Binds to a static method.
   *
   * @throws IllegalArgumentException if it is not static, or cannot be called from here
   */
  public static Binding<?> toStaticMethod(Method method) {
    if (!Modifier.isStatic(method.getModifiers())) {
      throw new IllegalArgumentException(
          Signature.of(method) + " is not static: use toMethod, with the object to call it on.");
    }
    return ofMethod(null, method);
  }

  /**
   * Binds to a constructor.
   *
   * @throws IllegalArgumentException if its class is abstract, or it cannot be called from here
   */
  public static <R> Binding<R> toConstructor(Constructor<R> constructor) {
    Class<R> type = constructor.getDeclaringClass();
    Signature signature = Signature.of(constructor);
    if (Modifier.isAbstract(type.getModifiers()) || type.isEnum()) {
      throw new IllegalArgumentException(
          "%s cannot be called: %s is %s."
              .formatted(signature, type.getName(), type.isEnum() ? "an enum" : "abstract"));
    }
    if (!constructor.canAccess(null) && !constructor.trySetAccessible()) {
      throw Access.closed(constructor, signature);
    }
    return new Binding<>(signature, values -> constructor.newInstance(values), type);
  }

  /**
   * Binds to the components of a record.
   *
   * @throws IllegalArgumentException if the record cannot be created from here
   */
  public static <R extends Record> Binding<R> toRecord(Class<R> type) {
    Class<?>[] components =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      return toConstructor(type.getDeclaredConstructor(components));
    } catch (NoSuchMethodException impossible) {
      throw new AssertionError("Every record has its canonical constructor.", impossible);
    }
  }

  private static Binding<?> ofMethod(@Nullable Object target, Method method) {
    Signature signature = Signature.of(method);
    Object receiver = Modifier.isStatic(method.getModifiers()) ? null : target;
    Method open = Access.open(receiver, method, signature);
    return new Binding<>(
        signature, values -> open.invoke(receiver, values), method.getReturnType());
  }

  /**
   * This binding, with the type of what is returned.
   *
   * @param type a type that the returned values are of; of a primitive one and its box either will
   *     do
   * @throws IllegalArgumentException if what is returned can never be of that type
   */
  @SuppressWarnings("unchecked")
  public <S> Binding<S> returning(Class<S> type) {
    Class<?> wanted = Conversion.boxed(type);
    Class<?> actual = Conversion.boxed(returns);
    if (!wanted.isAssignableFrom(actual)
        && !actual.isAssignableFrom(wanted)
        && !(wanted.isInterface() && !Modifier.isFinal(actual.getModifiers()))
        && !(actual.isInterface() && !Modifier.isFinal(wanted.getModifiers()))) {
      throw new IllegalArgumentException(
          "%s returns %s, which is never a %s."
              .formatted(signature, returns.getName(), type.getName()));
    }
    Call checked =
        values -> {
          Object returned = call.with(values);
          if (returned != null && !wanted.isInstance(returned)) {
            throw new ClassCastException(
                "%s returned a %s, but it is bound as returning %s."
                    .formatted(signature, returned.getClass().getName(), type.getName()));
          }
          return returned;
        };
    return new Binding<>(signature, checked, wanted);
  }

  /**
   * Calls what this is bound to.
   *
   * @return what it returns; null if it returns nothing
   * @throws ArgumentsMismatchException if the arguments do not fit; nothing has run
   * @throws Exception what it throws, itself
   */
  @Override
  @SuppressWarnings({"unchecked", "NullAway"}) // R says whether null may be returned.
  public R apply(Arguments arguments) throws Exception {
    @Nullable Object[] values = signature.bind(arguments);
    try {
      return (R) call.with(values);
    } catch (InvocationTargetException e) {
      throw thrownBy(e);
    }
  }

  private static Exception thrownBy(InvocationTargetException e) {
    Throwable thrown = e.getCause();
    if (thrown instanceof Error error) {
      throw error;
    }
    return thrown instanceof Exception exception
        ? exception
        : new UndeclaredThrowableException(thrown);
  }

  /**
   * Checks that the arguments fit, without calling anything.
   *
   * @throws ArgumentsMismatchException if they do not; its message has what is expected, what was
   *     given (by type, not by value) and all that is wrong
   */
  @Override
  public void check(Arguments arguments) {
    signature.bind(arguments);
  }

  /** The method, constructor or record, as it is written in Java. */
  @Override
  public String toString() {
    return signature.toString();
  }
}

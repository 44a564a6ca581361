package dev.pools;

import dev.pools.internal.Faults;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of something that can be called, and how {@link Arguments} are laid out for them:
 * by position from the left, then by name, with Java's own rules for boxing, widening and varargs.
 *
 * <p>What it says about arguments that do not fit names their types, never their values: these may
 * be passwords, and messages end up in logs.
 */
final class Signature {

  private final String callee;
  private final List<Slot> slots;
  private final boolean named;
  private final boolean variable;

  private Signature(String callee, List<Slot> slots, boolean named, boolean variable) {
    this.callee = callee;
    this.slots = slots;
    this.named = named;
    this.variable = variable;
  }

  static Signature of(Method method) {
    return of(
        method.getDeclaringClass().getSimpleName() + "." + method.getName(),
        method,
        declaredNames(method));
  }

  static Signature of(Constructor<?> constructor) {
    Class<?> type = constructor.getDeclaringClass();
    List<String> names = componentNames(type, constructor);
    return of(
        "new " + type.getSimpleName(),
        constructor,
        names == null ? declaredNames(constructor) : names);
  }

  private static Signature of(String callee, Executable executable, @Nullable List<String> names) {
    List<Slot> slots = new ArrayList<>();
    Class<?>[] types = executable.getParameterTypes();
    for (int i = 0; i < types.length; i++) {
      slots.add(new Slot(names == null ? "arg" + i : names.get(i), types[i]));
    }
    return new Signature(callee, slots, names != null, executable.isVarArgs());
  }

  /** The names of the parameters, if they were compiled in. */
  private static @Nullable List<String> declaredNames(Executable executable) {
    List<String> names = new ArrayList<>();
    for (Parameter parameter : executable.getParameters()) {
      if (!parameter.isNamePresent()) {
        return null;
      }
      names.add(parameter.getName());
    }
    return names;
  }

  /** The names of a record's components, which are always there, if its constructor takes them. */
  private static @Nullable List<String> componentNames(Class<?> type, Constructor<?> constructor) {
    RecordComponent[] components = type.getRecordComponents();
    if (components == null
        || !Arrays.equals(
            Arrays.stream(components).map(RecordComponent::getType).toArray(),
            constructor.getParameterTypes())) {
      return null;
    }
    return Arrays.stream(components).map(RecordComponent::getName).toList();
  }

  /**
   * The arguments in the order of the parameters.
   *
   * @throws ArgumentsMismatchException if they do not fit; lists all that is wrong with them
   */
  @Nullable Object[] bind(Arguments arguments) {
    List<String> problems = new ArrayList<>();
    if (!named && !arguments.named().isEmpty()) {
      throw mismatch(
          arguments,
          List.of(
              "its parameter names are not compiled in, so nothing can be given by name. "
                  + "Compile it with javac -parameters, or give all by position."));
    }
    @Nullable Object[] values = new Object[slots.size()];
    boolean[] given = new boolean[slots.size()];
    bindPositional(arguments.positional(), values, given, problems);
    bindNamed(arguments.named(), values, given, problems);
    for (int i = 0; i < given.length; i++) {
      if (!given[i] && isVariable(i)) {
        values[i] = slots.get(i).arrayOf(List.of(), problems);
      } else if (!given[i]) {
        problems.add("'%s' (%s) is missing".formatted(slots.get(i).name, typeName(i)));
      }
    }
    if (!problems.isEmpty()) {
      throw mismatch(arguments, problems);
    }
    return values;
  }

  private void bindPositional(
      List<@Nullable Object> positional,
      @Nullable Object[] values,
      boolean[] given,
      List<String> problems) {
    int fixed = variable ? slots.size() - 1 : slots.size();
    for (int i = 0; i < Math.min(fixed, positional.size()); i++) {
      values[i] = slots.get(i).fit(positional.get(i), problems);
      given[i] = true;
    }
    if (positional.size() <= fixed) {
      return;
    }
    if (!variable) {
      problems.add(
          "%s given by position, but it takes %d"
              .formatted(Faults.count(positional.size(), "is", "are"), slots.size()));
      return;
    }
    List<@Nullable Object> rest = positional.subList(fixed, positional.size());
    Slot last = slots.get(fixed);
    boolean arrayItself = rest.size() == 1 && last.type.isInstance(rest.get(0));
    values[fixed] = arrayItself ? rest.get(0) : last.arrayOf(rest, problems);
    given[fixed] = true;
  }

  private void bindNamed(
      Map<String, @Nullable Object> byName,
      @Nullable Object[] values,
      boolean[] given,
      List<String> problems) {
    byName.forEach(
        (name, value) -> {
          int i = indexOf(name);
          if (i < 0) {
            problems.add(unknown(name));
          } else if (given[i]) {
            problems.add("'%s' is given twice, by position and by name".formatted(name));
          } else {
            Slot slot = slots.get(i);
            values[i] =
                isVariable(i) && value instanceof List<?> list
                    ? slot.arrayOf(list, problems)
                    : slot.fit(value, problems);
            given[i] = true;
          }
        });
  }

  private int indexOf(String name) {
    for (int i = 0; i < slots.size(); i++) {
      if (slots.get(i).name.equals(name)) {
        return i;
      }
    }
    return -1;
  }

  private boolean isVariable(int slot) {
    return variable && slot == slots.size() - 1;
  }

  private String unknown(String name) {
    String closest = ClosestName.to(name, slots.stream().map(Slot::name).toList());
    return "there is no parameter '"
        + name
        + (closest == null ? "'" : "' (did you mean '" + closest + "'?)");
  }

  private ArgumentsMismatchException mismatch(Arguments arguments, List<String> problems) {
    String all = String.join("; ", problems);
    return new ArgumentsMismatchException(
        "%s cannot be called with %s: %s%s"
            .formatted(
                this,
                types(arguments),
                all,
                all.endsWith(".")
                    ? ""
                    : ". Give each parameter once, by position or by name, in its type."));
  }

  /** What was given, without its values. */
  private static String types(Arguments arguments) {
    StringJoiner types = new StringJoiner(", ", "(", ")");
    arguments.positional().forEach(value -> types.add(typeOf(value)));
    arguments.named().forEach((name, value) -> types.add(name + ": " + typeOf(value)));
    return types.toString();
  }

  private static String typeOf(@Nullable Object value) {
    if (value == null) {
      return "null";
    }
    Class<?> type =
        value instanceof Enum<?> constant ? constant.getDeclaringClass() : value.getClass();
    return type.isAnonymousClass() ? type.getName() : type.getSimpleName();
  }

  private String typeName(int slot) {
    Slot parameter = slots.get(slot);
    return isVariable(slot)
        ? parameter.type.getComponentType().getSimpleName() + "..."
        : parameter.type.getSimpleName();
  }

  /** As it is written in Java, with the names if they are known. */
  @Override
  public String toString() {
    StringJoiner parameters = new StringJoiner(", ", callee + "(", ")");
    for (int i = 0; i < slots.size(); i++) {
      parameters.add(named ? typeName(i) + " " + slots.get(i).name : typeName(i));
    }
    return parameters.toString();
  }

  /** One parameter. */
  private record Slot(String name, Class<?> type) {

    /** The value, if a parameter of this type takes it. */
    @Nullable Object fit(@Nullable Object value, List<String> problems) {
      if (!Conversion.fits(value, type)) {
        problems.add(
            "'%s' must be %s, not %s".formatted(name, type.getSimpleName(), typeOf(value)));
      }
      return value;
    }

    /** The values in an array of this type. */
    @Nullable Object arrayOf(List<?> values, List<String> problems) {
      Class<?> component = type.getComponentType();
      for (Object value : values) {
        if (!Conversion.fits(value, component)) {
          problems.add(
              "each of '%s' must be %s, not %s"
                  .formatted(name, component.getSimpleName(), typeOf(value)));
          return null;
        }
      }
      return Conversion.arrayOf(component, values);
    }
  }
}

package dev.pools.boot.autoconfigure;

import dev.pools.internal.Faults;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.core.convert.ConversionException;
import org.springframework.core.convert.ConversionFailedException;

/** Says for a value of the wrong kind which values there may be. */
final class InvalidValue {

  private InvalidValue() {}

  static InvalidPoolException of(BindException fault, Placeholders placeholders) {
    ConfigurationProperty property = fault.getProperty();
    String name = UnknownSettings.typed(fault.getName());
    Throwable cause = rootOf(fault);
    if (property == null) {
      return new InvalidPoolException(
          "The property %s cannot be read: %s".formatted(name, Faults.describe(cause)),
          "Change %s.".formatted(name),
          fault);
    }
    Class<?> type = fault.getTarget().getType().resolve(Object.class);
    String problem =
        isConversion(fault)
            ? "must be " + possible(type)
            : "cannot be used: " + Faults.describe(cause);
    String shown = Secrets.shown(name, property.getValue());
    boolean empty = isEmpty(fault);
    return new InvalidPoolException(
        "The property %s is '%s'%s, but %s.%s"
            .formatted(
                name,
                shown,
                empty && !shown.isBlank() ? ", which gives an empty value" : "",
                problem,
                placeholders.line(property)),
        placeholders.cure(property)
            + (empty
                ? "Give %s a value, or remove it there.".formatted(name)
                : "Change %s.".formatted(name)),
        // Its message has the value.
        null);
  }

  private static boolean isConversion(Throwable fault) {
    return conversion(fault) != null;
  }

  /** Whether the value is empty when its placeholders are resolved. */
  private static boolean isEmpty(Throwable fault) {
    return conversion(fault) instanceof ConversionFailedException failed
        && (failed.getValue() == null || failed.getValue().toString().isBlank());
  }

  private static @Nullable Throwable conversion(Throwable fault) {
    Throwable cause = fault.getCause();
    while (cause != null && !(cause instanceof ConversionException)) {
      cause = cause.getCause();
    }
    return cause;
  }

  private static Throwable rootOf(Throwable fault) {
    Throwable root = fault;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  private static String possible(Class<?> type) {
    if (type.isEnum()) {
      return "one of "
          + Arrays.stream(type.getEnumConstants())
              .map(Object::toString)
              .collect(Collectors.joining(", "));
    }
    if (type == Duration.class) {
      return "a duration, such as 500ms, 5s or 10m";
    }
    if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
      return "a whole number" + (type == int.class ? " of up to " + Integer.MAX_VALUE : "");
    }
    if (type == double.class || type == Double.class) {
      return "a number";
    }
    return type == boolean.class || type == Boolean.class
        ? "true or false"
        : "a value of type " + type.getName();
  }
}

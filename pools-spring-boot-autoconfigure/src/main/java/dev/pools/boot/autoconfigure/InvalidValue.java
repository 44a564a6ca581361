package dev.pools.boot.autoconfigure;

import dev.pools.internal.Faults;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.core.convert.ConversionException;

/** Says for a value of the wrong kind which values there may be. */
final class InvalidValue {

  private InvalidValue() {}

  static InvalidPoolException of(BindException fault) {
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
    return new InvalidPoolException(
        "The property %s is '%s', but %s.%s"
            .formatted(
                name, Secrets.shown(name, property.getValue()), problem, Origins.line(property)),
        "Change %s.".formatted(name),
        // Its message has the value.
        null);
  }

  private static boolean isConversion(Throwable fault) {
    Throwable cause = fault.getCause();
    while (cause != null && !(cause instanceof ConversionException)) {
      cause = cause.getCause();
    }
    return cause != null;
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

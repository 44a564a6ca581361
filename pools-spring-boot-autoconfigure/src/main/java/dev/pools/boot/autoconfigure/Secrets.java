package dev.pools.boot.autoconfigure;

import dev.pools.internal.Faults;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Shows values of properties without their secrets: by the name of the property, as Spring Boot's
 * own sanitizing does, and by the text of the value.
 */
final class Secrets {

  private static final Pattern NAME =
      Pattern.compile(
          "(.*(password|passwd|pwd|passphrase|secret|key|token|authorization)|.*credentials?.*|.*vcap.?services.*)");

  private static final String HIDDEN = "******";

  private Secrets() {}

  /** The value as it may be shown. */
  static String shown(String property, @Nullable Object value) {
    String last = property.substring(property.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return NAME.matcher(last).matches() ? HIDDEN : Faults.describeObject(value);
  }
}

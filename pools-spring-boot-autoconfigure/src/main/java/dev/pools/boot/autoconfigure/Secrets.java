package dev.pools.boot.autoconfigure;

import dev.pools.internal.Faults;
import java.util.Locale;
import java.util.regex.Matcher;
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

  /** A placeholder up to the end of its default. */
  private static final Pattern DEFAULT = Pattern.compile("\\$\\{([^:{}]*):([^{}]+)");

  /** What is shown in place of a secret. */
  static final String HIDDEN = "******";

  private Secrets() {}

  /** The value as it may be shown. */
  static String shown(String property, @Nullable Object value) {
    return isSecret(property) ? HIDDEN : withoutDefaults(Faults.describeObject(value));
  }

  /** A value without the defaults of placeholders that stand for secrets. */
  private static String withoutDefaults(String value) {
    return DEFAULT
        .matcher(value)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    isSecret(found.group(1))
                        ? "${" + found.group(1) + ":" + HIDDEN
                        : found.group()));
  }

  /** Whether a property has the name of a secret. */
  static boolean isSecret(String property) {
    String last = property.substring(property.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return NAME.matcher(last).matches();
  }
}

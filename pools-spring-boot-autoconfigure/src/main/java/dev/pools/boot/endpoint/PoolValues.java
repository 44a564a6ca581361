package dev.pools.boot.endpoint;

import dev.pools.internal.Durations;
import dev.pools.internal.Faults;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.Sanitizer;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.core.env.PropertySource;

/**
 * Shows values as Spring Boot's own endpoints do. Texts, which may be anything, are hidden unless
 * {@code show-values} lets them be shown. Numbers, durations, flags and choices are shown, because
 * the meters show them, too. The sanitizing functions of the application see each value.
 */
public final class PoolValues {

  private final Sanitizer sanitizer;
  private final Show show;
  private final Set<String> roles;

  /**
   * Creates it.
   *
   * @param functions the sanitizing functions of the application
   * @param show when texts are shown
   * @param roles the roles that may see them, if it depends on that
   */
  public PoolValues(Iterable<SanitizingFunction> functions, Show show, Set<String> roles) {
    this.sanitizer = new Sanitizer(functions);
    this.show = show;
    this.roles = Set.copyOf(roles);
  }

  /** Whether a caller sees texts. */
  boolean isShown(SecurityContext caller) {
    return show.isShown(caller, roles);
  }

  /** A value as it can be typed, without what must not be shown. */
  @Nullable Object shown(
      String key,
      @Nullable Object value,
      @Nullable PropertySource<?> source,
      boolean isText,
      boolean showTexts) {
    if (value == null) {
      return null;
    }
    return sanitizer.sanitize(new SanitizableData(source, key, typed(value)), !isText || showTexts);
  }

  /** A value as settings show it. */
  static Object typed(Object value) {
    if (value instanceof Duration duration) {
      return Durations.typed(duration);
    }
    if (value instanceof Enum<?> choice) {
      return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
    return value instanceof Number || value instanceof Boolean
        ? value
        : Faults.describeObject(value);
  }
}

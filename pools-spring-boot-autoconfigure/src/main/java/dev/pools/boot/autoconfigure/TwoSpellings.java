package dev.pools.boot.autoconfigure;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Refuses a setting that one source has in two spellings: {@code maxWorkers} and {@code
 * max-workers}. Spring Boot would use one of them without a word. Sources that override each other
 * may spell it differently.
 */
final class TwoSpellings {

  private TwoSpellings() {}

  /** Refuses them in all sources but variables, whose settings are not known here. */
  static void refuse(Iterable<ConfigurationPropertySource> sources) {
    for (ConfigurationPropertySource source : sources) {
      if (source.getUnderlyingSource() instanceof EnumerablePropertySource<?> named
          && !(named instanceof SystemEnvironmentPropertySource)) {
        refuse(named);
      }
    }
  }

  private static void refuse(EnumerablePropertySource<?> source) {
    Map<String, String> names = new HashMap<>();
    for (String name : source.getPropertyNames()) {
      if (name.regionMatches(/* ignoreCase= */ true, 0, "pools.", 0, 6)) {
        String other = names.putIfAbsent(uniform(name), name);
        if (other != null) {
          throw both(
              other,
              PropertySourceOrigin.get(source, other),
              name,
              PropertySourceOrigin.get(source, name));
        }
      }
    }
  }

  /** The name in a form that its spellings share, with the limits of its elements. */
  private static String uniform(String property) {
    ConfigurationPropertyName name = ConfigurationPropertyName.adapt(property, '.');
    StringBuilder uniform = new StringBuilder(property.length());
    for (int i = 0; i < name.getNumberOfElements(); i++) {
      uniform.append(PoolName.uniform(name.getElement(i, Form.ORIGINAL))).append('/');
    }
    return uniform.toString();
  }

  /** For two variables that set one property. */
  static InvalidPoolException of(ConfigurationProperty one, ConfigurationProperty other) {
    return both(
        UnknownSettings.typed(one.getName()),
        one.getOrigin(),
        UnknownSettings.typed(other.getName()),
        other.getOrigin());
  }

  private static InvalidPoolException both(
      String one, @Nullable Origin ofOne, String other, @Nullable Origin ofOther) {
    return new InvalidPoolException(
        "The properties %s (%s) and %s (%s) are two spellings of one setting, so one of them would have no effect."
            .formatted(one, ofOne, other, ofOther),
        "Remove one of them.",
        null);
  }
}

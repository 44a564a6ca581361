package dev.pools.boot.autoconfigure;

import dev.pools.internal.Durations;
import dev.pools.internal.Faults;
import java.beans.PropertyDescriptor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.source.ConfigurationProperty;

/**
 * Describes an error in the settings of a pool, in terms of the properties that the user can type.
 * It names only a property that the user set, not a built-in value or one that a customizer
 * changed.
 */
final class InvalidSetting {

  /** The message of the core about an option that is out of its range. */
  private static final Pattern OPTION =
      Pattern.compile(
          "^([a-z]+(?:[A-Z][a-z]+)*|(?:health|alarms)\\.[a-z-]+) is (.*)$", Pattern.DOTALL);

  private final PoolsBinding binding;
  private final PoolKind kind;
  private final String pool;

  InvalidSetting(PoolsBinding binding, PoolKind kind, String pool) {
    this.binding = binding;
    this.kind = kind;
    this.pool = pool;
  }

  /** For settings that the core refuses. */
  InvalidPoolException refused(RuntimeException fault) {
    String message = String.valueOf(Faults.messageOf(fault));
    Matcher option = OPTION.matcher(message);
    String setting = option.matches() ? kind.names.find(option.group(1)) : null;
    if (setting == null) {
      return unknown(message, fault);
    }
    String own = binding.property(kind, pool, setting);
    Optional<ConfigurationProperty> set = binding.origin(kind, pool, setting);
    if (set.isPresent()) {
      String typed = UnknownSettings.typed(set.get().getName());
      return new InvalidPoolException(
          "The property %s of the pool '%s' is %s%s"
              .formatted(
                  typed,
                  pool,
                  withoutSecret(set.get(), inProperties(message, option.group(2))),
                  line(set.get())),
          typed.equals(own)
              ? "Change %s.".formatted(own)
              : "Change %s, or set %s for this pool alone.".formatted(typed, own),
          fault);
    }
    List<ConfigurationProperty> others = others(option.group(2));
    if (others.isEmpty()) {
      return unknown(message, fault);
    }
    ConfigurationProperty other = others.get(0);
    return new InvalidPoolException(
        "The property %s of the pool '%s' is '%s', but does not go with %s, which is not set and therefore %s%s"
            .formatted(
                UnknownSettings.typed(other.getName()),
                pool,
                binding.placeholders().shown(other.getName().toString(), other),
                setting,
                inProperties(message, option.group(2)),
                line(other)),
        "Change %s, or set %s.".formatted(UnknownSettings.typed(other.getName()), own),
        fault);
  }

  private String line(ConfigurationProperty property) {
    return binding.placeholders().line(property);
  }

  /** The text that begins with a value, without the value if it was read from a secret. */
  private String withoutSecret(ConfigurationProperty property, String text) {
    int end = text.indexOf(", but ");
    return end >= 0 && binding.placeholders().isSecret(property)
        ? Secrets.HIDDEN + text.substring(end)
        : text;
  }

  private InvalidPoolException unknown(String message, RuntimeException fault) {
    return new InvalidPoolException(
        "The pool '%s' cannot be created: %s".formatted(pool, inProperties(message, message)),
        "Change the properties under %s.".formatted(binding.property(kind, pool, "")),
        fault);
  }

  /** Describes a pool that the core rejects although its settings are correct. */
  InvalidPoolException customized(List<String> customizers, RuntimeException fault) {
    boolean one = customizers.size() == 1;
    return new InvalidPoolException(
        "The pool '%s' cannot be created, although its settings are valid, because of a value that %s set: %s"
            .formatted(
                pool,
                one
                    ? "the customizer bean '" + customizers.get(0) + "'"
                    : "one of the customizer beans " + String.join(", ", customizers),
                Faults.messageOf(fault)),
        one
            ? "Correct the bean '%s'.".formatted(customizers.get(0))
            : "Correct one of the beans %s.".formatted(String.join(", ", customizers)),
        fault);
  }

  /** The properties that a text of the core mentions and the user set. */
  private List<ConfigurationProperty> others(String text) {
    List<ConfigurationProperty> others = new ArrayList<>();
    for (PropertyDescriptor option : BeanUtils.getPropertyDescriptors(kind.settings)) {
      if (mentions(text, option)) {
        binding.origin(kind, pool, PoolName.kebab(option.getName())).ifPresent(others::add);
      }
    }
    return others;
  }

  private static boolean mentions(String text, PropertyDescriptor option) {
    return Pattern.compile("\\b" + option.getName() + "\\b").matcher(text).find();
  }

  /** A text of the core, with options called as properties are and durations as they were typed. */
  private String inProperties(String message, String text) {
    String translated = text;
    for (PropertyDescriptor option : BeanUtils.getPropertyDescriptors(kind.settings)) {
      if (option.getPropertyType() == Duration.class && mentions(message, option)) {
        translated = withDurationAsTyped(translated, option);
      }
    }
    for (PropertyDescriptor option : BeanUtils.getPropertyDescriptors(kind.settings)) {
      translated =
          translated.replaceAll("\\b" + option.getName() + "\\b", PoolName.kebab(option.getName()));
    }
    return Durations.withTyped(translated);
  }

  private String withDurationAsTyped(String text, PropertyDescriptor option) {
    Object settings = binding.settings(kind, pool);
    Optional<ConfigurationProperty> property =
        binding.origin(kind, pool, PoolName.kebab(option.getName()));
    if (settings == null || property.isEmpty()) {
      return text;
    }
    try {
      Object value = option.getReadMethod().invoke(settings);
      return text.replace(
          String.valueOf(value), binding.placeholders().shown(option.getName(), property.get()));
    } catch (ReflectiveOperationException noSuchValue) {
      return text;
    }
  }
}

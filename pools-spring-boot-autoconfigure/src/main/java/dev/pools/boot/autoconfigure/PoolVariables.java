package dev.pools.boot.autoconfigure;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.origin.SystemEnvironmentOrigin;

/**
 * Finds the setting that an environment variable means. Its name does not show where the name of
 * the pool ends, nor where a word does: {@code POOLS_ADVANCED_INSTANCES_MAIL_SERVER_MAX_WORKERS}.
 */
final class PoolVariables {

  private static final int NAME = PoolNames.INDEX;

  private final PoolNames names;
  private final List<String> warnings;

  /**
   * Creates it.
   *
   * @param names the names of all other sources; those that only variables have are added
   * @param warnings where warnings are added
   */
  PoolVariables(PoolNames names, List<String> warnings) {
    this.names = names;
    this.warnings = warnings;
  }

  /** The property that a variable sets; null if it sets none. */
  @Nullable ConfigurationPropertyName property(ConfigurationProperty variable) {
    ConfigurationPropertyName name = variable.getName();
    ConfigurationPropertyName group = names.groupOf(name);
    if (group != null) {
      return ofPool(group, variable);
    }
    String words = words(name, 1, name.getNumberOfElements());
    String setting = AllSettings.NAMES.find(words);
    String known = setting == null ? AllSettings.NAMES.group(words) : setting;
    if (known == null) {
      warnings.add(unknown(variable, null));
    }
    return known == null ? null : ConfigurationPropertyName.of("pools." + known);
  }

  private @Nullable ConfigurationPropertyName ofPool(
      ConfigurationPropertyName group, ConfigurationProperty variable) {
    ConfigurationPropertyName name = variable.getName();
    int size = name.getNumberOfElements();
    SettingNames settings = names.kindOf(group).names;
    int split = split(group, name, settings);
    if (split < 0 && !variable.getValue().toString().isBlank()) {
      warnings.add(unknown(variable, group));
      return null;
    }
    int end = split < 0 ? size : split;
    String words = words(name, NAME, end);
    PoolName pool = names.find(group, words);
    if (pool == null) {
      pool = add(group, words, variable);
    }
    String setting = split < 0 ? null : settings.find(words(name, split, size));
    return setting == null ? null : pool.property().append(setting);
  }

  /** Where the setting begins, if possible after the name of a known pool; negative if nowhere. */
  private int split(
      ConfigurationPropertyName group, ConfigurationPropertyName name, SettingNames settings) {
    int size = name.getNumberOfElements();
    int split = -1;
    for (int i = size - 1; i > NAME; i--) {
      if (settings.find(words(name, i, size)) != null) {
        boolean declared = names.knows(group, words(name, NAME, i));
        if (split < 0 || declared || !names.knows(group, words(name, NAME, split))) {
          split = i;
        }
      }
    }
    return split;
  }

  /** Adds a pool that only variables name. */
  private PoolName add(
      ConfigurationPropertyName group, String words, ConfigurationProperty variable) {
    List<String> others = names.in(group).stream().map(PoolName::name).toList();
    PoolName pool =
        names.add(
            group, words, ConfigurationPropertyName.adapt(group + "." + words, '.'), variable);
    SettingNames.closest(pool.name(), others)
        .ifPresent(
            other ->
                warnings.add(
                    "The environment variable %s adds '%s' to %s, in addition to '%s'. If it is meant for '%s', correct its name."
                        .formatted(typed(variable), pool.name(), group, other, other)));
    return pool;
  }

  private String unknown(
      ConfigurationProperty variable, @Nullable ConfigurationPropertyName group) {
    ConfigurationPropertyName name = variable.getName();
    String suggestion = "";
    if (group == null) {
      suggestion =
          AllSettings.NAMES
              .closest(words(name, 1, name.getNumberOfElements()))
              .map(setting -> "POOLS_" + inCapitals(setting))
              .orElse("");
    } else {
      SettingNames settings = names.kindOf(group).names;
      for (int i = NAME + 1; i < name.getNumberOfElements() && suggestion.isEmpty(); i++) {
        String prefix = inCapitals(group.toString()) + "_" + inCapitals(words(name, NAME, i)) + "_";
        suggestion =
            settings
                .closest(words(name, i, name.getNumberOfElements()))
                .map(setting -> prefix + inCapitals(setting))
                .orElse("");
      }
    }
    return "The environment variable %s has no effect: no setting of the pools has this name.%s"
        .formatted(
            typed(variable), suggestion.isEmpty() ? "" : " Did you mean " + suggestion + "?");
  }

  private static String inCapitals(String name) {
    return name.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
  }

  /** The variable as the environment has it. */
  private static String typed(ConfigurationProperty variable) {
    ConfigurationPropertyName name = variable.getName();
    return variable.getOrigin() instanceof SystemEnvironmentOrigin origin
        ? origin.getProperty()
        : words(name, 0, name.getNumberOfElements()).replace('-', '_').toUpperCase(Locale.ROOT);
  }

  private static String words(ConfigurationPropertyName name, int from, int to) {
    StringBuilder words = new StringBuilder();
    for (int i = from; i < to; i++) {
      words.append(words.isEmpty() ? "" : "-").append(name.getElement(i, Form.ORIGINAL));
    }
    return words.toString();
  }
}

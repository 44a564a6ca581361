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
    int end = split < 0 ? size : split;
    String words = words(name, NAME, end);
    boolean isKnown = names.knows(group, words);
    if (!isKnown) {
      refuseUnnamed(group, variable);
      refuseGroup(group, variable, end);
    }
    if (split < 0 && (isKnown || size == NAME + 1) && !isBlank(variable)) {
      throw InvalidShape.value(
          names.kindOf(group),
          group,
          new ConfigurationProperty(
              group.append(words), variable.getValue(), variable.getOrigin()));
    }
    if (!isKnown && (split >= 0 || isBlank(variable))) {
      refuseMisspelt(group, variable, end);
    }
    if (split < 0 && !isKnown && (!isBlank(variable) || isOfKnownPool(group, name))) {
      warnings.add(unknown(variable, group));
      return null;
    }
    PoolName pool = names.find(group, words);
    if (pool == null) {
      pool = add(group, words, variable);
    }
    String setting = split < 0 ? null : settings.find(words(name, split, size));
    return setting == null ? null : pool.property().append(setting);
  }

  private static boolean isBlank(ConfigurationProperty variable) {
    return variable.getValue().toString().isBlank();
  }

  /** Whether the variable begins with the name of a known pool. */
  private boolean isOfKnownPool(ConfigurationPropertyName group, ConfigurationPropertyName name) {
    for (int i = NAME + 1; i < name.getNumberOfElements(); i++) {
      if (names.knows(group, words(name, NAME, i))) {
        return true;
      }
    }
    return false;
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

  // ---- Pools that are not meant

  /** Refuses a setting without the name of a pool: {@code INSTANCES_HEALTH_ENABLED}. */
  private void refuseUnnamed(ConfigurationPropertyName group, ConfigurationProperty variable) {
    ConfigurationPropertyName name = variable.getName();
    PoolKind kind = names.kindOf(group);
    String words = words(name, NAME, name.getNumberOfElements());
    String setting = kind.names.find(words);
    String meant = setting == null ? kind.names.group(words) : setting;
    if (meant != null) {
      throw new InvalidPoolException(
          "The environment variable %s, which is '%s', has the name of the setting %s where the name of a pool must be."
              .formatted(typed(variable), Secrets.shown(words, variable.getValue()), meant),
          "For one pool, set %s_<NAME>_%s. For all, set %s_%s."
              .formatted(
                  inCapitals(group.toString()),
                  inCapitals(meant),
                  inCapitals(kind.defaults.toString()),
                  inCapitals(meant)),
          null);
    }
  }

  /**
   * Refuses a name that would end with that of a group of settings: {@code PRINTER_ALARMS}. The
   * variable means the group of a pool rather than another pool.
   */
  private void refuseGroup(
      ConfigurationPropertyName group, ConfigurationProperty variable, int end) {
    ConfigurationPropertyName name = variable.getName();
    SettingNames settings = names.kindOf(group).names;
    for (int i = NAME + 1; i < end; i++) {
      String settingsGroup = settings.group(words(name, i, end));
      if (settingsGroup != null) {
        String prefix = prefix(group, name, i);
        List<String> there =
            settings.all().stream()
                .filter(setting -> setting.startsWith(settingsGroup + "."))
                .map(setting -> prefix + inCapitals(setting))
                .toList();
        throw notMeant(
            group,
            variable,
            end,
            end == name.getNumberOfElements()
                ? "%s is a group of settings and has no value".formatted(settingsGroup)
                : "there is no such setting in the group %s".formatted(settingsGroup),
            "There are: " + String.join(", ", there) + ".");
      }
    }
  }

  /** Refuses a name that would be added only because a setting is misspelt: HEALT_ENABLED. */
  private void refuseMisspelt(
      ConfigurationPropertyName group, ConfigurationProperty variable, int end) {
    ConfigurationPropertyName name = variable.getName();
    int size = name.getNumberOfElements();
    SettingNames settings = names.kindOf(group).names;
    String found = end == size ? "" : settings.find(words(name, end, size));
    for (int i = NAME + 1; i < end; i++) {
      String meant = settings.closest(words(name, i, size)).orElse(found);
      if (meant != null && !meant.equals(found)) {
        throw notMeant(
            group,
            variable,
            end,
            "its name is almost that of the setting " + meant,
            "Did you mean " + prefix(group, name, i) + inCapitals(meant) + "?");
      }
    }
  }

  private static InvalidPoolException notMeant(
      ConfigurationPropertyName group,
      ConfigurationProperty variable,
      int end,
      String problem,
      String meant) {
    ConfigurationPropertyName name = variable.getName();
    String pool = words(name, NAME, end);
    String plain = inCapitals(group.toString()) + "_" + inCapitals(pool);
    String property = group + "." + pool;
    return new InvalidPoolException(
        "The environment variable %s, which is '%s', would add '%s' to %s, but %s."
            .formatted(
                typed(variable),
                Secrets.shown(name.toString(), variable.getValue()),
                pool,
                group,
                problem),
        "%s If '%s' is meant as a name, write it without underscores, as in %s%s, or add %s to a file."
            .formatted(
                meant,
                pool,
                plain,
                end == name.getNumberOfElements()
                    ? ""
                    : "_" + inCapitals(words(name, end, name.getNumberOfElements())),
                property),
        null);
  }

  /** The variable of a pool, up to its setting, if the name of the pool ends there. */
  private static String prefix(
      ConfigurationPropertyName group, ConfigurationPropertyName name, int end) {
    return inCapitals(group.toString()) + "_" + inCapitals(words(name, NAME, end)) + "_";
  }

  // ---- Pools that are added, and variables without effect

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
        String prefix = prefix(group, name, i);
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

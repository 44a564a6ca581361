package dev.pools.boot.autoconfigure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.SystemEnvironmentOrigin;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * All property sources of an environment, with their properties of the pools read once.
 *
 * <p>A pool has the name that the source of the lowest precedence gives it, which is the file that
 * declares it, not of a source that overrides the file. An environment variable cannot show where
 * one word of a name ends, so it names a pool only if no other source does.
 */
final class PoolSources {

  static final ConfigurationPropertyName POOLS = ConfigurationPropertyName.of("pools");

  /** Read off the classes when a setting is found that belongs to no pool. */
  private static final class All {
    static final SettingNames NAMES = SettingNames.of(PoolsProperties.class);
  }

  private static final int NAME = PoolNames.INDEX;

  private final List<ConfigurationPropertySource> sources = new ArrayList<>();
  private final PoolNames names;
  private final Set<ConfigurationPropertyName> structure = new HashSet<>(Set.of(POOLS));
  private final List<String> warnings = new ArrayList<>();

  /** One source, with its properties of the pools. */
  private record Read(
      ConfigurationPropertySource source, boolean environment, List<ConfigurationProperty> ours) {}

  PoolSources(Environment environment, PresentPools present) {
    names = new PoolNames(present);
    structure.addAll(names.groups());
    for (PoolKind kind : PoolKind.values()) {
      structure.add(kind.defaults);
      structure.add(kind.defaults.getParent());
    }
    for (String group : SettingNames.groups(PoolsProperties.class)) {
      structure.add(POOLS.append(group));
    }
    List<Read> all = new ArrayList<>();
    for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
      all.add(read(source));
    }
    for (int i = all.size() - 1; i >= 0; i--) {
      addNames(all.get(i));
    }
    for (Read read : all) {
      sources.add(
          read.source instanceof IterableConfigurationPropertySource ? uniform(read) : read.source);
    }
  }

  /** The sources to bind from, in order of precedence. */
  List<ConfigurationPropertySource> sources() {
    return sources;
  }

  /** The names under {@code instances} or {@code bases}. */
  Collection<PoolName> names(ConfigurationPropertyName group) {
    return names.in(group);
  }

  /** The name under {@code instances} or {@code bases}, however it is spelled; null if none is. */
  @Nullable PoolName name(ConfigurationPropertyName group, String spelling) {
    return names.find(group, spelling);
  }

  /** A property as its source has it, which knows the source; null if it is none of these. */
  @Nullable ConfigurationProperty original(ConfigurationProperty property) {
    for (ConfigurationPropertySource source : sources) {
      ConfigurationProperty original =
          source instanceof UniformSource uniform ? uniform.original(property) : null;
      if (original != null) {
        return original;
      }
    }
    return null;
  }

  /** Warnings that do not stop the application. */
  List<String> warnings() {
    return warnings;
  }

  private static Read read(ConfigurationPropertySource source) {
    List<ConfigurationProperty> ours = new ArrayList<>();
    if (source instanceof IterableConfigurationPropertySource iterable) {
      for (ConfigurationPropertyName name : iterable) {
        if (POOLS.equals(name) || POOLS.isAncestorOf(name)) {
          ConfigurationProperty property = iterable.getConfigurationProperty(name);
          ours.add(property == null ? new ConfigurationProperty(name, "", null) : property);
        }
      }
    }
    return new Read(
        source, source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource, ours);
  }

  // ---- Names

  private void addNames(Read read) {
    if (read.environment) {
      return;
    }
    Map<ConfigurationPropertyName, Map<String, ConfigurationProperty>> here = new LinkedHashMap<>();
    for (ConfigurationProperty property : read.ours) {
      ConfigurationPropertyName group = names.groupOf(property.getName());
      if (group == null) {
        continue;
      }
      if (InvalidShape.isListed(property.getName(), NAME)) {
        throw InvalidShape.list(names.kindOf(group), group, property);
      }
      String spelling = property.getName().getElement(NAME, Form.ORIGINAL);
      String uniform = PoolName.uniform(spelling);
      ConfigurationProperty other =
          here.computeIfAbsent(group, ignored -> new LinkedHashMap<>())
              .putIfAbsent(uniform, property);
      if (other != null && !other.getName().getElement(NAME, Form.ORIGINAL).equals(spelling)) {
        throw twoSpellings(group, other, property);
      }
      PoolName known = names.find(group, spelling);
      if (known == null) {
        names.add(group, spelling, property.getName().chop(NAME + 1), property);
      } else {
        known.addSpelling(spelling);
      }
    }
  }

  private static InvalidPoolException twoSpellings(
      ConfigurationPropertyName group, ConfigurationProperty one, ConfigurationProperty other) {
    String first = one.getName().getElement(NAME, Form.ORIGINAL);
    String second = other.getName().getElement(NAME, Form.ORIGINAL);
    return new InvalidPoolException(
        "Under %s, '%s'%s and '%s'%s are two spellings of one name."
            .formatted(group, first, Origins.inBrackets(one), second, Origins.inBrackets(other)),
        "Use one spelling for both. If these are two pools, give them names that differ in more than case, dashes and underscores.",
        null);
  }

  // ---- Properties under these names

  private UniformSource uniform(Read read) {
    UniformSource source = new UniformSource(read.source);
    for (ConfigurationProperty property : read.ours) {
      ConfigurationPropertyName name = property.getName();
      if (read.environment && !isDotted(name)) {
        addVariable(source, property);
        continue;
      }
      ConfigurationPropertyName group = names.groupOf(name);
      if (group == null) {
        addUnlessEmpty(source, property, structure.contains(name));
      } else {
        String spelling = name.getElement(NAME, Form.ORIGINAL);
        PoolName pool = names.find(group, spelling);
        if (pool == null) {
          pool = names.add(group, spelling, name.chop(NAME + 1), property);
        }
        addSetting(source, group, pool, name.subName(NAME + 1), property);
      }
    }
    return source;
  }

  /** A variable whose name is written as a property is. */
  private static boolean isDotted(ConfigurationPropertyName name) {
    for (int i = 0; i < name.getNumberOfElements(); i++) {
      if (name.getElement(i, Form.ORIGINAL).indexOf('-') >= 0) {
        return true;
      }
    }
    return false;
  }

  private void addSetting(
      UniformSource source,
      ConfigurationPropertyName group,
      PoolName pool,
      ConfigurationPropertyName setting,
      ConfigurationProperty property) {
    if (!setting.isEmpty()) {
      source.add(pool.property().append(asTyped(setting, names.kindOf(group).names)), property);
    } else if (!isBlank(property)) {
      throw InvalidShape.value(names.kindOf(group), group, property);
    }
  }

  private void addUnlessEmpty(
      UniformSource source, ConfigurationProperty property, boolean holdsOthers) {
    ConfigurationPropertyName name = property.getName();
    if (!holdsOthers) {
      ConfigurationPropertyName parent = name.getParent();
      if (structure.contains(parent) && name.isLastElementIndexed()) {
        throw InvalidShape.listOfSettings(parent, property);
      }
      source.add(POOLS.append(asTyped(name.subName(1), All.NAMES)), property);
    } else if (!isBlank(property)) {
      PoolKind kind = names.kind(name);
      throw kind == null
          ? InvalidShape.valueOfGroup(property)
          : InvalidShape.list(kind, name, property);
    }
  }

  /** A setting with the name that we document, if it is one. */
  private static ConfigurationPropertyName asTyped(
      ConfigurationPropertyName setting, SettingNames known) {
    String typed = known.find(setting.toString());
    ConfigurationPropertyName name = typed == null ? setting : ConfigurationPropertyName.of(typed);
    return name.equals(setting) ? name : setting;
  }

  private static boolean isBlank(ConfigurationProperty property) {
    return property.getValue().toString().isBlank();
  }

  // ---- Environment variables

  /**
   * Adds the value of an environment variable. Its name does not show where the name of the pool
   * ends, nor where a word does: {@code POOLS_ADVANCED_INSTANCES_MAIL_SERVER_MAX_WORKERS}.
   */
  private void addVariable(UniformSource source, ConfigurationProperty property) {
    ConfigurationPropertyName name = property.getName();
    ConfigurationPropertyName group = names.groupOf(name);
    ConfigurationPropertyName known = group == null ? known(name) : null;
    if (known != null) {
      addUnlessEmpty(source, copy(known, property), structure.contains(known));
    } else if (group == null || !addPoolsVariable(source, group, property)) {
      warnings.add(unknownVariable(property, group));
    }
  }

  private static ConfigurationProperty copy(
      ConfigurationPropertyName name, ConfigurationProperty property) {
    return new ConfigurationProperty(name, property.getValue(), property.getOrigin());
  }

  private boolean addPoolsVariable(
      UniformSource source, ConfigurationPropertyName group, ConfigurationProperty property) {
    ConfigurationPropertyName name = property.getName();
    int size = name.getNumberOfElements();
    SettingNames settings = names.kindOf(group).names;
    int split = -1;
    for (int i = size - 1; i > NAME; i--) {
      if (settings.find(words(name, i, size)) != null) {
        boolean declared = names.find(group, words(name, NAME, i)) != null;
        if (split < 0 || declared || names.find(group, words(name, NAME, split)) == null) {
          split = i;
        }
      }
    }
    if (split < 0 && !isBlank(property)) {
      return false;
    }
    int end = split < 0 ? size : split;
    String words = words(name, NAME, end);
    PoolName pool = names.find(group, words);
    if (pool == null) {
      pool = addPool(group, words, property);
    }
    String setting = split < 0 ? null : settings.find(words(name, split, size));
    if (setting != null) {
      source.add(pool.property().append(setting), property);
    }
    return true;
  }

  /** Adds a pool that only variables name. */
  private PoolName addPool(
      ConfigurationPropertyName group, String words, ConfigurationProperty variable) {
    List<String> others = names(group).stream().map(PoolName::name).toList();
    PoolName pool =
        names.add(
            group, words, ConfigurationPropertyName.adapt(group + "." + words, '.'), variable);
    warnIfLikeAnother(group, pool, others, variable);
    return pool;
  }

  private void warnIfLikeAnother(
      ConfigurationPropertyName group,
      PoolName pool,
      List<String> others,
      ConfigurationProperty property) {
    SettingNames.closest(pool.name(), others)
        .ifPresent(
            other ->
                warnings.add(
                    "The environment variable %s adds '%s' to %s, in addition to '%s'. If it is meant for '%s', correct its name."
                        .formatted(variable(property), pool.name(), group, other, other)));
  }

  /** The property that a variable sets, if it is none of a pool's. */
  private static @Nullable ConfigurationPropertyName known(ConfigurationPropertyName name) {
    String setting = All.NAMES.find(words(name, 1, name.getNumberOfElements()));
    return setting == null ? null : POOLS.append(setting);
  }

  private String unknownVariable(
      ConfigurationProperty property, @Nullable ConfigurationPropertyName group) {
    ConfigurationPropertyName name = property.getName();
    String variable = variable(property);
    String suggestion;
    if (group == null) {
      suggestion =
          All.NAMES
              .closest(words(name, 1, name.getNumberOfElements()))
              .map(setting -> "POOLS_" + inCapitals(setting))
              .orElse("");
    } else {
      suggestion = "";
      SettingNames settings = names.kindOf(group).names;
      for (int i = NAME + 1; i < name.getNumberOfElements() && suggestion.isEmpty(); i++) {
        String end = inCapitals(words(name, NAME, i));
        suggestion =
            settings
                .closest(words(name, i, name.getNumberOfElements()))
                .map(
                    setting -> inCapitals(group.toString()) + "_" + end + "_" + inCapitals(setting))
                .orElse("");
      }
    }
    return "The environment variable %s has no effect: no setting of the pools has this name.%s"
        .formatted(variable, suggestion.isEmpty() ? "" : " Did you mean " + suggestion + "?");
  }

  private static String inCapitals(String name) {
    return name.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
  }

  private static String variable(ConfigurationProperty property) {
    return property.getOrigin() instanceof SystemEnvironmentOrigin origin
        ? origin.getProperty()
        : words(property.getName(), 0, property.getName().getNumberOfElements())
            .replace('-', '_')
            .toUpperCase(Locale.ROOT);
  }

  private static String words(ConfigurationPropertyName name, int from, int to) {
    StringBuilder words = new StringBuilder();
    for (int i = from; i < to; i++) {
      words.append(words.isEmpty() ? "" : "-").append(name.getElement(i, Form.ORIGINAL));
    }
    return words.toString();
  }
}

package dev.pools.boot.autoconfigure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
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

  private static final int NAME = PoolNames.INDEX;

  private final List<ConfigurationPropertySource> sources = new ArrayList<>();
  private final PoolNames names;
  private final Set<ConfigurationPropertyName> structure = new HashSet<>(Set.of(POOLS));
  private final List<String> warnings = new ArrayList<>();
  private final PoolVariables variables;

  /** Groups that are empty in a source. */
  private final List<ConfigurationProperty> empty = new ArrayList<>();

  /** One source, with its properties of the pools. */
  private record Read(
      ConfigurationPropertySource source, boolean environment, List<ConfigurationProperty> ours) {}

  PoolSources(Environment environment, PresentPools present) {
    names = new PoolNames(present);
    variables = new PoolVariables(names, warnings);
    structure.addAll(names.groups());
    for (PoolKind kind : PoolKind.values()) {
      structure.add(kind.defaults);
      structure.add(kind.defaults.getParent());
    }
    for (String group : SettingNames.groups(PoolsProperties.class)) {
      structure.add(POOLS.append(group));
    }
    LostNames.refuse(ConfigurationPropertySources.get(environment));
    TwoSpellings.refuse(ConfigurationPropertySources.get(environment));
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
    for (ConfigurationProperty property : empty) {
      warnIfUnused(property);
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
      refuseList(name, group, property);
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
    PoolKind kind = names.kindOf(group);
    if (setting.isEmpty()) {
      if (!isBlank(property)) {
        throw InvalidShape.value(kind, group, property);
      }
    } else if (kind.names.group(setting.toString()) != null) {
      throw InvalidShape.valueOfGroup(property);
    } else {
      source.add(pool.property().append(asTyped(setting, kind.names)), property);
    }
  }

  private void addUnlessEmpty(
      UniformSource source, ConfigurationProperty property, boolean holdsOthers) {
    ConfigurationPropertyName name = property.getName();
    if (holdsOthers) {
      PoolKind kind = names.kind(name);
      if (isBlank(property)) {
        empty.add(property);
      } else if (kind == null) {
        throw InvalidShape.valueOfGroup(property);
      } else {
        throw InvalidShape.list(kind, name, property);
      }
    } else if (AllSettings.NAMES.group(name.subName(1).toString()) != null) {
      throw InvalidShape.valueOfGroup(property);
    } else {
      source.add(POOLS.append(asTyped(name.subName(1), AllSettings.NAMES)), property);
    }
  }

  /** Refuses a list; no setting is one. A pool may have a number as its name. */
  private static void refuseList(
      ConfigurationPropertyName name,
      @Nullable ConfigurationPropertyName group,
      ConfigurationProperty property) {
    for (int i = 1; i < name.getNumberOfElements(); i++) {
      if (name.isNumericIndex(i) && (group == null || i != NAME)) {
        throw InvalidShape.list(name.chop(i), property);
      }
    }
  }

  /**
   * A group that is empty everywhere may have been meant to turn something on. It is no error,
   * because it may be what is left of settings that are commented out.
   */
  private void warnIfUnused(ConfigurationProperty property) {
    ConfigurationPropertyName name = property.getName();
    boolean used =
        names.groups().stream()
                .anyMatch(
                    group ->
                        (group.equals(name) || name.isAncestorOf(group))
                            && !names.in(group).isEmpty())
            || sources.stream()
                .anyMatch(
                    source ->
                        source.containsDescendantOf(name) == ConfigurationPropertyState.PRESENT);
    if (!used) {
      warnings.add(
          "The property %s%s is empty and has no effect. Put %s below it, or remove it."
              .formatted(
                  name,
                  Origins.inBrackets(property),
                  names.kind(name) == null
                      ? "settings"
                      : "the name of each pool with its settings"));
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

  private void addVariable(UniformSource source, ConfigurationProperty variable) {
    ConfigurationPropertyName name = variables.property(variable);
    if (name == null) {
      return;
    }
    ConfigurationProperty other = source.added(name);
    if (other != null && !Objects.equals(other.getOrigin(), variable.getOrigin())) {
      throw TwoSpellings.of(other, variable);
    }
    if (names.groupOf(name) == null) {
      addUnlessEmpty(
          source,
          new ConfigurationProperty(name, variable.getValue(), variable.getOrigin()),
          structure.contains(name));
    } else {
      source.add(name, variable);
    }
  }
}

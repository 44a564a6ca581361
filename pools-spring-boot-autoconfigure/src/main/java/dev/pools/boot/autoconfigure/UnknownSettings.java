package dev.pools.boot.autoconfigure;

import java.util.List;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/** Reports unknown properties of the pools, with the properties that exist. */
final class UnknownSettings {

  private UnknownSettings() {}

  static InvalidPoolException of(List<ConfigurationProperty> unknown) {
    return new InvalidPoolException(
        unknown.stream()
            .map(UnknownSettings::description)
            .collect(Collectors.joining(System.lineSeparator())),
        unknown.stream()
            .map(property -> cure(property.getName()))
            .distinct()
            .collect(Collectors.joining(System.lineSeparator())),
        null);
  }

  private static String description(ConfigurationProperty property) {
    String name = typed(property.getName());
    return "The property %s, which is '%s'%s, does not exist."
        .formatted(name, Secrets.shown(name, property.getValue()), Origins.inBrackets(property));
  }

  /** A property whose pool is called as the user calls it. */
  static String typed(ConfigurationPropertyName name) {
    int named = nameIndex(name);
    if (named < 0) {
      return name.toString();
    }
    String pool =
        PoolName.under(name.chop(named).toString(), name.getElement(named, Form.ORIGINAL));
    ConfigurationPropertyName setting = name.subName(named + 1);
    return setting.isEmpty() ? pool : pool + "." + setting;
  }

  private static String cure(ConfigurationPropertyName name) {
    // The first part that does not exist; the parts after it may be correct.
    int first = 1;
    while (first < name.getNumberOfElements() - 1
        && (first == nameIndex(name) || known(name.chop(first)).contains(part(name, first)))) {
      first++;
    }
    ConfigurationPropertyName parent = name.chop(first);
    List<String> known = known(parent);
    if (known.isEmpty()) {
      return "%s has one value; put nothing below it.".formatted(typed(parent));
    }
    return SettingNames.closest(part(name, first), known)
            .map("Did you mean %s? "::formatted)
            .orElse("")
        + below(parent)
        + dotted(name, first);
  }

  /** How to write the name of a pool that has a dot, if the rest is a setting; else empty. */
  private static String dotted(ConfigurationPropertyName name, int first) {
    int named = nameIndex(name);
    if (named < 0 || first != named + 1 || first == name.getNumberOfElements() - 1) {
      return "";
    }
    for (PoolKind kind : PoolKind.values()) {
      if (kind.defaults.getParent().isAncestorOf(name)
          && kind.names.find(name.subName(first + 1).toString()) != null) {
        String whole =
            name.getElement(named, Form.ORIGINAL) + "." + name.getElement(first, Form.ORIGINAL);
        return " If '%s' is the name of a pool, write it in brackets: %s, which is \"[%s]\" as a key of yml."
            .formatted(whole, PoolName.under(name.chop(named).toString(), whole), whole);
      }
    }
    return "";
  }

  /** All that there is under a name. */
  static String below(ConfigurationPropertyName parent) {
    return "There are, under %s: %s.".formatted(typed(parent), String.join(", ", known(parent)));
  }

  /** Whether settings can be under a name. */
  static boolean hasSettings(ConfigurationPropertyName name) {
    return !known(name).isEmpty();
  }

  private static String part(ConfigurationPropertyName name, int index) {
    return name.getElement(index, Form.DASHED);
  }

  /** Where a name has the name of a pool or of a base; negative if it has none. */
  private static int nameIndex(ConfigurationPropertyName name) {
    for (PoolKind kind : PoolKind.values()) {
      if (kind.instances.isAncestorOf(name) || kind.bases.isAncestorOf(name)) {
        return kind.instances.getNumberOfElements();
      }
    }
    return -1;
  }

  private static List<String> known(ConfigurationPropertyName parent) {
    for (PoolKind kind : PoolKind.values()) {
      int named = nameIndex(parent);
      if (kind.instances.isAncestorOf(parent) || kind.bases.isAncestorOf(parent)) {
        return known(kind.settings, parent.subName(named + 1));
      }
    }
    return known(PoolsProperties.class, parent.subName(1));
  }

  private static List<String> known(Class<?> settings, ConfigurationPropertyName below) {
    Class<?> type = settings;
    for (int i = 0; i < below.getNumberOfElements(); i++) {
      type = SettingNames.group(type, part(below, i));
      if (type == null) {
        return List.of();
      }
    }
    return SettingNames.directly(type);
  }
}

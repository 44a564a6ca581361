package dev.pools.boot.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/** Describes the correct nesting of settings that are nested incorrectly. */
final class InvalidShape {

  private InvalidShape() {}

  /** Whether this is an element of a list, in place of a pool with its name. */
  static boolean isListed(ConfigurationPropertyName name, int index) {
    return name.isNumericIndex(index)
        && (name.getElement(index, Form.ORIGINAL).equals("0")
            || name.getNumberOfElements() == index + 1);
  }

  /** A list, or a value, in place of names with their settings. */
  static InvalidPoolException list(
      PoolKind kind, ConfigurationPropertyName group, ConfigurationProperty property) {
    String value = Secrets.shown(group.toString(), property.getValue());
    boolean listed = group.isAncestorOf(property.getName());
    boolean usable = value.matches("[A-Za-z][A-Za-z0-9_-]*") && !isBoolean(value);
    return new InvalidPoolException(
        "The property %s is %s%s, but must contain the name of each %s with its settings below.%s"
            .formatted(
                group,
                listed ? "a list that starts with " : "",
                "'" + value + "'",
                isBase(group) ? "base configuration" : "pool",
                Origins.line(property)),
        example(group.append(usable ? value : "reports"), kind.example),
        null);
  }

  /** A value in place of the settings of a pool, or a setting without the name of a pool. */
  static InvalidPoolException value(
      PoolKind kind, ConfigurationPropertyName group, ConfigurationProperty property) {
    ConfigurationPropertyName pool = property.getName().chop(PoolNames.INDEX + 1);
    String value = Secrets.shown(UnknownSettings.typed(pool), property.getValue());
    String misplaced = kind.names.find(pool.getLastElement(Form.ORIGINAL));
    String setting = kind.example.substring(0, kind.example.indexOf(':'));
    return new InvalidPoolException(
        "The property %s is '%s', but must contain the settings of the %s.%s"
            .formatted(
                UnknownSettings.typed(pool), value, poolOf(group, pool), Origins.line(property)),
        misplaced != null
            ? example(group.append("reports"), misplaced + ": " + value)
                + "%n%nFor all pools, set %s.%s.".formatted(kind.defaults, misplaced)
            : example(pool, value.matches("\\d{1,9}") ? setting + ": " + value : kind.example),
        null);
  }

  /** A value, or nothing, in place of a group of settings. */
  static InvalidPoolException valueOfGroup(ConfigurationProperty property) {
    ConfigurationPropertyName group = property.getName();
    String value = property.getValue().toString();
    return new InvalidPoolException(
        "The property %s is %s, but must contain settings, each with its value.%s"
            .formatted(
                UnknownSettings.typed(group),
                value.isBlank() ? "empty" : "'" + Secrets.shown(group.toString(), value) + "'",
                Origins.line(property)),
        cure(group, value),
        null);
  }

  /**
   * A list in place of a pool, of a group of settings, or of a value.
   *
   * @param place where the list is
   * @param property an element of the list, or something below one
   */
  static InvalidPoolException list(
      ConfigurationPropertyName place, ConfigurationProperty property) {
    String typed = UnknownSettings.typed(place);
    String value = Secrets.shown(typed, property.getValue());
    String expected;
    String cure;
    if (place.getNumberOfElements() == PoolNames.INDEX + 1 && isPool(place)) {
      PoolKind kind = kindOf(place);
      expected = "contain the settings of the " + poolOf(place.getParent(), place);
      cure = example(place, kind.example);
    } else if (UnknownSettings.hasSettings(place)) {
      expected = "contain settings, each with its value";
      cure = cure(place, "");
    } else {
      expected = "have one value";
      boolean isValue = property.getName().getNumberOfElements() == place.getNumberOfElements() + 1;
      String setting = place.getLastElement(Form.DASHED);
      cure =
          isValue && !value.isBlank()
              ? example(place.getParent(), setting + ": " + value)
              : "Give %s one value, or remove it.".formatted(typed);
    }
    return new InvalidPoolException(
        "The property %s is a list that starts with '%s', but must %s.%s"
            .formatted(typed, value, expected, Origins.line(property)),
        cure,
        null);
  }

  private static String poolOf(ConfigurationPropertyName group, ConfigurationPropertyName pool) {
    return "%s '%s'"
        .formatted(
            isBase(group) ? "base configuration" : "pool", pool.getLastElement(Form.ORIGINAL));
  }

  private static boolean isBase(ConfigurationPropertyName group) {
    return group.getLastElement(Form.ORIGINAL).equals("bases");
  }

  private static boolean isBoolean(String value) {
    return value.equals("true") || value.equals("false");
  }

  private static boolean isPool(ConfigurationPropertyName name) {
    PoolKind kind = kindOf(name);
    return kind.instances.isAncestorOf(name) || kind.bases.isAncestorOf(name);
  }

  private static PoolKind kindOf(ConfigurationPropertyName name) {
    for (PoolKind kind : PoolKind.values()) {
      if (kind.defaults.getParent().isAncestorOf(name)) {
        return kind;
      }
    }
    return PoolKind.ADVANCED;
  }

  // ---- How to write it

  private static String cure(ConfigurationPropertyName group, String value) {
    return UnknownSettings.below(group) + "%n%n".formatted() + exampleOf(group, value);
  }

  /** A group of settings with one of them. */
  private static String exampleOf(ConfigurationPropertyName group, String value) {
    PoolKind kind = kindOf(group);
    if (group.getNumberOfElements() == 1) {
      return example(kind.instances.append("reports"), kind.example);
    }
    return switch (group.getLastElement(Form.UNIFORM)) {
      case "advanced" -> example(PoolKind.ADVANCED.defaults, PoolKind.ADVANCED.example);
      case "connection" -> example(PoolKind.CONNECTION.defaults, PoolKind.CONNECTION.example);
      case "defaults" -> example(group, kind.example);
      case "alarms" ->
          example(group, group.getNumberOfElements() == 2 ? "interval: 5s" : "saturation: 0.9");
      case "metrics" -> example(group, "executor: true");
      case "lifecycle" -> example(group, "phase: 0");
      default -> example(group, "enabled: " + (isBoolean(value) ? value : "true"));
    };
  }

  private static String example(ConfigurationPropertyName parent, String setting) {
    List<String> lines = new ArrayList<>(List.of("Write it like this:", ""));
    String indent = "    ";
    for (int i = 0; i < parent.getNumberOfElements(); i++) {
      lines.add(indent + key(parent.getElement(i, Form.ORIGINAL)) + ":");
      indent += "  ";
    }
    lines.add(indent + setting);
    return String.join(System.lineSeparator(), lines);
  }

  /** A name as it is typed in yml. */
  private static String key(String name) {
    String typed = PoolName.under("", name);
    return typed.startsWith(".") ? name : '"' + typed + '"';
  }
}

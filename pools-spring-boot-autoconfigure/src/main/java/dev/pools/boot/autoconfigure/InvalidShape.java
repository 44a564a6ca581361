package dev.pools.boot.autoconfigure;

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
    boolean usable = value.matches("[A-Za-z][A-Za-z0-9_-]*");
    return new InvalidPoolException(
        "The property %s is %s%s, but must contain the name of each %s with its settings below.%s"
            .formatted(
                group,
                listed ? "a list that starts with " : "",
                "'" + value + "'",
                isBase(group) ? "base configuration" : "pool",
                Origins.line(property)),
        example(kind, group, usable ? value : "reports", kind.example),
        null);
  }

  /** A value in place of the settings of a pool. */
  static InvalidPoolException value(
      PoolKind kind, ConfigurationPropertyName group, ConfigurationProperty property) {
    String name = property.getName().getElement(PoolNames.INDEX, Form.ORIGINAL);
    String own = PoolName.under(group.toString(), name);
    String value = Secrets.shown(own, property.getValue());
    String setting = kind.example.substring(0, kind.example.indexOf(':'));
    return new InvalidPoolException(
        "The property %s is '%s', but must contain the settings of the %s '%s'.%s"
            .formatted(
                own,
                value,
                isBase(group) ? "base configuration" : "pool",
                name,
                Origins.line(property)),
        example(
            kind, group, name, value.matches("\\d{1,9}") ? setting + ": " + value : kind.example),
        null);
  }

  /** A value in place of a group of settings. */
  static InvalidPoolException valueOfGroup(ConfigurationProperty property) {
    String name = property.getName().toString();
    return new InvalidPoolException(
        "The property %s is '%s', but must contain settings, each with its value.%s"
            .formatted(name, Secrets.shown(name, property.getValue()), Origins.line(property)),
        UnknownSettings.below(property.getName()),
        null);
  }

  /** A list in place of a group of settings. */
  static InvalidPoolException listOfSettings(
      ConfigurationPropertyName group, ConfigurationProperty property) {
    return new InvalidPoolException(
        "The property %s is a list that starts with '%s', but must contain settings, each with its value.%s"
            .formatted(
                group,
                Secrets.shown(group.toString(), property.getValue()),
                Origins.line(property)),
        UnknownSettings.below(group),
        null);
  }

  private static boolean isBase(ConfigurationPropertyName group) {
    return group.getLastElement(Form.ORIGINAL).equals("bases");
  }

  private static String example(
      PoolKind kind, ConfigurationPropertyName group, String name, String setting) {
    return """
        Write it like this:

            pools:
              %s:
                %s:
                  %s:
                    %s"""
        .formatted(
            kind.prefix.substring(kind.prefix.indexOf('.') + 1),
            group.getLastElement(Form.ORIGINAL),
            name,
            setting);
  }
}

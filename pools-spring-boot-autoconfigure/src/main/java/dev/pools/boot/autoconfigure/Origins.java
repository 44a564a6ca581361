package dev.pools.boot.autoconfigure;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.origin.Origin;

/** Says where a property is set: in which file and line, variable or argument. */
final class Origins {

  private Origins() {}

  /** For the end of a description, on a line of its own; empty if it is not known. */
  static String line(ConfigurationProperty property) {
    Origin origin = property.getOrigin();
    return origin == null ? "" : "%n%n    Origin: %s".formatted(origin);
  }

  /** For the middle of a sentence; empty if it is not known. */
  static String inBrackets(ConfigurationProperty property) {
    Origin origin = property.getOrigin();
    return origin == null ? "" : " (" + origin + ")";
  }
}

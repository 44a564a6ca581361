package dev.pools.boot.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Refuses names of pools that Spring Boot would change without a word. From a name without brackets
 * it drops each character that is not a letter of ASCII, a digit, a dash or an underscore: {@code
 * größe} becomes {@code gre}. Only the property sources have the names as they were written.
 */
final class LostNames {

  /** The uniform names of all groups of pools, with the groups. */
  private static final Map<String, String> GROUPS = groups();

  /** The names that would change, each with its description. */
  private final Map<String, String> descriptions = new LinkedHashMap<>();

  private final List<String> cures = new ArrayList<>();

  private LostNames() {}

  /** Refuses all such names of some sources at once. */
  static void refuse(Iterable<ConfigurationPropertySource> sources) {
    LostNames lost = new LostNames();
    for (ConfigurationPropertySource source : sources) {
      if (source.getUnderlyingSource() instanceof EnumerablePropertySource<?> named) {
        for (String name : named.getPropertyNames()) {
          if (name.regionMatches(/* ignoreCase= */ true, 0, "pools", 0, 5)) {
            lost.check(named, name);
          }
        }
      }
    }
    if (!lost.cures.isEmpty()) {
      throw new InvalidPoolException(
          String.join(System.lineSeparator(), lost.descriptions.values())
              + "%n%nA name without brackets needs a letter from a to z or a digit. Spring Boot drops all other characters from it, except dashes and underscores."
                  .formatted(),
          String.join(System.lineSeparator(), lost.cures),
          null);
    }
  }

  private void check(EnumerablePropertySource<?> source, String property) {
    if (source instanceof SystemEnvironmentPropertySource && property.indexOf('.') < 0) {
      checkVariable(source, property);
      return;
    }
    List<String> elements = elements(property);
    String group = elements.size() <= PoolNames.INDEX ? null : group(elements);
    if (group == null) {
      return;
    }
    String name = elements.get(PoolNames.INDEX);
    String kept = kept(name);
    if (isInBrackets(name) || (kept.equals(name) && hasLetterOrDigit(kept))) {
      return;
    }
    String cure;
    if (name.indexOf('[') >= 0 || name.indexOf(']') >= 0) {
      cure = "Close the bracket of %s.".formatted(property);
    } else if (name.contains("${")) {
      cure = "Write the name itself: Spring Boot replaces placeholders in values only.";
    } else if (!kept.equals(name)) {
      cure =
          "Write the name in brackets: %s[%s], which is \"[%s]\" as a key of yml."
              .formatted(group, name, name);
    } else {
      cure = "Give what is under %s a name with a letter or a digit.".formatted(group);
    }
    add(source, property, group + "/" + name, name, kept, cure);
  }

  private void checkVariable(EnumerablePropertySource<?> source, String variable) {
    for (String group : GROUPS.values()) {
      String prefix = group.replace('.', '_') + "_";
      if (variable.regionMatches(/* ignoreCase= */ true, 0, prefix, 0, prefix.length())) {
        String name = variable.substring(prefix.length());
        String kept = kept(name);
        if (!kept.equals(name)) {
          add(
              source,
              variable,
              variable,
              name,
              kept,
              "Set %s in a file or on the command line, with the name in brackets."
                  .formatted(variable));
        }
      }
    }
  }

  private void add(
      EnumerablePropertySource<?> source,
      String property,
      String key,
      String name,
      String kept,
      String cure) {
    String read = hasLetterOrDigit(kept) ? "with '%s' in place of '%s'" : "without the name '%2$s'";
    String description =
        "The property %s (%s) would be read %s."
            .formatted(
                property, PropertySourceOrigin.get(source, property), read.formatted(kept, name));
    if (descriptions.putIfAbsent(key, description) == null) {
      cures.add(cure);
    }
  }

  // ---- Names as they are written

  private static Map<String, String> groups() {
    Map<String, String> groups = new LinkedHashMap<>();
    for (PoolKind kind : PoolKind.values()) {
      for (Object group : List.of(kind.instances, kind.bases)) {
        groups.put(PoolName.uniform(group.toString()), group.toString());
      }
    }
    return groups;
  }

  private static @Nullable String group(List<String> elements) {
    return GROUPS.get(PoolName.uniform(String.join(".", elements.subList(0, PoolNames.INDEX))));
  }

  /** The elements of a property as Spring Boot splits it; those in brackets have their brackets. */
  private static List<String> elements(String property) {
    List<String> elements = new ArrayList<>();
    int start = 0;
    int open = 0;
    for (int i = 0; i < property.length(); i++) {
      char character = property.charAt(i);
      if (character == '[' && open++ == 0 && start < i) {
        elements.add(property.substring(start, i));
        start = i;
      } else if (character == ']' && open > 0 && --open == 0) {
        elements.add(property.substring(start, i + 1));
        start = i + 1;
      } else if (character == '.' && open == 0) {
        if (start < i || i == 0 || property.charAt(i - 1) != ']') {
          elements.add(property.substring(start, i));
        }
        start = i + 1;
      }
    }
    if (start < property.length()) {
      elements.add(property.substring(start));
    }
    return elements;
  }

  private static boolean isInBrackets(String name) {
    return name.length() > 2 && name.startsWith("[") && name.endsWith("]");
  }

  /** What Spring Boot keeps of a name. */
  private static String kept(String name) {
    StringBuilder kept = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i++) {
      char character = name.charAt(i);
      if (isLetterOrDigit(character) || character == '-' || character == '_') {
        kept.append(character);
      }
    }
    return kept.toString();
  }

  private static boolean hasLetterOrDigit(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (isLetterOrDigit(name.charAt(i))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isLetterOrDigit(char character) {
    return (character >= 'a' && character <= 'z')
        || (character >= 'A' && character <= 'Z')
        || (character >= '0' && character <= '9');
  }
}

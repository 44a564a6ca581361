package dev.pools.boot.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.util.StringUtils;

/**
 * The name of a pool, or of a base configuration, as a name of configuration: {@code mail-server},
 * {@code mailServer}, {@code mail_server} and {@code MAILSERVER} are the same one. Two names are
 * the same if their letters and digits are the same, regardless of case.
 */
final class PoolName {

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]+");
  private static final Pattern BETWEEN_WORDS = Pattern.compile("[^\\p{L}\\p{N}]+");
  private static final Pattern HUMP =
      Pattern.compile("(?<=[\\p{Ll}\\p{N}])(?=\\p{Lu})|(?<=\\p{Lu})(?=\\p{Lu}\\p{Ll})");

  private final String name;
  private final ConfigurationPropertyName property;
  private final Set<String> spellings = new LinkedHashSet<>();

  /**
   * Creates it.
   *
   * @param name the first spelling, which is the name of the bean
   * @param property the prefix of its settings
   */
  PoolName(String name, ConfigurationPropertyName property) {
    this.name = name;
    this.property = property;
    spellings.add(name);
  }

  /** The name of the bean. */
  String name() {
    return name;
  }

  /** The prefix of the settings of this pool. */
  ConfigurationPropertyName property() {
    return property;
  }

  void addSpelling(String spelling) {
    spellings.add(spelling);
  }

  /** The other names of the bean: its camel-case form first. */
  List<String> aliases() {
    Set<String> aliases = new LinkedHashSet<>(List.of(camel(name), kebab(name)));
    aliases.addAll(spellings);
    aliases.remove(name);
    aliases.remove("");
    return List.copyOf(aliases);
  }

  /** Returns the form that all spellings of a name share. */
  static String uniform(String name) {
    String letters = BETWEEN_WORDS.matcher(name).replaceAll("").toLowerCase(Locale.ROOT);
    return letters.isEmpty() ? name : letters;
  }

  static boolean same(String one, String other) {
    return uniform(one).equals(uniform(other));
  }

  /** A name as an identifier of Java: {@code mailServer}. */
  static String camel(String name) {
    StringBuilder camel = new StringBuilder();
    for (String word : BETWEEN_WORDS.split(name, -1)) {
      if (word.isEmpty()) {
        continue;
      }
      boolean shouts = word.length() > 1 && word.equals(word.toUpperCase(Locale.ROOT));
      String plain = shouts ? word.toLowerCase(Locale.ROOT) : word;
      camel.append(
          camel.isEmpty()
              ? StringUtils.uncapitalizeAsProperty(plain)
              : StringUtils.capitalize(plain));
    }
    return camel.toString();
  }

  /** A name as it is usual in yml: {@code mail-server}. */
  static String kebab(String name) {
    List<String> words = new ArrayList<>();
    for (String word : BETWEEN_WORDS.split(name, -1)) {
      if (!word.isEmpty()) {
        words.add(HUMP.matcher(word).replaceAll("-").toLowerCase(Locale.ROOT));
      }
    }
    return String.join("-", words);
  }

  /** A name under its parent, as it can be typed. */
  static String under(String parent, String name) {
    return parent + (PLAIN.matcher(name).matches() ? "." + name : "[" + name + "]");
  }

  @Override
  public String toString() {
    return name;
  }
}

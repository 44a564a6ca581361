package dev.pools.boot.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.util.StringUtils;

/**
 * The name of a pool, or of a base configuration, as a name of configuration: {@code mail-server},
 * {@code mailServer}, {@code mail_server} and {@code MAILSERVER} are the same one. Two names are
 * the same if their letters and digits are the same, regardless of case.
 */
final class PoolName {

  // Sets of types of characters, one bit for each. Loops instead of patterns, because the names of
  // all settings are compared while the application starts, in a JVM that still interprets.

  private static final int CAPITAL = 1 << Character.UPPERCASE_LETTER;

  private static final int SMALL = 1 << Character.LOWERCASE_LETTER;

  private static final int NUMBER =
      (1 << Character.DECIMAL_DIGIT_NUMBER)
          | (1 << Character.LETTER_NUMBER)
          | (1 << Character.OTHER_NUMBER);

  /** All other characters only separate words. */
  private static final int IN_WORD =
      CAPITAL
          | SMALL
          | NUMBER
          | (1 << Character.TITLECASE_LETTER)
          | (1 << Character.MODIFIER_LETTER)
          | (1 << Character.OTHER_LETTER);

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
    String letters = String.join("", words(name)).toLowerCase(Locale.ROOT);
    return letters.isEmpty() ? name : letters;
  }

  static boolean same(String one, String other) {
    return one.equals(other) || uniform(one).equals(uniform(other));
  }

  /** A name as an identifier of Java: {@code mailServer}. */
  static String camel(String name) {
    StringBuilder camel = new StringBuilder();
    for (String word : words(name)) {
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
    StringBuilder kebab = new StringBuilder();
    for (String word : words(name)) {
      if (!kebab.isEmpty()) {
        kebab.append('-');
      }
      kebab.append(withDashes(word).toLowerCase(Locale.ROOT));
    }
    return kebab.toString();
  }

  /** A name under its parent, as it can be typed. */
  static String under(String parent, String name) {
    return parent + (isPlain(name) ? "." + name : "[" + name + "]");
  }

  // ---- Words

  private static List<String> words(String name) {
    List<String> words = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < name.length(); i = name.offsetByCodePoints(i, 1)) {
      if (!is(name.codePointAt(i), IN_WORD)) {
        if (start < i) {
          words.add(name.substring(start, i));
        }
        start = name.offsetByCodePoints(i, 1);
      }
    }
    if (start < name.length()) {
      words.add(name.substring(start));
    }
    return words;
  }

  /** A word with a dash before each capital letter that begins a word: {@code HTTP-Client}. */
  private static String withDashes(String word) {
    StringBuilder dashed = new StringBuilder(word.length() + 4);
    int before = -1;
    for (int i = 0; i < word.length(); i = word.offsetByCodePoints(i, 1)) {
      int letter = word.codePointAt(i);
      if (before >= 0 && is(letter, CAPITAL)) {
        int next = word.offsetByCodePoints(i, 1);
        boolean begins = next < word.length() && is(word.codePointAt(next), SMALL);
        if (is(before, SMALL | NUMBER) || (is(before, CAPITAL) && begins)) {
          dashed.append('-');
        }
      }
      dashed.appendCodePoint(letter);
      before = letter;
    }
    return dashed.toString();
  }

  private static boolean is(int character, int types) {
    return ((1 << Character.getType(character)) & types) != 0;
  }

  /** Whether it has only letters and digits of ASCII, dashes and underscores. */
  private static boolean isPlain(String name) {
    for (int i = 0; i < name.length(); i++) {
      char character = name.charAt(i);
      boolean isInWord = character < 128 && is(character, IN_WORD);
      if (!isInWord && character != '_' && character != '-') {
        return false;
      }
    }
    return !name.isEmpty();
  }

  @Override
  public String toString() {
    return name;
  }
}

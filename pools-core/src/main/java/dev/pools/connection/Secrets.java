package dev.pools.connection;

import dev.pools.Arguments;
import dev.pools.internal.Faults;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hides passwords: in the failure of a call that got them as arguments, and in a description of
 * arguments. Calls user code.
 */
final class Secrets {

  private Secrets() {}

  /**
   * The failure of a call with these arguments: the exception itself, or a substitute if its texts
   * contain a secret. A secret is a text that looks like one, the value of an argument with the
   * name of one, and the text of each positional argument, whose meaning is unknown.
   */
  static Throwable withoutSecrets(Throwable failure, Arguments arguments) {
    Throwable clean = Faults.loggable(failure, secretsOf(arguments));
    return clean != null ? clean : new IllegalStateException(failure.getClass().getName());
  }

  /** What the arguments are, for operators: a value that is a secret, or may be one, is hidden. */
  static String describe(Arguments arguments) {
    List<String> texts = new ArrayList<>();
    arguments
        .named()
        .forEach(
            (name, value) ->
                texts.add(
                    name
                        + "="
                        + (Faults.namesSecret(name) ? "***" : Faults.describeObject(value))));
    if (!arguments.positional().isEmpty()) {
      texts.add(arguments.positional().size() + " by position");
    }
    return String.join(", ", texts);
  }

  private static List<String> secretsOf(Arguments arguments) {
    List<String> secrets = new ArrayList<>(0);
    for (Object value : arguments.positional()) {
      String text = textOf(value);
      // Of an address only what looks like a password is hidden: an operator needs the rest.
      if (text != null && !isAddress(text)) {
        secrets.add(text);
      }
    }
    arguments
        .named()
        .forEach(
            (name, value) -> {
              String text = Faults.namesSecret(name) ? textOf(value) : null;
              if (text != null) {
                secrets.add(text);
              }
            });
    // The longest first: one may be a part of another.
    secrets.sort(Comparator.comparingInt(String::length).reversed());
    return secrets;
  }

  private static boolean isAddress(String text) {
    return text.contains("://") || text.startsWith("jdbc:");
  }

  /** The text of this value; null if it is no text. Calls no user code. */
  private static @Nullable String textOf(@Nullable Object value) {
    if (value instanceof String text) {
      return text;
    }
    if (value instanceof char[] characters) {
      return String.valueOf(characters);
    }
    if (value instanceof byte[] bytes) {
      return new String(bytes, StandardCharsets.UTF_8);
    }
    return value instanceof StringBuilder || value instanceof StringBuffer
        ? value.toString()
        : null;
  }
}

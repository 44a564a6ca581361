package dev.pools.connection;

import dev.pools.Arguments;
import dev.pools.internal.Faults;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a factory has failed with, without the passwords that it got. Calls user code. */
final class Secrets {

  private Secrets() {}

  /**
   * The failure of a call with these arguments: the exception itself, or a stand-in if its texts
   * contain a secret, be it one that looks like one or the value of an argument that is named like
   * one.
   */
  static @Nullable Throwable withoutSecrets(@Nullable Throwable failure, Arguments arguments) {
    if (failure == null) {
      return null;
    }
    Throwable clean = Faults.loggable(failure, secretsOf(arguments));
    return clean != null ? clean : new IllegalStateException(failure.getClass().getName());
  }

  private static List<String> secretsOf(Arguments arguments) {
    List<String> secrets = new ArrayList<>(0);
    arguments
        .named()
        .forEach(
            (name, value) -> {
              if (Faults.namesSecret(name)) {
                if (value instanceof String text) {
                  secrets.add(text);
                } else if (value instanceof char[] characters) {
                  secrets.add(String.valueOf(characters));
                }
              }
            });
    return secrets;
  }
}

package dev.pools.task;

import dev.pools.Binding;
import dev.pools.internal.Faults;
import dev.pools.internal.FunctionCall;
import org.jspecify.annotations.Nullable;

/**
 * What a task is called where people read about it. No method of the user's object is called: its
 * class says what it is.
 */
final class TaskNames {

  /** How long a name may be, in characters; the rest is cut off. */
  static final int LONGEST = 200;

  private static final String CUT = "...";

  private TaskNames() {}

  /**
   * A name as it is kept: on one line, and not too long.
   *
   * @throws IllegalArgumentException if it is blank
   */
  static String kept(String name) {
    if (name.isBlank()) {
      throw new IllegalArgumentException(
          "name is blank, but must have at least one character that is not a space. Leave it out for a task without a name.");
    }
    if (name.length() <= LONGEST && isOneLine(name)) {
      return name;
    }
    String cut =
        name.length() <= LONGEST ? name : name.substring(0, LONGEST - CUT.length()).concat(CUT);
    StringBuilder line = new StringBuilder(cut);
    for (int i = 0; i < line.length(); i++) {
      if (breaksLine(line.charAt(i))) {
        line.setCharAt(i, ' ');
      }
    }
    return line.toString();
  }

  private static boolean isOneLine(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (breaksLine(name.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean breaksLine(char c) {
    return Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
  }

  /** The name without what looks like a secret in it; or else the class of the function. */
  static String label(@Nullable String name, Object function) {
    return name == null ? typeOf(function) : Faults.redact(name);
  }

  /**
   * The class of a function; of a lambda without the address that differs from run to run. Of an
   * element of a map it is that of the map's function, and of a {@link Binding} what is bound.
   */
  static String typeOf(Object function) {
    Object own = function instanceof FunctionCall call ? call.function() : function;
    if (own instanceof Binding<?> binding) {
      return binding.toString();
    }
    String type = own.getClass().getName();
    int address = type.indexOf('/');
    return address < 0 ? type : type.substring(0, address);
  }
}

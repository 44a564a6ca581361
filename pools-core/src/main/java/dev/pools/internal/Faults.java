package dev.pools.internal;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Describes and reports what went wrong in code that the pool does not own: the exceptions of
 * factories, checkers, cleaners, listeners and tasks, and the loggers that hear of them.
 *
 * <p>Invariants, on which every caller relies:
 *
 * <ol>
 *   <li>No method throws, whatever the {@code getMessage} or {@code toString} of a user's object, a
 *       logger or an appender does. So a report never stands between a decision and the one who
 *       waits for it.
 *   <li>No text that comes out of here contains a password, as far as the text shows that it is
 *       one: see {@link #redact}.
 * </ol>
 *
 * <p>Every method may run code of the user. None of them may be called under a pool's lock.
 */
public final class Faults {

  /** How many causes of an exception are looked at: a chain of causes may be a circle. */
  private static final int DEEPEST_CAUSE = 16;

  /** How long the description of an object may be, in characters. */
  private static final int LONGEST = 500;

  /** How much of an object's text is looked at, in characters. */
  private static final int LOOKED_AT = 8 * LONGEST;

  /** A shorter value could stand in a text by chance. */
  private static final int SHORTEST_SECRET = 4;

  private static final String HIDDEN = "***";

  /** A name that tells that a secret follows. */
  private static final String SECRET_NAME =
      "(?:pass(?:word|wd|phrase)?|pwd|secret|token|credentials?|api[-_.]?key|access[-_.]?key"
          + "|private[-_.]?key|authorization)";

  /** {@code //user:password@host}: what stands between the first colon and the last at sign. */
  private static final Pattern IN_AUTHORITY =
      Pattern.compile("(//[^/?#\\s:@]*):([^/?#\\s]*)@", Pattern.CASE_INSENSITIVE);

  /** {@code jdbc:oracle:thin:user/password@host}. */
  private static final Pattern BEFORE_HOST =
      Pattern.compile("(:[\\w.$-]+)/([^/@\\s:]+)@", Pattern.CASE_INSENSITIVE);

  /**
   * {@code password=x}, {@code "password": "x"}, {@code client_secret: x}. Tried only where a name
   * begins: within a long text without spaces, each attempt would go on to its end.
   */
  private static final Pattern NAMED =
      Pattern.compile(
          "(?<![\\w.-])([\\w.-]*"
              + SECRET_NAME
              + "[\\w.-]*[\"']?\\s*[=:]\\s*)(?:(?:bearer|basic)\\s+)?"
              + "(\"[^\"]*\"|'[^']*'|[^\\s,;&\"'(){}\\[\\]]+)",
          Pattern.CASE_INSENSITIVE);

  /** {@code password 'x'}, {@code token "x"}. */
  private static final Pattern QUOTED =
      Pattern.compile(
          "(" + SECRET_NAME + "\\s+(?:is\\s+|of\\s+)?)(\"[^\"]*\"|'[^']*')",
          Pattern.CASE_INSENSITIVE);

  /** {@code Bearer x}, as in the header of a request. */
  private static final Pattern BEARER =
      Pattern.compile("(\\b(?:bearer|basic)\\s+)([\\w+/=.~-]{8,})", Pattern.CASE_INSENSITIVE);

  private static final Pattern SECRET = Pattern.compile(SECRET_NAME, Pattern.CASE_INSENSITIVE);

  private static final boolean SQL_IS_THERE = sqlIsThere();

  private static final Pattern[] PATTERNS = {IN_AUTHORITY, BEFORE_HOST, NAMED, QUOTED, BEARER};

  private Faults() {}

  // ---- Descriptions

  /** The text with {@code ***} in place of each password, token or key that it shows as one. */
  public static String redact(String text) {
    try {
      String redacted = text;
      for (Pattern pattern : PATTERNS) {
        redacted = redacted(redacted, pattern);
      }
      return redacted;
    } catch (Throwable noMemoryOrStack) {
      return HIDDEN;
    }
  }

  private static String redacted(String text, Pattern pattern) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      return text;
    }
    boolean authority = pattern == IN_AUTHORITY || pattern == BEFORE_HOST;
    String separator = pattern == IN_AUTHORITY ? ":" : pattern == BEFORE_HOST ? "/" : "";
    StringBuilder out = new StringBuilder(text.length());
    do {
      String replacement = matcher.group(1) + separator + HIDDEN + (authority ? "@" : "");
      matcher.appendReplacement(out, Matcher.quoteReplacement(replacement));
    } while (matcher.find());
    return matcher.appendTail(out).toString();
  }

  /** The type of an exception and its message, redacted; the type alone if it has none to give. */
  public static String describe(@Nullable Throwable fault) {
    if (fault == null) {
      return "no exception";
    }
    String type = typeOf(fault);
    String message = messageOf(fault);
    return message == null ? type : type + ": " + message;
  }

  /** The message of an exception, redacted; null if it has none or does not give it. */
  public static @Nullable String messageOf(@Nullable Throwable fault) {
    try {
      String message = fault == null ? null : fault.getMessage();
      return message == null ? null : redact(message);
    } catch (Throwable faultyMessage) {
      return null;
    }
  }

  /** What an object of a user says that it is, redacted and cut; its type if it says nothing. */
  public static String describeObject(@Nullable Object object) {
    if (object == null) {
      return "null";
    }
    try {
      String text = object.toString();
      if (text == null) {
        return typeOf(object);
      }
      // A secret that is cut does not look like one: first redact, then cut.
      String shown = redact(text.length() <= LOOKED_AT ? text : text.substring(0, LOOKED_AT));
      return shown.length() <= LONGEST ? shown : shown.substring(0, LONGEST) + "...";
    } catch (Throwable faultyText) {
      return typeOf(object);
    }
  }

  private static String typeOf(Object object) {
    return object.getClass().getName();
  }

  /** Whether a parameter of this name holds a secret. */
  public static boolean namesSecret(String name) {
    return SECRET.matcher(name).find();
  }

  /**
   * The exception itself if a logger can print it and nothing in it has to be redacted; otherwise a
   * stand-in with its type, redacted message, stack trace and causes. The stand-in of an exception
   * of SQL is one, too, with its state and vendor code.
   */
  public static @Nullable Throwable loggable(@Nullable Throwable fault) {
    return loggable(fault, List.of());
  }

  /**
   * As {@link #loggable(Throwable)}.
   *
   * @param secrets are hidden wherever they stand; those of fewer than 4 characters are ignored
   */
  public static @Nullable Throwable loggable(
      @Nullable Throwable fault, Collection<String> secrets) {
    try {
      return fault == null || isClean(fault, secrets, 0) ? fault : standInFor(fault, secrets, 0);
    } catch (Throwable noMemoryOrStack) {
      return null;
    }
  }

  private static String hidden(String text, Collection<String> secrets) {
    String shown = text;
    for (String secret : secrets) {
      if (secret.length() >= SHORTEST_SECRET) {
        shown = shown.replace(secret, HIDDEN);
      }
    }
    return redact(shown);
  }

  private static boolean isClean(Throwable fault, Collection<String> secrets, int depth) {
    if (depth > DEEPEST_CAUSE) {
      return false;
    }
    try {
      String text = fault.toString();
      String message = fault.getLocalizedMessage();
      if (text == null
          || !text.equals(hidden(text, secrets))
          || (message != null && !message.equals(hidden(message, secrets)))) {
        return false;
      }
      for (Throwable suppressed : fault.getSuppressed()) {
        if (!isClean(suppressed, secrets, depth + 1)) {
          return false;
        }
      }
      Throwable cause = fault.getCause();
      return cause == null || isClean(cause, secrets, depth + 1);
    } catch (Throwable faulty) {
      return false;
    }
  }

  /** Stands for an exception that must not be printed as it is. */
  @SuppressWarnings("OverrideThrowableToString") // Its own type would hide that of the fault.
  private static final class StandIn extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String text;

    private StandIn(String text) {
      super(text);
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  private static Throwable standInFor(Throwable fault, Collection<String> secrets, int depth) {
    String text = hiddenDescription(fault, secrets);
    Throwable standIn = null;
    if (SQL_IS_THERE) {
      standIn = SqlStandIn.of(fault, text);
    }
    if (standIn == null) {
      standIn = new StandIn(text);
    }
    boolean deeper = depth < DEEPEST_CAUSE;
    try {
      standIn.setStackTrace(fault.getStackTrace());
      Throwable cause = fault.getCause();
      if (deeper && cause != null) {
        standIn.initCause(standInFor(cause, secrets, depth + 1));
      }
      if (deeper) {
        for (Throwable suppressed : fault.getSuppressed()) {
          standIn.addSuppressed(standInFor(suppressed, secrets, depth + 1));
        }
      }
    } catch (Throwable faulty) {
      // Then with what there is.
    }
    return standIn;
  }

  /** As {@link #describe}. Known secrets go first: a part of one may look like one, too. */
  private static String hiddenDescription(Throwable fault, Collection<String> secrets) {
    String message = null;
    try {
      message = fault.getMessage();
    } catch (Throwable faultyMessage) {
      // Then its type says what there is to say.
    }
    return message == null ? typeOf(fault) : typeOf(fault) + ": " + hidden(message, secrets);
  }

  /** A runtime image may be without this module. */
  private static boolean sqlIsThere() {
    try {
      return Class.forName("java.sql.SQLException", false, Faults.class.getClassLoader()) != null;
    } catch (Throwable missing) {
      return false;
    }
  }

  // ---- Reports

  /** Logs an error. Arguments are described by {@link #describeObject}. */
  public static void error(
      Class<?> source, @Nullable Throwable fault, String format, @Nullable Object... arguments) {
    report(source, Level.ERROR, fault, format, arguments);
  }

  /** Logs a warning. Arguments are described by {@link #describeObject}. */
  public static void warn(
      Class<?> source, @Nullable Throwable fault, String format, @Nullable Object... arguments) {
    report(source, Level.WARN, fault, format, arguments);
  }

  /** Logs what an operator may want to know. */
  public static void info(Class<?> source, String format, @Nullable Object... arguments) {
    report(source, Level.INFO, null, format, arguments);
  }

  /** Logs for a developer. Arguments are described by {@link #describeObject}. */
  public static void debug(
      Class<?> source, @Nullable Throwable fault, String format, @Nullable Object... arguments) {
    report(source, Level.DEBUG, fault, format, arguments);
  }

  private static void report(
      Class<?> source,
      Level level,
      @Nullable Throwable fault,
      String format,
      @Nullable Object... arguments) {
    try {
      // Looked up here, so that no pool starts a logging system that has nothing to log.
      Logger log = LoggerFactory.getLogger(source);
      if (!log.isEnabledForLevel(level)) {
        return;
      }
      @Nullable Object[] texts = new @Nullable Object[arguments.length];
      for (int i = 0; i < arguments.length; i++) {
        Object argument = arguments[i];
        texts[i] = isPlain(argument) ? argument : shown(argument);
      }
      log.atLevel(level).setCause(loggable(fault)).log(format, texts);
    } catch (Throwable faultyLogger) {
      // There is no one else to tell.
    }
  }

  private static String shown(@Nullable Object argument) {
    return argument instanceof Duration duration
        ? Durations.text(duration)
        : describeObject(argument);
  }

  /** Whether it has a text of its own that the pool knows. */
  private static boolean isPlain(@Nullable Object argument) {
    return argument == null || argument instanceof Number || argument instanceof Enum<?>;
  }

  /**
   * Runs an action, and reports what it throws.
   *
   * @param what names the action, as the beginning of a sentence: "A timer's action"
   */
  public static void guard(Class<?> source, String what, Runnable action) {
    try {
      action.run();
    } catch (Throwable fault) {
      error(source, fault, "{} failed", what);
    }
  }

  /**
   * As {@link #guard(Class, String, Runnable)}, for an action of one pool.
   *
   * @param what names the action, as it follows the name of the pool: "a completion"
   */
  public static void guard(Class<?> source, String pool, String what, Runnable action) {
    try {
      action.run();
    } catch (Throwable fault) {
      error(source, fault, "Pool '{}': {} failed", pool, what);
    }
  }

  /** A number of things, in singular or plural: "1 task", "2 tasks". */
  public static String count(long number, String singular) {
    return count(number, singular, singular + "s");
  }

  /** A number, and what is said of it: {@code count(1, "task waits", "tasks wait")}. */
  public static String count(long number, String one, String more) {
    return number + " " + word(number, one, more);
  }

  /** As {@link #count(long, String, String)}, without the number. */
  public static String word(long number, String one, String more) {
    return number == 1 ? one : more;
  }
}

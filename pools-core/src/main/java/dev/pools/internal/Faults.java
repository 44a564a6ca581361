package dev.pools.internal;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
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
 *   <li>This class has no static initializer, nor has one that it uses: the first fault of a JVM
 *       may be a full heap, and an initializer that has failed is never run again.
 * </ol>
 *
 * <p>Every method may run code of the user. None of them may be called under a pool's lock.
 */
public final class Faults {

  /** How long the description of an object may be, in characters. */
  private static final int LONGEST = 500;

  /** How much of an object's text is looked at, in characters. */
  private static final int LOOKED_AT = 8 * LONGEST;

  private Faults() {}

  // ---- Descriptions

  /** The text with {@code ***} in place of each password, token or key that it shows as one. */
  public static String redact(String text) {
    return Redaction.redacted(text);
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

  /** Whether a parameter of this name holds a secret, or may hold one. */
  public static boolean namesSecret(String name) {
    return Redaction.namesSecret(name);
  }

  /**
   * The exception itself if a logger can print it and nothing in it has to be redacted; otherwise a
   * stand-in with its type, redacted message, stack trace and causes, at most 100 exceptions in
   * all. The stand-in of an exception of SQL is one, too, with its state and vendor code.
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
      return fault == null ? null : new LoggableFault(secrets).of(fault);
    } catch (Throwable noMemoryOrStack) {
      return null;
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

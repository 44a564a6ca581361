package dev.pools.internal;

import java.util.Collection;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether an exception can be printed as it is, and copies it if not: with its type,
 * redacted messages, stack traces, causes and suppressed exceptions. For one exception.
 *
 * <p>Exceptions may share causes, suppress one another and form circles. There are exponentially
 * many ways through thirty of them. So both walks end after {@link #MOST} steps, and the copy has
 * each exception once: where it stands again, only its text does.
 */
final class LoggableFault {

  /** How many causes of an exception are looked at: a chain of causes may be a circle. */
  private static final int DEEPEST_CAUSE = 16;

  /** How many exceptions are looked at, and how many a copy has. */
  static final int MOST = 100;

  /** A shorter value could stand in a text by chance. */
  private static final int SHORTEST_SECRET = 4;

  private final Collection<String> secrets;
  private final IdentityHashMap<Throwable, Boolean> copied = new IdentityHashMap<>();
  private int looks;
  private int copies;

  LoggableFault(Collection<String> secrets) {
    this.secrets = secrets;
  }

  /** The exception itself or its copy. */
  Throwable of(Throwable fault) {
    return isClean(fault, 0) ? fault : copyOf(fault, 0);
  }

  private boolean isClean(Throwable fault, int depth) {
    if (depth > DEEPEST_CAUSE || ++looks > MOST) {
      return false;
    }
    try {
      String text = fault.toString();
      String message = fault.getLocalizedMessage();
      if (text == null
          || !text.equals(hidden(text))
          || (message != null && !message.equals(hidden(message)))) {
        return false;
      }
      for (Throwable suppressed : fault.getSuppressed()) {
        if (!isClean(suppressed, depth + 1)) {
          return false;
        }
      }
      Throwable cause = fault.getCause();
      return cause == null || isClean(cause, depth + 1);
    } catch (Throwable faulty) {
      return false;
    }
  }

  private String hidden(String text) {
    String shown = text;
    for (String secret : secrets) {
      if (secret.length() >= SHORTEST_SECRET) {
        shown = shown.replace(secret, Redaction.HIDDEN);
      }
    }
    return Redaction.redacted(shown);
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

  private Throwable copyOf(Throwable fault, int depth) {
    copies++;
    String text = hiddenDescription(fault);
    if (copied.put(fault, true) != null) {
      Throwable mark = new StandIn(text + " (shown before)");
      mark.setStackTrace(new StackTraceElement[0]);
      return mark;
    }
    Throwable copy = standIn(fault, text);
    try {
      copy.setStackTrace(fault.getStackTrace());
      Throwable cause = fault.getCause();
      if (cause != null && goesOn(depth)) {
        copy.initCause(copyOf(cause, depth + 1));
      }
      for (Throwable suppressed : fault.getSuppressed()) {
        if (!goesOn(depth)) {
          break;
        }
        copy.addSuppressed(copyOf(suppressed, depth + 1));
      }
    } catch (Throwable faulty) {
      // Then with what there is.
    }
    return copy;
  }

  private boolean goesOn(int depth) {
    return depth < DEEPEST_CAUSE && copies < MOST;
  }

  private static Throwable standIn(Throwable fault, String text) {
    Throwable standIn = null;
    try {
      standIn = SqlStandIn.of(fault, text);
    } catch (LinkageError withoutSql) {
      // A runtime image may be without this module.
    }
    return standIn == null ? new StandIn(text) : standIn;
  }

  /** As {@link Faults#describe}. Known secrets go first: a part of one may look like one, too. */
  private String hiddenDescription(Throwable fault) {
    @Nullable String message = null;
    try {
      message = fault.getMessage();
    } catch (Throwable faultyMessage) {
      // Then its type says what there is to say.
    }
    String type = fault.getClass().getName();
    return message == null ? type : type + ": " + hidden(message);
  }
}

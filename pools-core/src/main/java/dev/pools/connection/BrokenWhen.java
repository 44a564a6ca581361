package dev.pools.connection;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Predefined values for {@code brokenWhen} of a pool, which decides whether a failed use means that
 * the connection is broken. They can be combined:
 *
 * <pre>{@code
 * builder.brokenWhen(BrokenWhen.connectionFails().or(SessionLostException.class::isInstance))
 * }</pre>
 */
public final class BrokenWhen {

  /** How many failures of one chain are examined; a chain may be longer, or a circle. */
  private static final int MOST_LOOKED_AT = 64;

  /** A class of its own: SQL is looked up after the first failure, not for the first pool. */
  private static final class Sql {

    /** A runtime image may lack SQL; then no code can throw its exceptions. */
    static final boolean IS_THERE = isThere();

    private Sql() {}

    private static boolean isThere() {
      try {
        Class.forName("java.sql.SQLException", false, BrokenWhen.class.getClassLoader());
        return true;
      } catch (ClassNotFoundException | LinkageError absent) {
        return false;
      }
    }
  }

  /** The default, which the first pool of a JVM gets without a lambda. */
  private static final class ConnectionFails implements Predicate<Throwable> {

    static final ConnectionFails INSTANCE = new ConnectionFails();

    @Override
    public boolean test(Throwable failure) {
      return hasConnectionFailed(failure);
    }
  }

  private BrokenWhen() {}

  /**
   * A connection is broken if the failure, one of its causes, a suppressed exception, or the next
   * exception in SQL is
   *
   * <ul>
   *   <li>an {@link IOException}, including timeouts: the answer may still arrive, and the next
   *       user must not read it,
   *   <li>a failure to connect, by the type of the {@code java.sql} exception or by SQLState class
   *       08,
   *   <li>the end of the session by the server: SQLState 57P01 to 57P05, 25P03, 25P04 (PostgreSQL),
   *       01002 (SQL-92: disconnect error), JZ0C0, JZ0C1 (Sybase), 90067, 90098, 90121 (H2).
   * </ul>
   *
   * <p>An exception of a pool, such as the timeout of a nested acquire, says nothing about the
   * connection. Neither does a {@code SQLTimeoutException}, because the server has ended the
   * statement and keeps the session, nor SQLState 25006 (read-only transaction), which may be
   * intended: after these the connection is checked, as after any other failure. The predicate
   * never throws; a failure whose own methods throw counts as broken.
   */
  public static Predicate<Throwable> connectionFails() {
    return ConnectionFails.INSTANCE;
  }

  /** No failure means that a connection is broken: it is checked after each. */
  public static Predicate<Throwable> never() {
    return failure -> false;
  }

  private static boolean hasConnectionFailed(Throwable failure) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Throwable> open = new ArrayDeque<>();
    visit(failure, seen, open);
    while (!open.isEmpty()) {
      Throwable next = open.remove();
      if (next instanceof ConnectionPoolException) {
        // Another connection has failed, not this one.
        continue;
      }
      try {
        if (next instanceof IOException || (Sql.IS_THERE && SqlFailures.isOfTheConnection(next))) {
          return true;
        }
        visit(next.getCause(), seen, open);
        for (Throwable suppressed : next.getSuppressed()) {
          visit(suppressed, seen, open);
        }
        if (Sql.IS_THERE) {
          visit(SqlFailures.following(next), seen, open);
        }
      } catch (Throwable fault) {
        return true;
      }
    }
    return false;
  }

  private static void visit(
      @Nullable Throwable failure, Set<Throwable> seen, Deque<Throwable> open) {
    if (failure != null && seen.size() < MOST_LOOKED_AT && seen.add(failure)) {
      open.add(failure);
    }
  }
}

package dev.pools.connection;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What exceptions of {@code java.sql} say about a connection. Loaded only if SQL is present. */
final class SqlFailures {

  /**
   * The session has ended, although the class is not 08. Sources: PostgreSQL manual, appendix A
   * (57P01 to 57P05, 25P03, 25P04: each is sent with the severity FATAL); ISO/IEC 9075 (01002);
   * HikariCP's ProxyConnection (JZ0C0, JZ0C1); H2's ErrorCode (90067, 90098, 90121).
   */
  private static final Set<String> SESSION_HAS_ENDED =
      Set.of(
          "57P01", "57P02", "57P03", "57P04", "57P05", "25P03", "25P04", "01002", "JZ0C0", "JZ0C1",
          "90067", "90098", "90121");

  private SqlFailures() {}

  static boolean isOfTheConnection(Throwable failure) {
    if (failure instanceof SQLRecoverableException
        || failure instanceof SQLNonTransientConnectionException
        || failure instanceof SQLTransientConnectionException) {
      return true;
    }
    String state = failure instanceof SQLException sql ? sql.getSQLState() : null;
    return state != null && (state.startsWith("08") || SESSION_HAS_ENDED.contains(state));
  }

  /** The next exception of an exception of SQL, if there is one. */
  static @Nullable Throwable following(Throwable failure) {
    return failure instanceof SQLException sql ? sql.getNextException() : null;
  }
}

package dev.pools.internal;

import java.io.Serial;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Replaces an SQL exception whose text must not be shown. It keeps the SQL state and the vendor
 * code, so that callers can decide by them. Apart from {@link Faults}, because a runtime may be
 * without SQL.
 */
@SuppressWarnings("OverrideThrowableToString") // Its own type would hide that of the original.
final class SqlStandIn extends SQLException {

  @Serial private static final long serialVersionUID = 1L;

  private final String text;

  private SqlStandIn(SQLException original, String text) {
    super(text, original.getSQLState(), original.getErrorCode());
    this.text = text;
  }

  /** Stands for this one; null if it is none of SQL. */
  static @Nullable Throwable of(Throwable original, String text) {
    return original instanceof SQLException sql ? new SqlStandIn(sql, text) : null;
  }

  @Override
  public String toString() {
    return text;
  }
}

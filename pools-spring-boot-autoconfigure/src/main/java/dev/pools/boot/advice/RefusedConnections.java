package dev.pools.boot.advice;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The server opens no further connection.
 *
 * <p>It proposes a size only if the server says that it has reached a limit, and works with the
 * connections that it has. Silent while some attempts succeed, and about one or two failures.
 */
final class RefusedConnections {

  /**
   * What servers say that have a limit: PostgreSQL, MySQL, Oracle, SQL Server, Redis and others.
   */
  private static final Pattern LIMIT =
      Pattern.compile(
          "too many (?:clients|connections)|connection slots|max(?:imum)?[ _]?(?:user["
              + " _])?connections|maximum number of"
              + " (?:sessions|processes|concurrent|connections)|max number of clients|connection"
              + " limit|ORA-(?:00018|00020|12516|12519|12520)",
          Pattern.CASE_INSENSITIVE);

  private RefusedConnections() {}

  static @Nullable Finding find(Readings<ConnectionReading> looks) {
    ConnectionReading last = looks.last();
    long failures = looks.growth(ConnectionReading::createFailures);
    if (!looks.mostly(look -> look.failuresInARow() > 0)
        || failures < Thresholds.LEAST_FAILURES
        || looks.growth(ConnectionReading::created) > 0) {
      return null;
    }
    String failure = last.failure() == null ? "unknown" : last.failure();
    String figures =
        "%s all %s attempts to open a connection failed, and the pool has %s of at most %s. The last failure: %s."
            .formatted(
                looks.told(),
                Words.number(failures),
                Words.count(last.size(), "connection"),
                Words.number(last.maxSize()),
                failure);
    int least = looks.all().stream().mapToInt(ConnectionReading::size).min().orElse(0);
    boolean serves = least > 0 && looks.growth(ConnectionReading::acquired) > 0;
    if (serves && least < last.maxSize() && LIMIT.matcher(failure).find()) {
      return Finding.withValues(
          AdviceRule.REFUSED,
          looks.covered(),
          figures,
          limits(last, least),
          "The server has reached its limit: raise it there, close connections of other clients, or"
              + " set %s: that many are open and work.");
    }
    return Finding.withoutValue(
        AdviceRule.REFUSED,
        looks.covered(),
        figures,
        serves
            ? "The open connections work. Look at what the server says about new ones: address,"
                + " password, certificate, limits."
            : "Check whether the server runs, and its address, password and limits. No setting of"
                + " the pool helps.");
  }

  /** The largest size, and the smallest one if it would be larger. */
  private static List<Finding.Setting> limits(ConnectionReading last, int size) {
    Finding.Setting most = new Finding.Setting("max-size", last.maxSize(), size);
    return last.minSize() <= size
        ? List.of(most)
        : List.of(new Finding.Setting("min-size", last.minSize(), size), most);
  }
}

package dev.pools.test;

import dev.pools.connection.ConnectionPool;
import dev.pools.connection.ConnectionPoolStats;
import dev.pools.connection.LeaseInfo;
import dev.pools.connection.RetireReason;
import java.util.List;
import java.util.Objects;
import java.util.function.ToLongFunction;
import org.assertj.core.api.AbstractAssert;

/**
 * Assertions about a {@link ConnectionPool}. A failure shows all figures of the pool, as they were
 * when the assertion read them.
 */
public final class ConnectionPoolAssert
    extends AbstractAssert<ConnectionPoolAssert, ConnectionPool<?>> {

  ConnectionPoolAssert(ConnectionPool<?> actual) {
    super(actual, ConnectionPoolAssert.class);
  }

  /**
   * Asserts that no connection is leased, and that no lease was reported as leaked: the code under
   * test has closed all its leases, each in time. A failure shows the leases that are out, and
   * where they were acquired if the pool knows that (it has a {@code leakThreshold}).
   */
  public ConnectionPoolAssert hasNoLeaks() {
    ConnectionPoolStats stats = stats();
    List<LeaseInfo> leases = actual.leases();
    if (stats.inUse() > 0 || !leases.isEmpty() || stats.leaks() > 0) {
      AssertionError leak =
          failure(
              "%nExpecting pool '%s'%n  to have no leaks, but %d leases are out: %s,%n  and %d were"
                  + " reported as leaked (%d of them have ended).%n%s",
              stats.name(), leases.size(), leases, stats.leaks(), stats.leaksReturned(), stats);
      leases.stream()
          .map(LeaseInfo::acquiredAt)
          .filter(Objects::nonNull)
          .forEach(leak::addSuppressed);
      throw leak;
    }
    return this;
  }

  /** Asserts that no connection is leased, checked, created or closed, and that no caller waits. */
  public ConnectionPoolAssert isQuiet() {
    ConnectionPoolStats stats = stats();
    int busy = stats.inUse() + stats.checking() + stats.creating() + stats.closing();
    if (busy + stats.waiting() > 0) {
      fail(
          stats,
          ("to be quiet, but it has %d leased connections, %d that are checked, %d that are created,"
                  + " %d that are closed, and %d waiting callers")
              .formatted(
                  stats.inUse(),
                  stats.checking(),
                  stats.creating(),
                  stats.closing(),
                  stats.waiting()));
    }
    return this;
  }

  /** Asserts that the pool is in this state. */
  public ConnectionPoolAssert hasState(ConnectionPoolStats.State expected) {
    ConnectionPoolStats stats = stats();
    if (stats.state() != expected) {
      fail(stats, "to be " + expected + ", but it is " + stats.state());
    }
    return this;
  }

  /** Asserts how many connections were closed for this reason. */
  public ConnectionPoolAssert hasRetired(RetireReason reason, long expected) {
    return has(
        "connections closed for " + reason,
        stats -> stats.retired().getOrDefault(reason, 0L),
        expected);
  }

  /** Asserts how many leases were reported as leaked, with those that have ended after that. */
  public ConnectionPoolAssert hasLeaks(long expected) {
    return has("leases reported as leaked", ConnectionPoolStats::leaks, expected);
  }

  /** Asserts how many connections are leased. */
  public ConnectionPoolAssert hasInUse(long expected) {
    return has("leased connections", ConnectionPoolStats::inUse, expected);
  }

  /** Asserts how many connections can be leased. */
  public ConnectionPoolAssert hasIdle(long expected) {
    return has("idle connections", ConnectionPoolStats::idle, expected);
  }

  /** Asserts how many connections there are: idle, in use and being checked. */
  public ConnectionPoolAssert hasSize(long expected) {
    return has("connections", ConnectionPoolStats::size, expected);
  }

  /** Asserts how many connections are being created. */
  public ConnectionPoolAssert hasCreating(long expected) {
    return has("connections that are being created", ConnectionPoolStats::creating, expected);
  }

  /** Asserts how many callers wait for a connection. */
  public ConnectionPoolAssert hasWaiting(long expected) {
    return has("waiting callers", ConnectionPoolStats::waiting, expected);
  }

  /** Asserts how many leases there have been. */
  public ConnectionPoolAssert hasAcquired(long expected) {
    return has("leases in its life", ConnectionPoolStats::acquired, expected);
  }

  /** Asserts how many callers have timed out. */
  public ConnectionPoolAssert hasTimeouts(long expected) {
    return has("callers that timed out", ConnectionPoolStats::timeouts, expected);
  }

  /** Asserts how many connections have been created. */
  public ConnectionPoolAssert hasCreated(long expected) {
    return has("created connections", ConnectionPoolStats::created, expected);
  }

  /** Asserts how many attempts to create a connection have failed. */
  public ConnectionPoolAssert hasCreateFailures(long expected) {
    return has(
        "failed attempts to create a connection", ConnectionPoolStats::createFailures, expected);
  }

  private ConnectionPoolAssert has(
      String what, ToLongFunction<ConnectionPoolStats> figure, long expected) {
    ConnectionPoolStats stats = stats();
    long found = figure.applyAsLong(stats);
    if (found != expected) {
      fail(stats, "to have %d %s, but it has %d".formatted(expected, what, found));
    }
    return this;
  }

  private void fail(ConnectionPoolStats stats, String expectation) {
    failWithMessage("%nExpecting pool '%s'%n  %s.%n%s", stats.name(), expectation, stats);
  }

  private ConnectionPoolStats stats() {
    isNotNull();
    return actual.stats();
  }
}

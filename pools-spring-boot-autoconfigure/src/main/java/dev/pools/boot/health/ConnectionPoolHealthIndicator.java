package dev.pools.boot.health;

import dev.pools.connection.ConnectionPool;
import dev.pools.connection.ConnectionPoolStats;
import dev.pools.connection.ConnectionPoolStats.State;
import dev.pools.internal.Faults;
import java.time.Duration;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * The health of a pool that shares connections: up while it serves; down when making connections
 * fails and callers wait or none is left, or when callers wait because closings hold the places;
 * out of service when it is stopped or suspended. That all are in use is not an illness, nor that a
 * server refuses more than it has granted: then a warning is among the details. Reads one snapshot,
 * takes no lock and uses no connection.
 */
public final class ConnectionPoolHealthIndicator extends AbstractHealthIndicator {

  /** How long callers wait at least before the health says why. */
  private static final Duration LONG_WAIT = Duration.ofMillis(500);

  private final ConnectionPool<?> pool;

  /**
   * Makes it.
   *
   * @param name the name of the pool's bean
   */
  public ConnectionPoolHealthIndicator(String name, ConnectionPool<?> pool) {
    super("The pool '" + name + "' cannot be read");
    this.pool = pool;
  }

  private static String nextAttempt(ConnectionPoolStats stats) {
    return stats.nextCreateAttempt().isZero()
        ? "The next attempt is due or under way."
        : "The next attempt is due in %d ms.".formatted(stats.nextCreateAttempt().toMillis());
  }

  /** Not for a moment: when many are replaced at once, callers wait for that, too. */
  private static boolean closingsHoldUpCallers(ConnectionPoolStats stats) {
    return stats.waiting() > 0
        && stats.longestWait().compareTo(LONG_WAIT) >= 0
        && stats.closing() > 0
        && stats.closing() >= stats.inUse()
        && stats.size() + stats.creating() + stats.closing() >= stats.maxSize();
  }

  private static String closingsFillThePool(ConnectionPoolStats stats) {
    return "Connections that are being closed hold %d of %d places, and callers wait (%d now, the first for %d ms). See to the cleaner, which does not return, or lower close-timeout."
        .formatted(
            stats.closing(), stats.maxSize(), stats.waiting(), stats.longestWait().toMillis());
  }

  private static String closingsOverdue(ConnectionPoolStats stats) {
    return "Calls of the cleaner that have not returned within close-timeout: %d. They hold a thread each. See to the cleaner."
        .formatted(stats.closingsOverdue());
  }

  @Override
  protected void doHealthCheck(Health.Builder health) {
    ConnectionPoolStats stats = pool.stats();
    Throwable failure = stats.lastCreateFailure();
    if (stats.state() == State.STOPPED || stats.state() == State.STOPPING) {
      health.outOfService().withDetail("reason", "The pool is " + stats.state() + ".");
    } else if (stats.state() == State.SUSPENDED) {
      health
          .outOfService()
          .withDetail("reason", "The pool is suspended, and callers wait until it is resumed.");
    } else if (failure != null) {
      boolean serves = stats.size() > 0 && stats.waiting() == 0;
      (serves ? health.up() : health.down())
          .withDetail(
              serves ? "warning" : "reason",
              "The last %d attempts to make a connection failed: %s. %s"
                  .formatted(
                      stats.consecutiveCreateFailures(),
                      Faults.describe(failure),
                      nextAttempt(stats)));
    } else if (closingsHoldUpCallers(stats)) {
      health.down().withDetail("reason", closingsFillThePool(stats));
    } else {
      health.up();
      if (stats.closingsOverdue() > 0) {
        health.withDetail("warning", closingsOverdue(stats));
      }
    }
    health
        .withDetail("state", stats.state())
        .withDetail("size", stats.size())
        .withDetail("idle", stats.idle())
        .withDetail("inUse", stats.inUse())
        .withDetail("checking", stats.checking())
        .withDetail("creating", stats.creating())
        .withDetail("closing", stats.closing())
        .withDetail("closingsOverdue", stats.closingsOverdue())
        .withDetail("waiting", stats.waiting())
        .withDetail("longestWait", stats.longestWait().toString())
        .withDetail("minSize", stats.minSize())
        .withDetail("maxSize", stats.maxSize())
        .withDetail("timeouts", stats.timeouts())
        .withDetail("nestedTimeouts", stats.nestedTimeouts())
        .withDetail("refusedByLimit", stats.refusedByLimit())
        .withDetail("refusedDown", stats.refusedDown())
        .withDetail("leaks", stats.leaks());
  }
}

package dev.pools.boot.health;

import dev.pools.connection.ConnectionPool;
import dev.pools.connection.ConnectionPoolStats;
import dev.pools.connection.ConnectionPoolStats.State;
import dev.pools.internal.Durations;
import dev.pools.internal.Faults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * The health of a connection pool: down only when the pool cannot serve callers:
 *
 * <ul>
 *   <li>while it has no connection, and several attempts in a row to open one have failed and are
 *       repeated; an old failure that is not repeated says nothing about the present;
 *   <li>or when no caller has got a connection for about the time that one waits, although callers
 *       waited: because all connections are leased and none is released, because closes hold all
 *       places, or because creations do not finish.
 * </ul>
 *
 * <p>It is out of service when the pool is stopped or suspended. Otherwise it is up, sometimes with
 * a warning in the details: all connections in use, callers that wait in a moving queue, a server
 * that rejects further connections.
 *
 * <p>An indicator remembers its readings, so keep one for each pool. It takes no lock of the pool
 * and uses no connection.
 */
public final class ConnectionPoolHealthIndicator extends AbstractHealthIndicator {

  /** A failed attempt that has not been repeated for this time is not repeated without a caller. */
  private static final Duration NOT_REPEATED = Duration.ofSeconds(5);

  /** How long callers wait before the health shows the cause. */
  private static final Duration LONG_WAIT = Duration.ofMillis(500);

  private final Supplier<? extends @Nullable ConnectionPoolStats> readings;
  private final Supplier<Duration> acquireTimeout;
  private final Supplier<Duration> closeTimeout;
  private final ConnectionPoolHealthOptions options;
  private final UnaryOperator<String> settings;
  private final LongSupplier nanoTime;
  private final ServiceWatch watch = new ServiceWatch();

  /**
   * Creates an indicator with the default options.
   *
   * @param name the name of the pool's bean
   */
  public ConnectionPoolHealthIndicator(String name, ConnectionPool<?> pool) {
    this(name, pool, ConnectionPoolHealthOptions.DEFAULTS);
  }

  /**
   * Creates an indicator.
   *
   * @param name the name of the pool's bean, for the advice that it gives
   * @param options when the pool is reported as down
   */
  public ConnectionPoolHealthIndicator(
      String name, ConnectionPool<?> pool, ConnectionPoolHealthOptions options) {
    this(name, pool, options, Texts.settings("pools.connection", name));
  }

  /**
   * Creates an indicator.
   *
   * @param name the name of the pool's bean
   * @param options when the pool is reported as down
   * @param settings the full name of a setting of the pool, such as {@code close-timeout}, as
   *     advice uses
   */
  public ConnectionPoolHealthIndicator(
      String name,
      ConnectionPool<?> pool,
      ConnectionPoolHealthOptions options,
      UnaryOperator<String> settings) {
    this(
        name,
        pool::stats,
        pool::acquireTimeout,
        pool::closeTimeout,
        options,
        settings,
        System::nanoTime);
  }

  ConnectionPoolHealthIndicator(
      String name,
      Supplier<? extends @Nullable ConnectionPoolStats> readings,
      Supplier<Duration> acquireTimeout,
      Supplier<Duration> closeTimeout,
      ConnectionPoolHealthOptions options,
      UnaryOperator<String> settings,
      LongSupplier nanoTime) {
    super("The pool '" + name + "' cannot be read");
    this.readings = readings;
    this.acquireTimeout = acquireTimeout;
    this.closeTimeout = closeTimeout;
    this.options = options;
    this.settings = settings;
    this.nanoTime = nanoTime;
  }

  @Override
  protected void doHealthCheck(Health.Builder health) {
    ConnectionPoolStats stats = readings.get();
    if (stats == null || stats.state() == null) {
      Texts.noReadings(health);
      return;
    }
    if (stats.state() == State.STOPPED || stats.state() == State.STOPPING) {
      health.outOfService().withDetail("reason", "The pool is " + stats.state() + ".");
    } else if (stats.state() == State.SUSPENDED) {
      health
          .outOfService()
          .withDetail("reason", "The pool is suspended, and callers wait until it is resumed.");
    } else {
      judge(health, stats);
    }
    details(health, stats);
  }

  private void judge(Health.Builder health, ConnectionPoolStats stats) {
    ServiceWatch.Findings findings = watch.next(stats, nanoTime.getAsLong());
    Duration limit = options.unservedAfter(acquireTimeout.get());
    Throwable failure = stats.lastCreateFailure();
    boolean repeated = findings.unrepeated().compareTo(NOT_REPEATED) < 0;
    boolean cutOff =
        failure != null
            && stats.size() == 0
            && repeated
            && stats.consecutiveCreateFailures() >= options.failures();
    boolean tooLong = findings.unserved().compareTo(limit) >= 0;
    // The next caller could have one: an idle connection, or a new one that nothing speaks against.
    boolean hasPlace = stats.size() + stats.closing() < stats.maxSize();
    boolean nextIsServed =
        stats.idle() > 0
            || (failure == null && hasPlace && stats.longestWait().compareTo(limit) < 0);
    boolean stuck = tooLong && !nextIsServed;
    List<String> texts = new ArrayList<>();
    if (failure != null) {
      texts.add(failed(stats, failure, repeated));
    }
    if (stuck) {
      texts.add(unserved(stats, findings.unserved(), limit));
    } else if (stats.timeoutsInARow() > 0 && stats.idle() == 0) {
      texts.add(
          "Callers that have timed out since the last one got a connection: %d, the first of them %s ago."
              .formatted(stats.timeoutsInARow(), Durations.text(stats.unservedFor())));
    } else if (stats.longestWait().compareTo(limit) >= 0) {
      texts.add(
          "The first of %d waiting callers has waited for %s, but callers are served."
              .formatted(stats.waiting(), Durations.text(stats.longestWait())));
    }
    if (stats.closingsOverdue() > 0) {
      texts.add(
          "Calls of the cleaner that have not returned within %s (%s): %d. Each holds a thread: give the calls that it makes timeouts."
              .formatted(
                  Durations.text(closeTimeout.get()),
                  settings.apply("close-timeout"),
                  stats.closingsOverdue()));
    }
    if (stats.callsOverdue() > 0) {
      texts.add(
          "Calls of the health checker, the hooks and createConnection() that have not returned within their limits (%s, %s, %s): %d. Each holds a thread: give the calls that they make timeouts."
              .formatted(
                  settings.apply("health-check-timeout"),
                  settings.apply("hook-timeout"),
                  settings.apply("create-timeout"),
                  stats.callsOverdue()));
    }
    boolean closingsHoldUp = !stuck && closingsHoldUpCallers(stats);
    if (closingsHoldUp) {
      texts.add(closingsFillThePool(stats));
    }
    boolean down = cutOff || stuck || closingsHoldUp;
    Health.Builder judged = down ? health.down() : health.up();
    if (!texts.isEmpty()) {
      judged.withDetail(down ? "reason" : "warning", String.join(" ", texts));
    }
  }

  /** Not for a moment: when many are replaced at once, callers wait for that, too. */
  private static boolean closingsHoldUpCallers(ConnectionPoolStats stats) {
    return stats.waiting() > 0
        && stats.longestWait().compareTo(LONG_WAIT) >= 0
        && stats.closing() > 0
        && stats.closing() >= stats.inUse()
        && stats.size() + stats.creating() + stats.closing() >= stats.maxSize();
  }

  private String closingsFillThePool(ConnectionPoolStats stats) {
    return "Connections that are being closed hold %d of %d places, and callers wait (%d now, the first for %s). The cleaner does not return: give the calls that it makes timeouts, or lower %s (now %s)."
        .formatted(
            stats.closing(),
            stats.maxSize(),
            stats.waiting(),
            Durations.text(stats.longestWait()),
            settings.apply("close-timeout"),
            Durations.text(closeTimeout.get()));
  }

  private static String failed(ConnectionPoolStats stats, Throwable failure, boolean repeated) {
    String next =
        !repeated
            ? "The next caller makes the next attempt."
            : stats.nextCreateAttempt().isZero()
                ? "The next attempt is due or running."
                : "The next attempt is due in %s."
                    .formatted(Durations.text(stats.nextCreateAttempt()));
    int failures = stats.consecutiveCreateFailures();
    return "%s to create a connection failed: %s. %s The pool has %d connections."
        .formatted(
            failures == 1 ? "The last attempt" : "The last %d attempts".formatted(failures),
            Faults.describeObject(failure),
            next,
            stats.size());
  }

  /** The known facts, and the connections that take the places. */
  private static String unserved(ConnectionPoolStats stats, Duration unserved, Duration limit) {
    StringBuilder text =
        new StringBuilder(
            "No caller has got a connection for %s (limit: %s), %d wait, and %d have timed out meanwhile. Of at most %d connections %d are leased, %d are being created, %d are being checked, and %d are being closed."
                .formatted(
                    Durations.text(unserved),
                    Durations.text(limit),
                    stats.waiting(),
                    stats.timeoutsInARow(),
                    stats.maxSize(),
                    stats.inUse(),
                    stats.creating(),
                    stats.checking(),
                    stats.closing()));
    if (stats.closing() > 0 && stats.closing() >= stats.inUse()) {
      text.append(" The cleaner does not return: give its calls timeouts.");
    } else if (stats.nestedTimeouts() > 0 && stats.inUse() > 0) {
      text.append(
          " %d callers that timed out held a lease themselves: close a lease before the next acquire."
              .formatted(stats.nestedTimeouts()));
    } else if (stats.inUse() > 0) {
      text.append(
          " The leases do not end: look for one that is never closed, or for calls that hang; leases reported as leaked so far: %d."
              .formatted(stats.leaks()));
    } else if (stats.creating() > 0) {
      text.append(" The factory does not return: give its calls timeouts.");
    }
    return text.toString();
  }

  private static void details(Health.Builder health, ConnectionPoolStats stats) {
    health
        .withDetail("state", stats.state())
        .withDetail("size", stats.size())
        .withDetail("idle", stats.idle())
        .withDetail("inUse", stats.inUse())
        .withDetail("checking", stats.checking())
        .withDetail("creating", stats.creating())
        .withDetail("closing", stats.closing())
        .withDetail("closingsOverdue", stats.closingsOverdue())
        .withDetail("callsOverdue", stats.callsOverdue())
        .withDetail("waiting", stats.waiting())
        .withDetail("longestWait", stats.longestWait().toString())
        .withDetail("minSize", stats.minSize())
        .withDetail("maxSize", stats.maxSize())
        .withDetail("acquired", stats.acquired())
        .withDetail("timeouts", stats.timeouts())
        .withDetail("timeoutsInARow", stats.timeoutsInARow())
        .withDetail("nestedTimeouts", stats.nestedTimeouts())
        .withDetail("refusedByLimit", stats.refusedByLimit())
        .withDetail("refusedDown", stats.refusedDown())
        .withDetail("leaks", stats.leaks());
  }
}

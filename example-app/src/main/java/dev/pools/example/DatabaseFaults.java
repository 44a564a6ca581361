package dev.pools.example;

import dev.pools.connection.ConnectionFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.stereotype.Component;

/**
 * Slows, breaks and repairs the database for demonstrations, between the pool and the driver. The
 * pool sees what it sees in a real outage: connections that fail, a server that refuses new ones,
 * and checks that do not pass.
 *
 * <p>A connection that was open when the database broke stays broken after the repair, as if the
 * server had restarted.
 */
@Component
class DatabaseFaults {

  static final Duration MAX_DELAY = Duration.ofSeconds(1);

  /** What happens to calls of the database. */
  enum Mode {
    HEALTHY,
    SLOW,
    BROKEN
  }

  /**
   * How the database is now.
   *
   * @param delayMillis how long each call is delayed, while it is slow
   * @param outages how often it has broken so far
   */
  record State(Mode mode, long delayMillis, long outages) {}

  private final boolean enabled;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Written under the lock.
  private volatile State state = new State(Mode.HEALTHY, 0, 0);

  DatabaseFaults(PlaygroundProperties playground) {
    enabled = playground.enabled();
  }

  State state() {
    return state;
  }

  /**
   * Delays each call from now on.
   *
   * @param delay positive, and at most {@link #MAX_DELAY}
   */
  State slow(Duration delay) {
    return change(Mode.SLOW, delay.toMillis());
  }

  /** Breaks each open connection, and refuses new ones until the repair. */
  State breakDown() {
    return change(Mode.BROKEN, 0);
  }

  State repair() {
    return change(Mode.HEALTHY, 0);
  }

  private State change(Mode mode, long delayMillis) {
    lock.lock();
    try {
      boolean breaks = mode == Mode.BROKEN && state.mode() != Mode.BROKEN;
      state = new State(mode, delayMillis, state.outages() + (breaks ? 1 : 0));
      // Calls that are delayed now fail or go on at once.
      changed.signalAll();
      return state;
    } finally {
      lock.unlock();
    }
  }

  // ---- Calls

  /** Returns a factory of connections that have these faults. */
  ConnectionFactory<Connection> around(ConnectionFactory<Connection> factory) {
    if (!enabled) {
      return factory;
    }
    return arguments -> {
      long session = state.outages();
      awaitDelay();
      if (state.mode() == Mode.BROKEN) {
        throw new SQLNonTransientConnectionException(
            "The database refuses connections, because a visitor has broken it.", "08001");
      }
      return FaultyCalls.of(factory.create(arguments), this, session);
    };
  }

  /**
   * Waits as long as a call takes longer than usual, then checks that the connection works.
   *
   * @param session the number of outages when the connection was created
   * @throws SQLException if there was an outage since then
   */
  void call(long session) throws SQLException {
    awaitDelay();
    requireAlive(session);
  }

  void requireAlive(long session) throws SQLException {
    State now = state;
    if (now.mode() == Mode.BROKEN || now.outages() != session) {
      throw new SQLNonTransientConnectionException(
          "The database has closed this connection, because a visitor has broken it.", "08006");
    }
  }

  /** Ends early when the mode changes. */
  private void awaitDelay() throws SQLException {
    State start = state;
    if (start.mode() != Mode.SLOW) {
      return;
    }
    long remaining = TimeUnit.MILLISECONDS.toNanos(start.delayMillis());
    lock.lock();
    try {
      while (state.equals(start) && remaining > 0) {
        remaining = changed.awaitNanos(remaining);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("Interrupted while the database is slow", "57014", e);
    } finally {
      lock.unlock();
    }
  }
}

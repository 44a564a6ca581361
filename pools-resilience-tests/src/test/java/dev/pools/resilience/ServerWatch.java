package dev.pools.resilience;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks at the server's own list of its connections, again and again, as superuser and past proxy
 * and pool.
 */
final class ServerWatch {

  /** Backends that have not got so far as to know their user are counted, too. */
  private static final String BACKENDS =
      "select client_port from pg_stat_activity where backend_type = 'client backend'"
          + " and (usename = 'app' or usename is null)";

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final PostgresServer server;
  private final FaultProxy proxy;
  private final Thread thread;
  private volatile boolean ends;

  // Written by the watch's own thread.
  private volatile int now = -1;
  private volatile int most;
  private volatile int mostAbandoned;
  private final AtomicInteger looks = new AtomicInteger();
  private volatile long backSinceNanos;

  ServerWatch(PostgresServer server, FaultProxy proxy) {
    this.server = server;
    this.proxy = proxy;
    this.thread = new Thread(this::watch, "server-watch");
    thread.setDaemon(true);
    thread.start();
  }

  private void watch() {
    while (!ends) {
      try (Connection connection = server.connectDirectly();
          PreparedStatement backends = connection.prepareStatement(BACKENDS)) {
        backSinceNanos = System.nanoTime();
        while (!ends) {
          look(backends);
          LockSupport.parkNanos(PAUSE_NANOS);
        }
      } catch (SQLException away) {
        now = -1;
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  private void look(PreparedStatement backends) throws SQLException {
    int counted = 0;
    int abandoned = 0;
    try (ResultSet rows = backends.executeQuery()) {
      while (rows.next()) {
        int port = rows.getInt(1);
        if (proxy.isAbandoned(port)) {
          abandoned++;
        } else if (proxy.isPassedOn(port)) {
          counted++;
        }
      }
    }
    now = counted + abandoned;
    most = Math.max(most, counted);
    mostAbandoned = Math.max(mostAbandoned, abandoned);
    looks.incrementAndGet();
  }

  /** How many connections the server has at the moment; -1 while it is away. */
  int now() {
    return now;
  }

  /** The most it had at any look, without those whose client had gone unheard. */
  int most() {
    return most;
  }

  /** The most of those whose client had gone, and the network had lost its goodbye. */
  int mostAbandoned() {
    return mostAbandoned;
  }

  int looks() {
    return looks.get();
  }

  /** Since when the server answers. */
  long backSinceNanos() {
    return backSinceNanos;
  }

  void end() throws InterruptedException {
    ends = true;
    thread.join();
  }
}

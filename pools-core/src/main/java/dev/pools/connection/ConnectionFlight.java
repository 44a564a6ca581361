package dev.pools.connection;

import dev.pools.flight.ConnectionPoolSample;
import dev.pools.flight.Flight;
import dev.pools.flight.FlightPool;
import dev.pools.flight.FlightReports;
import dev.pools.flight.FlightStart;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Shows a pool to a recording of the JDK's Flight Recorder: its figures, and who holds leases. */
final class ConnectionFlight<T> {

  /** So many leases are shown at a time: those that are out for longest. */
  private static final int MOST_LEASES = 20;

  /** A lease that has begun later is not shown. */
  private static final long SHOWN_NANOS = 100_000_000;

  private static final long KNOWN_AFTER_NANOS = Flight.KNOWN_AFTER.toNanos();

  private final ConnectionCore<T> core;
  private final StatsReader<T> stats;
  private final long bornNanos;

  private volatile boolean isKnown;

  /** Kept here for recordings, which do not keep it. Guarded by this. */
  private @Nullable Look look;

  ConnectionFlight(ConnectionCore<T> core, StatsReader<T> stats) {
    this.core = core;
    this.stats = stats;
    this.bornNanos = core.time.nanoTime();
  }

  /** Makes the pool known to recordings, if it has been there for a while. Calls no user code. */
  void know(long nowNanos) {
    if (!isKnown && nowNanos - bornNanos >= KNOWN_AFTER_NANOS) {
      knowNow();
    }
  }

  private synchronized void knowNow() {
    if (!isKnown) {
      look = new Look();
      isKnown = true;
      look.show();
    }
  }

  private final class Look implements FlightPool {

    void show() {
      FlightStart.know(this);
    }

    @Override
    public boolean hasEnded() {
      return core.read(core::state) == ConnectionPoolStats.State.STOPPED;
    }

    @Override
    public void sample() {
      ConnectionPoolStats now = stats.stats();
      FlightReports.connectionPool(
          new ConnectionPoolSample(
              now.name(),
              now.size(),
              now.maxSize(),
              now.inUse(),
              now.creating(),
              now.waiting(),
              now.timeouts(),
              now.consecutiveCreateFailures(),
              now.longestWait().toNanos()));
      leases(core.time.nanoTime());
    }

    private void leases(long now) {
      List<OpenLeases.Reading> open =
          core.read(() -> core.openLeases.read(now)).stream()
              .filter(lease -> now - lease.sinceNanos() >= SHOWN_NANOS)
              .map(OpenLeases.Reading::plain)
              .toList();
      for (LeaseInfo lease : OpenLeases.describe(open, now, MOST_LEASES)) {
        FlightReports.held(
            core.name(), lease.id(), lease.thread(), lease.age().toNanos(), lease.isAgeExact());
      }
    }
  }
}
